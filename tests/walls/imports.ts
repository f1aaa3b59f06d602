/** imports: who imports whom in src/: statically, by `import()`, by `export … from`, as a type, or as the program of a worker. */
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const SRC = fileURLToPath(new URL('../../src', import.meta.url))

export interface SourceFile {
  /** as seen from src/ */
  readonly path: string
  readonly lines: number
  /** files of src/ */
  readonly imports: readonly string[]
  readonly packages: readonly string[]
}

const COMMENT = /\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm
const STATIC = /^(?:(?:import|export)\b|\})[^'"`;]*?\bfrom '([^']+)'|^import '([^']+)'/gm
const DYNAMIC = /\bimport\((?:\s*'([^']+)'\s*\))?/g
const BESIDE = /\bnew URL\((?:\s*'([^']+)',|`([\w-]+)\$\{extname|`\.\.\/\.\.\/)?/g

/** @throws Error where a file loads something in a way that is not understood here, and so would be missing */
export function readSource(): SourceFile[] {
  return readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .toSorted()
    .map(readFile)
}

function readFile(path: string): SourceFile {
  const text = readFileSync(join(SRC, path), 'utf8')
  const code = text.replaceAll(COMMENT, '')
  const loaded = [...code.matchAll(STATIC)].map(([, from, bare]) => from ?? bare!)
  for (const [, name] of code.matchAll(DYNAMIC)) {
    if (name === undefined) throw new Error(`${path} loads what only running it tells`)
    loaded.push(name)
  }
  for (const line of code.split('\n').filter((each) => each.includes(', import.meta.url)'))) {
    const [, file, program] = [...line.matchAll(BESIDE)][0] ?? []
    if (program !== undefined) loaded.push(`./${program}.ts`)
    else if (file !== undefined) loaded.push(file)
    else if (!line.includes('`../../')) throw new Error(`${path} loads a file that only running it tells`)
  }
  const imports = loaded
    .filter((name) => name.startsWith('.') && name.endsWith('.ts'))
    .map((name) => relative(SRC, join(SRC, dirname(path), name)))
  const missing = imports.filter((file) => !existsSync(join(SRC, file)))
  if (missing.length > 0) throw new Error(`${path} imports ${missing.join()}, which is not there`)
  const packages = loaded.filter((name) => !name.startsWith('.'))
  return { path, lines: text.split('\n').length - 1, imports, packages }
}

/** The room a file is in; a file that lies loose is its own. */
export function roomOf(path: string): string {
  return path.split('/')[0]!
}

/** Circles, each with all that is in it (Tarjan). @param arrows by name, the names it points to */
export function circlesIn(arrows: ReadonlyMap<string, readonly string[]>): string[][] {
  const circles: string[][] = []
  const place = new Map<string, number>()
  const open: string[] = []
  /** @returns the earliest name on the way here that `name` leads back to */
  function visit(name: string): number {
    const own = place.size
    let earliest = own
    place.set(name, own)
    open.push(name)
    for (const other of arrows.get(name) ?? []) {
      if (!place.has(other)) earliest = Math.min(earliest, visit(other))
      else if (open.includes(other)) earliest = Math.min(earliest, place.get(other)!)
    }
    if (earliest === own) {
      const circle = open.splice(open.indexOf(name))
      if (circle.length > 1) circles.push(circle)
    }
    return earliest
  }
  for (const name of arrows.keys()) if (!place.has(name)) visit(name)
  return circles
}
