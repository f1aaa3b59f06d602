/** strings: what the program says to people, taken from its code, its alerts and its dashboards: literals that are sentences, no comments, no SQL. */
import { readFileSync } from 'node:fs'
import { glob } from 'node:fs/promises'
import { parseAst } from 'vitest/node'
import { parse } from 'yaml'

const ROOT = new URL('../../', import.meta.url)
const SQL = /^\s*(?:select|insert|update|delete|create|alter|drop|pragma|with)\s/
const SENTENCE = /\p{L}{2,} \p{L}/u

/** All files with what they say, by path. */
export async function strings(): Promise<{ readonly path: string; readonly said: readonly string[] }[]> {
  const paths: string[] = []
  for await (const path of glob(PATTERNS, { cwd: ROOT.pathname })) paths.push(path)
  return paths.toSorted().map((path) => {
    const text = readFileSync(new URL(path, ROOT), 'utf8')
    const all = path.endsWith('.ts') ? literalsOf(parseAst(text, { lang: 'ts' })) : scalarsOf(parse(text))
    return { path, said: all.filter((each) => SENTENCE.test(each) && !SQL.test(each)) }
  })
}

const PATTERNS = ['src/**/*.ts', 'dashboards/generate/**/*.ts', 'config/prometheus/*.rules.yml']

/** Literals and templates of a syntax tree; what a template fills in stands there as `…`. */
function literalsOf(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(literalsOf)
  if (typeof node !== 'object' || node === null) return []
  const { type, value, quasis } = node as Node
  if (type === 'Literal' && typeof value === 'string') return [value]
  const own = type === 'TemplateLiteral' ? [quasis!.map((each) => each.value.cooked).join('…')] : []
  return [...own, ...Object.values(node).flatMap(literalsOf)]
}

interface Node {
  readonly type?: string
  readonly value?: unknown
  readonly quasis?: readonly { readonly value: { readonly cooked: string } }[]
}

function scalarsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(scalarsOf) : []
}
