import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { evaluateCommand, worldOf } from '../../src/commands/evaluate.ts'
import { WORLD_DEFAULTS } from '../../src/evaluate/generate.ts'

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'didbon-evaluate-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

/** What a command writes to stdout. */
async function output(run: () => Promise<number>): Promise<string> {
  const written: string[] = []
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written.push(String(text))
    return true
  })
  try {
    expect(await run()).toBe(0)
  } finally {
    spy.mockRestore()
  }
  return written.join('')
}

describe('--generate', () => {
  test('some of it given -> the rest by default', () => {
    expect(worldOf('seed=7')).toEqual({ ...WORLD_DEFAULTS, seed: 7 })
    expect(worldOf('seed=7,years=0.5,heartbeatS=60')).toEqual({
      ...WORLD_DEFAULTS,
      seed: 7,
      years: 0.5,
      heartbeatS: 60,
    })
  })

  test.each([
    {
      text: 'sed=1',
      says: "'sed' is not one of seed, years, vantages, heartbeatS, loss, faults; did you mean seed?",
    },
    { text: 'faults=some', says: "faults='some' must be all or none" },
    { text: 'seed=x', says: "seed='x' must be a number from 0" },
    { text: 'years=1000', says: "years='1000' must be a number from 0.01 to 100" },
    { text: 'vantages=1.5', says: "vantages='1.5' must be a number from 1 to 50" },
  ])('$text -> $says', ({ text, says }) => {
    expect(() => worldOf(text)).toThrow(says)
  })
})

test(
  'a world written, then scored -> tables with every rule; --json -> the same as data',
  { timeout: 60_000 },
  async () => {
    const out = join(folder(), 'trace.jsonl')
    const generate = 'seed=3,years=0.03,vantages=1,heartbeatS=120'
    expect(await output(() => evaluateCommand({ args: [], generate, out }))).toMatch(/^Wrote \d+ lines to /)
    const text = await output(() => evaluateCommand({ args: [out] }))
    for (const rule of [
      'didbon: outage open',
      'didbon: called blocked',
      '3 failures in a row',
      'probe_success == 0 for 1m',
    ])
      expect(text).toContain(rule)
    const { scores } = JSON.parse(await output(() => evaluateCommand({ args: [out], json: true }))) as {
      scores: { rule: string; falseAlarms: { count: number } }[]
    }
    expect(scores.find(({ rule }) => rule === 'didbon: called blocked')?.falseAlarms.count).toBe(0)
  },
)

test.each([
  { name: 'neither', options: { args: [] }, says: 'either a FILE or --generate' },
  { name: 'both', options: { args: ['a'], generate: 'seed=1' }, says: 'either a FILE or --generate' },
  {
    name: 'no such file',
    options: { args: ['/nowhere/a.jsonl'] },
    says: 'There is no trace at /nowhere/a.jsonl',
  },
])('$name -> $says', async ({ options, says }) => {
  await expect(evaluateCommand(options)).rejects.toThrow(says)
})

test('--out names a file that is there -> refused, and left as it is', async () => {
  const out = join(folder(), 'mine.txt')
  writeFileSync(out, 'mine')
  await expect(evaluateCommand({ args: [], generate: 'seed=1,years=0.01', out })).rejects.toThrow('--out: ')
  expect(existsSync(out)).toBe(true)
})
