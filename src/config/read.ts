/**
 * One YAML file in, plain data out, with the line and column of everything in it.
 *
 * text -> YAML 1.2 nodes -> references filled in -> data, places, problems. Bounded: file size, nodes after aliases are followed.
 */
import { readFile, stat } from 'node:fs/promises'
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml'
import type { Node } from 'yaml'
import type { KeyPath, Problem } from './problem.ts'
import { showPath, showValue } from './problem.ts'
import { codeOf, fillIn } from './secret.ts'
import type { Env } from './secret.ts'

const MAX_FILE_BYTES = 1024 * 1024
const MAX_NODES = 20_000
const MAX_DEPTH = 20

/** What a file said. `problemAt` places a problem at the key or value a path leads to, or the nearest thing above it. */
export interface ReadFile {
  readonly file: string
  readonly data: unknown
  readonly problems: readonly Problem[]
  /** secret files it refers to */
  readonly secretFiles: readonly string[]
  problemAt(path: KeyPath, text: string): Problem
  /** the value there as a message may show it */
  shown(path: KeyPath): string
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
  const places = new Map<string, { offset: number; value: unknown; secret: boolean }>()
  const lines = new LineCounter()
  const problems: Problem[] = []
  const secretFiles: string[] = []
  const problemAt = (path: KeyPath, text: string): Problem => {
    for (let depth = path.length; depth >= 0; depth--) {
      const place = places.get(showPath(path.slice(0, depth)))
      if (place === undefined) continue
      const { line, col } = lines.linePos(place.offset)
      return { file, line, column: col, path, text }
    }
    return { file, line: 0, column: 0, path, text }
  }
  const shown = (path: KeyPath): string => {
    const place = places.get(showPath(path))
    if (place === undefined) return 'nothing'
    if (path.at(-1) === 'password') return 'what is there'
    return place.secret ? 'the value of a reference' : showValue(place.value)
  }

  if (typeof text !== 'string') return { file, data: null, problems: [text], secretFiles, problemAt, shown }
  const doc = parseDocument(text, {
    version: '1.2',
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
  })
  for (const { pos, code, message } of [...doc.errors, ...doc.warnings]) {
    const { line, col } = lines.linePos(pos[0])
    problems.push({ file, line, column: col, path: [], text: `is not valid YAML: ${plain(code, message)}` })
  }

  let nodes = 0
  let tooMuch = false
  const data = doc.errors.length > 0 ? null : await toData(doc.contents, [], null)
  return { file, data: tooMuch ? null : data, problems, secretFiles, problemAt, shown }

  async function toData(node: Node | null, path: KeyPath, key: Node | null): Promise<unknown> {
    const offset = (key ?? node)?.range?.[0] ?? 0
    const place: { offset: number; value: unknown; secret: boolean } = { offset, value: null, secret: false }
    places.set(showPath(path), place)
    if (++nodes > MAX_NODES || path.length > MAX_DEPTH) {
      if (!tooMuch)
        problems.push(
          problemAt(
            [],
            `holds over ${MAX_NODES} values or ${MAX_DEPTH} levels, counting what aliases repeat`,
          ),
        )
      tooMuch = true
      return null
    }
    const real = isAlias(node) ? resolveAlias(node.resolve(doc)) : node
    if (isAlias(node) && real === null)
      problems.push(problemAt(path, `is *${node.source}, and no &${node.source} stands before it`))
    if (isMap(real)) {
      const entries: Record<string, unknown> = Object.create(null) as Record<string, unknown>
      place.value = entries
      for (const pair of real.items) {
        const name = isScalar(pair.key) ? String(pair.key.value) : ''
        entries[name] = await toData(pair.value as Node | null, [...path, name], pair.key as Node)
      }
      return { ...entries }
    }
    if (isSeq(real)) {
      const list: unknown[] = []
      place.value = list
      for (const [index, item] of real.items.entries())
        list.push(await toData(item as Node, [...path, index], null))
      return list
    }
    place.value = isScalar(real) ? real.value : null
    if (typeof place.value !== 'string' || !place.value.includes('${')) return place.value
    const filled = await fillIn(place.value, env, file)
    problems.push(...filled.problems.map((problem) => problemAt(path, problem)))
    secretFiles.push(...filled.files)
    place.value = filled.text
    place.secret = filled.secret
    return filled.text
  }
}

/** What the parser says, without the piece of text it may quote: there could be a password in it. */
function plain(code: string, message: string): string {
  if (code === 'MULTIPLE_DOCS') return 'there are several documents in it'
  return code === 'TAG_RESOLVE_FAILED' || code === 'BAD_ALIAS' ? message : message.replace(/: .*$/s, '')
}

function resolveAlias(node: unknown): Node | null {
  return (node as Node | undefined) ?? null
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
