import { readFileSync } from 'node:fs'
import { glob } from 'node:fs/promises'
import { expect, test } from 'vitest'

const ROOT = new URL('../../', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, ROOT), 'utf8')

/** What is written in one call: its last text, up to the end of the call. */
const CALL = /\blog\.(?:debug|info|warn|error)\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)/g
/** The sentences that stand in a table of their own. */
const TABLE = /const SENTENCES = \{([^}]*)\}/

test('every line of the log -> said in src/run/README.md what it means', async () => {
  const lines: string[] = []
  for await (const path of glob('src/**/*.ts', { cwd: ROOT.pathname })) {
    const text = read(path)
    const calls = [...text.matchAll(CALL)].map(([call]) => call)
    const tables = (text.includes('log.info') ? TABLE.exec(text) : null)?.[1]?.split(',') ?? []
    for (const part of [...calls, ...tables])
      lines.push(...(/'([^'\n]+)'\s*,?\s*\)?$/.exec(part)?.slice(1) ?? []))
  }
  const readme = read('src/run/README.md')
  expect(lines.length).toBeGreaterThan(20)
  expect([...new Set(lines)].filter((line) => !readme.includes(`\`${line}\``))).toEqual([])
})
