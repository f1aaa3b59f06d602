/**
 * documents: the Markdown files of the project, and those parts of them that are made from the code.
 *
 *     <!-- made: metrics -->     from here on `npm run docs` writes,
 *     <!-- end: metrics -->      to here; all else is written by hand
 *
 * A part is made from what the program itself reads or prints, so that a reference cannot say something else than the code.
 */
import { glob, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { format } from 'oxfmt'
import { alertReference } from './alerts.ts'
import { commandReference } from './commands.ts'
import { keyReference } from './keys.ts'
import { metricReference } from './metrics.ts'
import { roomReference } from './rooms.ts'
import { ruleReference } from './rules.ts'

export const ROOT = fileURLToPath(new URL('../../', import.meta.url))

export interface Document {
  /** from the root of the project */
  readonly path: string
  readonly text: string
}

/** Every part that can be made, by the name in its marker. */
const PARTS: Readonly<Record<string, () => Promise<string> | string>> = {
  alerts: alertReference,
  commands: commandReference,
  'didbon.yaml': () => keyReference('didbon.schema.json'),
  'services.yaml': () => keyReference('services.schema.json'),
  metrics: metricReference,
  rooms: roomReference,
  rules: ruleReference,
}

const MADE = /<!-- made: (\S+) -->\n[\s\S]*?<!-- end: \1 -->/g

/** Every Markdown file of the project, as it stands. */
export async function documents(): Promise<Document[]> {
  const paths: string[] = []
  for (const pattern of ['*.md', '.github/*.md', '{src,config,dashboards,tests}/**/*.md'])
    for await (const path of glob(pattern, { cwd: ROOT })) paths.push(path)
  return Promise.all(
    paths.toSorted().map(async (path) => ({ path, text: await readFile(ROOT + path, 'utf8') })),
  )
}

/** The same document with its made parts made anew, formatted as `npm run format` would. */
export async function madeAnew({ path, text }: Document): Promise<Document> {
  const names = [...text.matchAll(MADE)].map(([, name]) => name!)
  if (names.length === 0) return { path, text }
  const parts = new Map<string, string>()
  for (const name of names) {
    const make = PARTS[name]
    if (make === undefined) throw new Error(`${path}: nothing is made by the name of ${name}`)
    parts.set(name, await make())
  }
  const made = text.replace(
    MADE,
    (_, name: string) => `<!-- made: ${name} -->\n\n${parts.get(name)!.trim()}\n\n<!-- end: ${name} -->`,
  )
  const options = JSON.parse(await readFile(`${ROOT}.oxfmtrc.json`, 'utf8')) as Parameters<typeof format>[2]
  const { code, errors } = await format(path, made, options)
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]!.message}`)
  return { path, text: code }
}
