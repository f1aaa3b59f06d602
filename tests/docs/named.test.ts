/** What a Markdown file tells a reader to type exists: npm scripts, commands of didbon and their options. */
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { everyCommand, nameOf } from './commands.ts'
import { ROOT, documents } from './documents.ts'

const ALL = await documents()
const { scripts } = JSON.parse(await readFile(`${ROOT}package.json`, 'utf8')) as {
  scripts: Record<string, string>
}
const OPTIONS = new Map(
  everyCommand().map((command) => [
    nameOf(command),
    new Set(command.options.flatMap(({ long, short }) => [long, short].filter((flag) => flag !== undefined))),
  ]),
)
const GROUPS = new Set([...OPTIONS.keys()].map((name) => name.split(' ').slice(0, 2).join(' ')))

test.each(ALL)('$path -> every script, command and option in it is there', ({ text }) => {
  const code = codeIn(text)
  expect(code.flatMap(unknownScripts)).toEqual([])
  expect(code.flatMap(unknownCommands)).toEqual([])
})

test('scripts, commands and options that are not there -> found', () => {
  expect(unknownScripts('npm run nothing && npm run lint')).toEqual(['npm run nothing'])
  expect(unknownCommands('npm run -s didbon -- cheque')).toEqual(['didbon cheque'])
  expect(unknownCommands('didbon --config x probe facebook --explian')).toEqual(['didbon probe --explian'])
  expect(unknownCommands('didbon events list --limit 3 | head --lines 2')).toEqual([])
})

/** Fenced lines to type, without their comments, and what stands between backticks; what is printed (`text`) is not typed. */
function codeIn(text: string): string[] {
  const fences = [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)]
  const lines = fences.flatMap(([, kind, body]) =>
    kind === 'text' ? [] : body!.replace(/\\\n/g, ' ').split('\n'),
  )
  const spans = [...text.replace(/^```[\s\S]*?^```$/gm, '').matchAll(/`([^`\n]+)`/g)].map(([, span]) => span!)
  return [...lines, ...spans].map((line) => line.replace(/ # .*/, ''))
}

function unknownScripts(code: string): string[] {
  const named = [...code.matchAll(/\bnpm run (?:-s )?([\w:-]+)/g)].map(([, name]) => name!)
  return named.filter((name) => !(name in scripts)).map((name) => `npm run ${name}`)
}

function unknownCommands(code: string): string[] {
  const typed = /(?:\bdidbon -- |(?<!docker exec |[\w/.:-])didbon )((?:--?\w+ \S+ )?[a-z].*)/.exec(code)?.[1]
  if (typed === undefined) return []
  const [first = '', second = '', ...rest] = typed
    .replace(/[|>;&].*/, '')
    .replace(/^--?c\w* \S+ /, '')
    .trim()
    .split(/\s+/)
  const two = `didbon ${first} ${second}`
  const name = OPTIONS.has(two) ? two : `didbon ${first}`
  if (!GROUPS.has(name) && !OPTIONS.has(name)) return [name]
  const known = OPTIONS.get(name)
  return [second, ...rest]
    .flatMap((word) => /^\[?(--[a-z][\w-]*)/.exec(word)?.[1] ?? [])
    .filter((flag) => known !== undefined && flag !== '--help' && flag !== '--config' && !known.has(flag))
    .map((flag) => `${name} ${flag}`)
}
