/** main: makes the made parts of every Markdown file anew. `npm run docs` after a change of what they are made from. */
import { writeFile } from 'node:fs/promises'
import { ROOT, documents, madeAnew } from './documents.ts'

for (const document of await documents()) {
  const { path, text } = await madeAnew(document)
  if (text !== document.text) await writeFile(ROOT + path, text)
}
