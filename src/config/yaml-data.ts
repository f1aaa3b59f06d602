/** yaml-data: nodes of YAML into plain data, aliases followed and references filled in, no more than a configuration needs. */
import { type Document, isAlias, isMap, isScalar, isSeq, type Node } from 'yaml'
import type { Place, Places } from './places.ts'
import type { KeyPath, Problem } from './problem.ts'
import { type Env, fillIn } from './secret.ts'

const MAX_NODES = 20_000
const MAX_DEPTH = 20

/** What is read, and what has come of it so far. */
export interface Reading {
  readonly file: string
  readonly doc: Document
  readonly env: Env
  readonly places: Places
  readonly problems: Problem[]
  readonly secretFiles: string[]
  nodes: number
  tooMuch: boolean
}

/** The value at one place. @param key its key's node, where it has one: problems point there */
export async function toData(
  reading: Reading,
  node: Node | null,
  path: KeyPath,
  key: Node | null,
): Promise<unknown> {
  const { doc, places, problems } = reading
  const place: Place = { offset: (key ?? node)?.range?.[0] ?? 0, value: null, secret: false }
  places.add(path, place)
  if (isTooMuch(reading, path)) return null
  const real = isAlias(node) ? resolveAlias(node.resolve(doc)) : node
  if (isAlias(node) && real === null)
    problems.push(places.problemAt(path, `is *${node.source}, and no &${node.source} stands before it`))
  if (isMap(real)) {
    const entries: Record<string, unknown> = Object.create(null) as Record<string, unknown>
    place.value = entries
    for (const pair of real.items) {
      const name = isScalar(pair.key) ? String(pair.key.value) : ''
      entries[name] = await toData(reading, pair.value as Node | null, [...path, name], pair.key as Node)
    }
    return { ...entries }
  }
  if (isSeq(real)) {
    const list: unknown[] = []
    place.value = list
    for (const [index, item] of real.items.entries())
      list.push(await toData(reading, item as Node, [...path, index], null))
    return list
  }
  place.value = isScalar(real) ? real.value : null
  if (typeof place.value === 'string' && place.value.includes('${')) await fill(reading, place, path)
  return place.value
}

async function fill(reading: Reading, place: Place, path: KeyPath): Promise<void> {
  const { places, problems, secretFiles, env, file } = reading
  const filled = await fillIn(place.value as string, env, file)
  problems.push(...filled.problems.map((problem) => places.problemAt(path, problem)))
  secretFiles.push(...filled.files)
  place.value = filled.text
  place.secret = filled.secret
}

function isTooMuch(reading: Reading, path: KeyPath): boolean {
  reading.nodes += 1
  if (reading.nodes <= MAX_NODES && path.length <= MAX_DEPTH) return false
  const text = `holds over ${MAX_NODES} values or ${MAX_DEPTH} levels, counting what aliases repeat`
  if (!reading.tooMuch) reading.problems.push(reading.places.problemAt([], text))
  reading.tooMuch = true
  return true
}

function resolveAlias(node: unknown): Node | null {
  return (node as Node | undefined) ?? null
}
