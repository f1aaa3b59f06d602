/** didbon export --format openmetrics, as it is typed, and read back as Prometheus would. */
import { beforeAll, expect, test } from 'vitest'
import { openRecord } from '../../src/store/catalog/record.ts'
import { DAY, HOUR, T0, aMeasurement, anOutage, opened, saved } from '../store/nouns.ts'
import { aMeasured } from './builders.ts'
import { aDaemonsStore, type Lookout, SMALL, newLookout } from './record-cli.ts'

interface Sample {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
  /** Unix ms */
  readonly at: number
}

function samplesOf(text: string, name: string): Sample[] {
  return text.split('\n').flatMap((line) => {
    const found = /^(\w+)\{(.*)\} ([01]) ([\d.]+)$/.exec(line)
    if (found?.[1] !== name) return []
    const labels = Object.fromEntries([...found[2]!.matchAll(/(\w+)="([^"]*)"/g)].map(([, k, v]) => [k, v]))
    return [{ labels, value: Number(found[3]), at: Number(found[4]) * 1000 }]
  })
}

const over = anOutage({
  id: 'over',
  cause: 'blocked',
  causes: [{ at: T0 + 5_000, cause: 'blocked', mechanism: null, reason: '' }],
  endAfterAt: T0 + HOUR - 1_000,
  endBeforeAt: T0 + HOUR,
  closedAt: T0 + HOUR + 5_000,
})
const lasting = anOutage({
  id: 'lasting',
  service: 'youtube',
  vantage: 'tcell',
  onsetBeforeAt: T0 + 2 * HOUR,
})

const WHEN = { earliestAt: T0, latestAt: T0 + HOUR }

let lookout: Lookout
beforeAll(async () => {
  const made = await newLookout(SMALL)
  lookout = made.lookout
  const store = await aDaemonsStore(lookout.store)
  store.save(
    saved(aMeasurement(1, { startedAt: T0 + 3 * HOUR }), { changes: [opened(over), opened(lasting)] }),
  )
  store.close()
  const record = await openRecord(lookout.store, { now: Date.now })
  record.saveVantages([{ id: 'babilon', role: 'probe', country: 'TJ', asn: null }])
  record.saveIncidents({
    incidents: [{ ...aMeasured(), members: ['over'], onset: WHEN, end: WHEN }],
    changes: [],
  })
  const from = { service: 'facebook', vantage: 'babilon', mechanism: null, ref: null }
  record.saveStates([
    { ...from, at: T0 - HOUR, state: 'ok' },
    { ...from, at: T0, state: 'blocked' },
    { ...from, at: T0 + HOUR, state: 'ok' },
  ])
  record.close()
  return made.remove
})

async function exported(...args: string[]) {
  const { code, stdout, stderr } = await lookout.run('export', '--format', 'openmetrics', ...args)
  expect(code).toBe(0)
  expect(stdout.endsWith('# EOF\n')).toBe(true)
  return { stdout, stderr }
}

const iso = (at: number) => new Date(at).toISOString()
const DAY_OF_IT = ['--since', iso(T0 - 2 * HOUR), '--until', iso(T0 + 6 * HOUR)]

test('states -> 1 while each held, at every step, and 0 where it ended', async () => {
  const { stdout } = await exported(...DAY_OF_IT, '--step', '30m')
  const blocked = samplesOf(stdout, 'didbon_service_state').filter(
    ({ labels }) => labels['state'] === 'blocked',
  )
  expect(blocked.map(({ at, value }) => [at - T0, value])).toEqual([
    [0, 1],
    [HOUR / 2, 1],
    [HOUR, 0],
  ])
  expect(blocked[0]!.labels).toEqual({
    kind: 'measured',
    service: 'facebook',
    vantage: 'babilon',
    state: 'blocked',
  })
})

test('outages -> with country and incident where they are known; an open one as far as anybody looked', async () => {
  const { stdout } = await exported(...DAY_OF_IT, '--step', '1h')
  const all = samplesOf(stdout, 'didbon_outage_active')
  const of = (id: string) => all.filter(({ labels }) => labels['outage'] === id)
  expect(of('over').map(({ at, value }) => [at - T0, value])).toEqual([
    [0, 1],
    [HOUR, 0],
  ])
  expect(of('over')[0]!.labels).toMatchObject({ country: 'TJ', incident: aMeasured().id, cause: 'blocked' })
  expect(of('lasting')[0]!.labels).toMatchObject({ country: '', incident: '', mechanism: '' })
  expect(of('lasting').at(-1)).toMatchObject({ value: 0 })
  expect(of('lasting').at(-1)!.at - T0).toBe(3 * HOUR + 251) // where the last measurement ended
})

test('what others reported -> of its own kind, from the earliest it may have begun', async () => {
  const { stdout } = await exported('--since', '2021-01-01', '--until', '2021-02-01', '--step', '1d')
  const all = samplesOf(stdout, 'didbon_outage_active')
  expect(
    new Set(all.map(({ labels }) => `${labels['kind']} ${labels['outage']} ${labels['incident']}`)),
  ).toEqual(new Set(['reported tj-2021-01-facebook reported.tj-2021-01-facebook']))
  expect(all[0]).toMatchObject({ value: 1, at: Date.parse('2021-01-10T19:00:00Z') })
  expect(samplesOf(stdout, 'didbon_service_state').every(({ labels }) => labels['vantage'] === '')).toBe(true)
})

test('how many there were and how often -> on stderr, as it was asked for or by the length of the span', async () => {
  const counted = async (...args: string[]) => {
    const { stdout, stderr } = await exported(...args)
    const lines = stdout.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length
    expect(stderr).toMatch(new RegExp(`^${lines} samples, one every \\d+ s while something held\\n$`))
    return Number(/every (\d+) s/.exec(stderr)![1])
  }
  expect(await counted(...DAY_OF_IT, '--step', '30s')).toBe(30)
  expect(await counted(...DAY_OF_IT)).toBe(300)
  expect(await counted('--since', iso(T0 - 93 * DAY), '--until', iso(T0))).toBe(300)
  expect(await counted('--since', iso(T0 - 94 * DAY), '--until', iso(T0))).toBe(3600)
})

test('a span in which nothing held -> both families, no sample, an end', async () => {
  const { stdout, stderr } = await exported('--since', '2012-01-01', '--until', '2012-02-01')
  expect(stdout.split('\n').map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual([
    '# HELP didbon_service_state',
    '# TYPE didbon_service_state',
    '# HELP didbon_outage_active',
    '# TYPE didbon_outage_active',
    '# EOF',
    '',
  ])
  expect(stderr).toMatch(/^0 samples/)
})
