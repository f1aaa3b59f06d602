/** didbon replay, as it is typed, on measurements that no detector ever folded: an hour of measurements, then a block. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { measurementOf } from '../../src/evaluate/facts.ts'
import { judge } from '../../src/judge/judge.ts'
import { openRecord } from '../../src/store/catalog/record.ts'
import { HOUR, T0, aMeasurement, anId, anOutage, opened, saved } from '../store/nouns.ts'
import { aDaemonsStore, type Lookout, SMALL, aLookout } from './record-cli.ts'

const CUT = measurementOf({ layer: 'tls', failure: 'connection_reset' }, false)
const CONTROL = measurementOf(null, true)
const MINUTE = 60_000
const SINCE = ['--since', new Date(T0 - HOUR).toISOString()]

const SERVICES = {
  services: {
    facebook: { name: 'Facebook', endpoints: { www: { url: 'https://www.facebook.com/', role: 'primary' } } },
    youtube: { name: 'YouTube', endpoints: { www: { url: 'https://www.youtube.com/', role: 'primary' } } },
  },
  canaries: {
    international: { a: { url: 'https://a.example.org/' }, b: { url: 'https://b.example.org/' } },
    domestic: { c: { url: 'https://c.example.org/' } },
  },
}

async function opening(path: string) {
  return aDaemonsStore(path, { now: () => T0 + 3 * HOUR, keepOkSampleEvery: 1000, commitEveryMs: 60_000 })
}

/** Measurements and canaries every half a minute for two hours, reset from minute 60 to 90; `more` goes in at the end. */
async function measured(more: readonly ReturnType<typeof saved>[] = []): Promise<Lookout> {
  const lookout = await aLookout(SMALL, {
    services: 'services.yaml',
    vantages: ['babilon', 'tcell'].map((id) => ({ id, role: 'probe', kind: 'direct', country: 'TJ' })),
  })
  await writeFile(join(lookout.folder, 'services.yaml'), JSON.stringify(SERVICES))
  const store = await opening(lookout.store)
  for (let n = 0; n < 240; n += 1) {
    const startedAt = T0 + n * (MINUTE / 2)
    for (const [i, name] of ['a', 'b', 'c'].entries()) {
      const canary = {
        endpoint: `canary/${name}`,
        purpose: 'canary',
        startedAt: startedAt - 5_000 + i,
      } as const
      store.save(saved(aMeasurement(n * 10 + i, canary), { verdict: null, answered: 'yes' }))
    }
    const measurement = { vantage: 'babilon', endpoint: 'facebook/www', startedAt }
    if (n < 120 || n >= 180) store.save(saved(aMeasurement(n * 10 + 9, measurement)))
    else {
      const by = { vantage: 'outside', purpose: 'control', startedAt } as const
      const control = { ...CONTROL, ...by, id: anId(n * 10 + 8, startedAt) }
      const failed = { ...CUT, ...measurement, id: anId(n * 10 + 9, startedAt) }
      store.save(saved(control, { verdict: null }))
      store.save(saved(failed, { verdict: judge(failed, [control], 'online'), controls: [control] }))
    }
  }
  for (const step of more) store.save(step)
  store.close()
  return lookout
}

interface Document {
  readonly start: { readonly kind: string }
  readonly until: string | null
  readonly measurements: number
  readonly rejudged: number
  readonly outagesLeftAlone: number
  readonly changes: readonly {
    readonly kind: string
    readonly before: object | null
    readonly after: object | null
  }[]
  readonly written: boolean
}

async function asData({ run }: Lookout, ...args: string[]): Promise<Document> {
  const { code, stdout, stderr } = await run('replay', ...SINCE, ...args, '--json')
  expect([code, stderr]).toEqual([0, ''])
  return JSON.parse(stdout) as Document
}

test('an outage nobody logged -> told in words and as data, and nothing is written', async () => {
  const lookout = await measured()
  const { code, stdout, stderr } = await lookout.run('replay', ...SINCE)
  expect([code, stderr]).toEqual([0, ''])
  const lines = stdout.trimEnd().split('\n')
  expect(lines[0]).toMatch(/^Folded 1020 measurements from .* on \(the first measurement there is\)\.$/)
  expect(lines[1]).toMatch(
    /^Judged again: \d+\. Kept as judged: \d+ \(\d+ fine, without a full record, 0 whose /,
  )
  expect(lines.slice(2)).toEqual([
    'No verdict would change.',
    '',
    'Outages that would change:',
    expect.stringMatching(/^what +service +vantage +onset \(UTC\) +end \(UTC\) +cause +mechanism$/),
    expect.stringMatching(
      /^appears +facebook +babilon +2025-10-09 09:00:00 +2025-10-09 09:30:00 +blocked +tls\.sni-reset$/,
    ),
  ])
  expect(await asData(lookout)).toMatchObject({
    since: '2025-10-09T07:00:00.000Z',
    until: null,
    start: { kind: 'beginning' },
    measurements: 1020,
    notRejudged: { record_not_kept: 0 },
    verdicts: [],
    outagesLeftAlone: 0,
    changes: [
      { kind: 'appears', aspects: [], before: null, after: { cause: 'blocked', vantage: 'babilon' } },
    ],
    written: false,
  })
  expect((await lookout.run('outages', '--kind', 'measured')).stdout).toBe('No outage matches.\n')
})

test('--service, --vantage -> those outages alone; all measurements are folded all the same', async () => {
  const lookout = await measured()
  const of = async (...args: string[]) => {
    const { changes, measurements } = await asData(lookout, ...args)
    return [changes.length, measurements]
  }
  expect(await of('--service', 'facebook', '--vantage', 'babilon')).toEqual([1, 1020])
  expect(await of('--service', 'youtube')).toEqual([0, 1020])
  expect(await of('--vantage', 'tcell')).toEqual([0, 1020])
})

test('--until in the midst -> the outage as it was then: open', async () => {
  const lookout = await measured()
  const until = new Date(T0 + 70 * MINUTE).toISOString()
  const { changes } = await asData(lookout, '--until', until)
  expect(changes).toMatchObject([{ kind: 'appears', after: { end: null, closed: null } }])
  expect((await lookout.run('replay', ...SINCE, '--until', until)).stdout).toMatch(
    / 09:00:00 +open +blocked /,
  )
  expect(await asData(lookout, '--until', new Date(T0 + 30 * MINUTE).toISOString())).toMatchObject({
    changes: [],
  })
})

test('--write -> the log, the incidents and the states are what it gave; a second time there is nothing to do', async () => {
  const lookout = await measured()
  const { code, stdout } = await lookout.run('replay', ...SINCE, '--write')
  expect(code).toBe(0)
  expect(stdout).toContain('Outages, before and after:')
  expect(stdout).toMatch(/\nWritten, in one transaction\.\n$/)
  expect((await lookout.run('outages', '--kind', 'measured')).stdout).toMatch(
    /^2025-10-09 09:00:00 +30 min +measured +facebook +babilon +blocked +tls\.sni-reset +\S/m,
  )
  expect((await lookout.run('incidents', '--kind', 'measured')).stdout).toContain('facebook')
  expect(await asData(lookout)).toMatchObject({ changes: [], verdicts: [], written: false })
  expect(await asData(lookout, '--write')).toMatchObject({ changes: [], written: true })
})

test('--write while a daemon holds the store -> 1, and nothing is changed', async () => {
  const lookout = await measured()
  const daemon = await opening(lookout.store)
  const { code, stdout, stderr } = await lookout.run('replay', ...SINCE, '--write')
  daemon.close()
  expect([code, stdout]).toEqual([1, ''])
  expect(stderr).toContain('is in use by another didbon')
  expect((await lookout.run('outages', '--kind', 'measured')).stdout).toBe('No outage matches.\n')
})

test('logged otherwise -> what vanishes, what changes and from what; what is watched no more is left alone', async () => {
  const closed = { endAfterAt: T0 + 85 * MINUTE, endBeforeAt: T0 + 86 * MINUTE, closedAt: T0 + 87 * MINUTE }
  const onset = {
    onsetAfterAt: T0 + 60 * MINUTE,
    onsetBeforeAt: T0 + 61 * MINUTE,
    openedAt: T0 + 62 * MINUTE,
  }
  const logged = [
    anOutage({ id: 'other', ...onset, ...closed }),
    anOutage({ id: 'invented', service: 'youtube', vantage: 'tcell', ...onset, ...closed }),
    anOutage({ id: 'gone', vantage: 'taken-out', ...onset, ...closed }),
  ]
  const lookout = await measured([saved(null, { changes: logged.map(opened) })])
  const { stdout } = await lookout.run('replay', ...SINCE)
  expect(stdout).toMatch(/^vanishes +youtube +tcell +/m)
  expect(stdout).toMatch(
    /^onset, end, cause, mechanism +facebook +babilon +2025-10-09 09:01:00 -> 2025-10-09 09:00:00 +2025-10-09 09:26:00 -> 2025-10-09 09:30:00 +unreachable -> blocked +- -> tls\.sni-reset$/m,
  )
  expect(stdout).toMatch(/\n1 outages of what this configuration does not watch were left unchanged\.\n$/)
  expect((await asData(lookout)).outagesLeftAlone).toBe(1)
})

test('--rules that are off -> which verdicts would be others, from what to what; a rule nobody knows -> 2', async () => {
  const lookout = await measured()
  const file = join(lookout.folder, 'rules.yaml')
  await writeFile(file, 'off: [tls_reset_not_in_control]\n')
  const { stdout, code } = await lookout.run('replay', ...SINCE, '--rules', file)
  expect(code).toBe(0)
  expect(stdout).toMatch(
    /Verdicts that would change:\ncount +from rule +outcome +to rule +outcome\n60 +tls_reset_not_in_control +anomaly +\w+ +\w+\n/,
  )
  await writeFile(file, 'off: [tls_reset_not_in_contrl]\n')
  const wrong = await lookout.run('replay', ...SINCE, '--rules', file)
  expect([wrong.code, wrong.stdout]).toEqual([2, ''])
  expect(wrong.stderr).toMatch(/rules\.yaml:1:\d+ {2}off\[0\]: .*did you mean tls_reset_not_in_control\?/)
})

test.each([
  {
    name: 'no store',
    make: async () => undefined,
    says: /There is no store at .*, so there is nothing to replay/,
  },
  {
    name: 'a store in which nothing was measured',
    make: async (path: string) => (await openRecord(path, { now: Date.now })).close(),
    says: /Nothing was measured yet, so there is nothing to replay/,
  },
])('$name -> 2, and says so', async ({ make, says }) => {
  const { run, store } = await aLookout(SMALL)
  await make(store)
  const { code, stdout, stderr } = await run('replay')
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toMatch(says)
})
