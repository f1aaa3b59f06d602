/**
 * One YAML file in, plain data out, with the line and column of everything in it.
 *
 * text -> YAML 1.2 nodes -> references filled in -> data, places, problems. Bounded: file size, nodes after aliases are followed.
 */
import { readFile, stat } from 'node:fs/promises'
import { LineCounter, parseDocument } from 'yaml'
import { createPlaces, type Places } from './places.ts'
import type { Problem } from './problem.ts'
import { codeOf, type Env } from './secret.ts'
import { toData } from './yaml-data.ts'

const MAX_FILE_BYTES = 1024 * 1024

/** What a file said, and where. */
export interface ReadFile extends Pick<Places, 'problemAt' | 'shown'> {
  readonly file: string
  readonly data: unknown
  readonly problems: readonly Problem[]
  /** secret files it refers to */
  readonly secretFiles: readonly string[]
}

/** Reads one file. Whatever is wrong with it is among `problems`; then `data` holds what could be made of it. */
export async function readYaml(file: string, env: Env): Promise<ReadFile> {
  return parseYaml(file, await readText(file), env)
}

/**
 * The same for text that is at hand already.
 *
 * @param file what problems name as its place
 * @param text a problem: why there is none
 */
export async function parseYaml(file: string, text: string | Problem, env: Env): Promise<ReadFile> {
  const lines = new LineCounter()
  const places = createPlaces(file, lines)
  const { problemAt, shown } = places
  if (typeof text !== 'string')
    return { file, data: null, problems: [text], secretFiles: [], problemAt, shown }
  const options = { version: '1.2', lineCounter: lines, prettyErrors: false, stringKeys: true } as const
  const doc = parseDocument(text, options)
  const problems: Problem[] = [...doc.errors, ...doc.warnings].map(({ pos, code, message }) => {
    const { line, col } = lines.linePos(pos[0])
    return { file, line, column: col, path: [], text: `is not valid YAML: ${plain(code, message)}` }
  })
  const secretFiles: string[] = []
  const reading = { file, doc, env, places, problems, secretFiles, nodes: 0, tooMuch: false }
  const data = doc.errors.length > 0 ? null : await toData(reading, doc.contents, [], null)
  return { file, data: reading.tooMuch ? null : data, problems, secretFiles, problemAt, shown }
}

/** What the parser says, without the piece of text it may quote: there could be a password in it. */
function plain(code: string, message: string): string {
  if (code === 'MULTIPLE_DOCS') return 'there are several documents in it'
  return code === 'TAG_RESOLVE_FAILED' || code === 'BAD_ALIAS' ? message : message.replace(/: .*$/s, '')
}

async function readText(file: string): Promise<string | Problem> {
  const wrong = (text: string): Problem => ({ file, line: 0, column: 0, path: [], text })
  try {
    const { size } = await stat(file)
    if (size > MAX_FILE_BYTES) return wrong(`is ${size} bytes; a configuration may have 1 MiB`)
    const text = await readFile(file, 'utf8')
    return text.trim() === ''
      ? wrong('is empty: cut short, or never written; with comments alone in it, it would do')
      : text
  } catch (error) {
    return wrong(`cannot be read (${codeOf(error)})`)
  }
}
