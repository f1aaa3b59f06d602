/** The README is short, and what it says of states, alerts and configuration is what the code says. */
import { readFile, readdir } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { loadConfig } from '../../src/config/load.ts'
import { CAUSES } from '../../src/model/outage.ts'
import { aFolder } from '../config/folder.ts'
import { ROOT, documents } from './documents.ts'

const README = await readFile(`${ROOT}README.md`, 'utf8')

test('the README -> at most 200 lines and 14,000 bytes', () => {
  expect(README.trimEnd().split('\n').length).toBeLessThanOrEqual(200)
  expect(Buffer.byteLength(README)).toBeLessThanOrEqual(14_000)
})

test('the README -> runs with exactly two commands', () => {
  for (const command of ['npm ci && npm start', 'npm ci && npm test']) expect(README).toContain(command)
})

test('the states in the README -> those there are', () => {
  const rows = [...README.matchAll(/^\| `([a-z_0-9]+)` +\|/gm)].map(([, state]) => state)
  expect(new Set(rows)).toEqual(new Set([...CAUSES, 'ok', 'insufficient']))
})

test('the alerts in the README -> those there are', async () => {
  const reference = await readFile(`${ROOT}config/prometheus/README.md`, 'utf8')
  const known = new Set([...reference.matchAll(/^### (\w+)$/gm)].map(([, name]) => name))
  const section = /\n## Alerts\n([\s\S]*?)\n## /.exec(README)![1]!
  const named = [...section.matchAll(/`([A-Z][a-z]+[A-Z]\w+)`/g)].map(([, name]) => name)
  expect(named.length).toBeGreaterThan(5)
  expect(named.filter((name) => !known.has(name))).toEqual([])
})

const EXAMPLES = (await documents()).flatMap(({ path, text }) =>
  [...text.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, yaml], i) => ({ path, n: i + 1, yaml: yaml! })),
)

test.each(EXAMPLES)('$path, example $n of a configuration -> sound', async ({ yaml }) => {
  const secret = '${file:/run/secrets/babilon-t}'
  const { path } = await aFolder({ 'didbon.yaml': yaml.replace(secret, 'secret') })
  await expect(loadConfig(path, {})).resolves.toMatchObject({ vantages: expect.any(Array) })
})

test('the configuration in the README -> twelve lines at most', () => {
  const example = EXAMPLES.find(({ path }) => path === 'README.md')
  expect(example!.yaml.trimEnd().split('\n').length).toBeLessThanOrEqual(12)
})

test('src/README.md -> names every room, and no other', async () => {
  const text = await readFile(`${ROOT}src/README.md`, 'utf8')
  const named = [...text.matchAll(/^\| `(\w+)\/` +\|/gm)].map(([, room]) => room)
  const entries = await readdir(`${ROOT}src`, { withFileTypes: true })
  const rooms = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
  expect(new Set(named)).toEqual(new Set(rooms))
})

test.each([
  ['events.yaml', 'events'],
  ['reports.yaml', 'reports'],
])('config/README.md -> as many entries of %s as there are', async (file, key) => {
  const record = parse(await readFile(`${ROOT}config/${file}`, 'utf8')) as Record<string, readonly unknown[]>
  const text = await readFile(`${ROOT}config/README.md`, 'utf8')
  expect(text).toMatch(new RegExp(`\\| \\[${file}\\].*\\| ${record[key]!.length} `))
})

test('the figures in the README -> those of tests/bench/README.md', async () => {
  const bench = await readFile(`${ROOT}tests/bench/README.md`, 'utf8')
  const row = (rule: string) =>
    bench
      .split('\n')
      .find((line) => line.startsWith(`| ${rule} `))!
      .split('|')
      .map((cell) => cell.trim())
  const [answering, silent] = row('didbon: outage open')[8]!.split(' / ')
  const text = README.replaceAll('\n', ' ')
  expect(text).toContain(`median ${answering} s`)
  expect(text).toContain(`${silent} s if it drops packets in silence`)
  expect(row('didbon: called blocked')[9]).toMatch(/^0\.0 /)
  expect(text).toContain('no false `blocked`')
})
