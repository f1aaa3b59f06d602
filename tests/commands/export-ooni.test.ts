/** didbon export --format ooni, as it is typed, from a store that is held by nobody. */
import { expect, test } from 'vitest'
import { judge } from '../../src/judge/judge.ts'
import type { Measurement } from '../../src/model/measurement.ts'
import { openRecord } from '../../src/store/catalog/record.ts'
import { aControl, aGoodMeasurement, aMeasurement, dns, tcp, tls } from '../judge/builders.ts'
import { aDaemonsStore, type Lookout, aLookout } from './record-cli.ts'

const T0 = Date.UTC(2025, 5, 1)
const id = (n: number) => `01970000-0000-7000-8000-${String(n).padStart(12, '0')}`
const blocked = (over: Partial<Measurement>) =>
  aMeasurement(dns(), tcp(), tls({ failure: 'connection_reset' }), {
    endpoint: 'facebook/www',
    startedAt: T0,
    ...over,
  })

/** A control, two blocked looks with it, a heartbeat, one imported and one that only its counts were kept of. */
async function filled(): Promise<Lookout> {
  const lookout = await aLookout({
    events: 'events: []\n',
    reports: 'record: { from: 2010-01-01, until: 2022-12-31 }\nreports: []\n',
  })
  const store = await aDaemonsStore(lookout.store, {
    keepRawMs: Number.MAX_SAFE_INTEGER,
    keepOkSampleEvery: 1000,
    commitEveryMs: 1000,
  })
  const control = aControl({ id: id(1), endpoint: 'facebook/www', startedAt: T0 })
  const save = (measurement: Measurement, controls: readonly Measurement[]) => {
    const verdict = judge(measurement, controls, 'online')
    store.save({
      measurement,
      verdict,
      changes: [],
      detector: null,
      controls,
    })
  }
  store.save({ measurement: control, verdict: null, changes: [], detector: null })
  save(blocked({ id: id(2) }), [control])
  save(blocked({ id: id(3), vantage: 'tj-tcell', startedAt: T0 + 3_600_000 }), [control])
  save(blocked({ id: id(4), plan: 'heartbeat' }), [control])
  save(blocked({ id: id(5), purpose: 'import' }), [control])
  save(aGoodMeasurement({ id: id(6), endpoint: 'youtube/www', startedAt: T0 }), [])
  save(aGoodMeasurement({ id: id(7), endpoint: 'youtube/www', startedAt: T0 + 1000 }), [])
  store.close()
  const record = await openRecord(lookout.store, { now: Date.now })
  record.saveVantages([
    { id: 'tj-babilon', role: 'probe', country: 'TJ', asn: 24_722 },
    { id: 'tj-tcell', role: 'probe', country: 'TJ', asn: 43_197 },
  ])
  record.close()
  return lookout
}

type Line = { readonly probe_asn: string; readonly annotations: Readonly<Record<string, string>> }
const linesOf = (stdout: string) =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line)
const which = (stdout: string) => linesOf(stdout).map(({ annotations }) => annotations['didbon_measurement'])

test('full looks, a line each -> and an import judges them the same', async () => {
  const { run, feed } = await filled()
  const { code, stdout, stderr } = await run('export', '--format', 'ooni')
  expect(code).toBe(0)
  expect(which(stdout)).toEqual([id(2), id(3), id(6)])
  expect(linesOf(stdout).map((line) => line.probe_asn)).toEqual(['AS24722', 'AS43197', 'AS24722'])
  expect(stderr.trimEnd()).toBe(
    '3 measurements; left out: 1 measurements that stop before the page, 1 of which only the counts were kept',
  )
  const back = await feed(stdout, 'import', '--dry-run', '--json', '-')
  const said = back.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as object)
  const reset = {
    blocking: 'http-failure',
    accessible: false,
    outcome: 'anomaly',
    mechanism: 'tls.sni-reset',
  }
  expect(said).toMatchObject([
    reset,
    reset,
    { blocking: false, accessible: true, outcome: 'ok', mechanism: null },
  ])
})

test('only of a time, a service, a vantage', async () => {
  const { run } = await filled()
  const of = async (...args: string[]) => which((await run('export', '--format', 'ooni', ...args)).stdout)
  expect(await of('--since', '2025-06-01T00:30:00Z')).toEqual([id(3)])
  expect(await of('--until', '2025-06-01T00:30:00Z')).toEqual([id(2), id(6)])
  expect(await of('--service', 'youtube')).toEqual([id(6)])
  expect(await of('--vantage', 'tj-tcell')).toEqual([id(3)])
  expect(await of('--since', '2026-01-01')).toEqual([])
})

test.each([
  [['--service', 'nosuch'], "--service: there is no 'nosuch'; there are facebook, "],
  [['--vantage', 'nosuch'], "--vantage: 'nosuch' has measured nothing; there are tj-babilon, tj-tcell"],
])('%s -> 2, and says what there is', async (args, says) => {
  const { run } = await filled()
  const { code, stdout, stderr } = await run('export', '--format', 'ooni', ...args)
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toContain(says)
})
