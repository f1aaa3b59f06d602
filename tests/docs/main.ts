/** main: makes the JSON Schemas and the made parts of every Markdown file anew. `npm run docs` after a change of what they are made from. */
import { writeFile } from 'node:fs/promises'
import { jsonSchemas } from './json-schema.ts'
import { ROOT, documents, madeAnew } from './documents.ts'

for (const [name, text] of Object.entries(jsonSchemas())) await writeFile(`${ROOT}config/${name}`, text)
for (const document of await documents()) {
  const { path, text } = await madeAnew(document)
  if (text !== document.text) await writeFile(ROOT + path, text)
}
