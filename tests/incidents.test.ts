import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { embedded } from '../src/config/locate.ts'
import { DEFAULTS } from '../src/correlate/settings.ts'
import { INCIDENT_DEFAULTS } from '../src/detect/incidents.ts'
import { openDesk } from '../src/desk.ts'
import { openIncidents } from '../src/incidents.ts'
import type { Outage } from '../src/model/outage.ts'
import { openRecord } from '../src/store/record.ts'

const HOUR = 3_600_000
const VANTAGES = ['babilon', 'tcell'].map((id, i) => ({
  id,
  role: 'probe' as const,
  country: 'TJ',
  asn: 100 + i,
}))
/** Within hours of the first of the two videos. */
const ONSET = Date.UTC(2015, 4, 28, 12)

function anOutage(
  service: string,
  vantage: string,
  onsetBeforeAt: number,
  over: Partial<Outage> = {},
): Outage {
  return {
    id: `${service}.${vantage}.${onsetBeforeAt}`,
    service,
    vantage,
    cause: 'blocked',
    mechanism: 'dns.nxdomain',
    onsetAfterAt: onsetBeforeAt - 30_000,
    onsetBeforeAt,
    openedAt: onsetBeforeAt + 5000,
    endAfterAt: null,
    endBeforeAt: null,
    closedAt: null,
    causes: [],
    reopened: 0,
    evidence: [],
    ...over,
  }
}

const opened = (outage: Outage) => ({ kind: 'opened' as const, at: outage.openedAt, outage })

async function live(now: () => number) {
  const folder = await mkdtemp(join(tmpdir(), 'didbon-test-'))
  const record = await openRecord(join(folder, 'didbon.db'), { now })
  onTestFinished(async () => {
    record.close()
    await rm(folder, { recursive: true })
  })
  const desk = openDesk(record)
  await desk.takeFiles({ events: embedded('events.yaml'), reports: embedded('reports.yaml'), print: '' })
  const parts = {
    record,
    vantages: () => VANTAGES,
    events: desk.events,
    reports: desk.reports,
    grouping: () => INCIDENT_DEFAULTS,
    settings: () => DEFAULTS,
    now,
  }
  return { record, parts, incidents: openIncidents(parts, []) }
}

test('the first outage after the video -> one incident, ranked at once, with the video first', async () => {
  const { incidents } = await live(() => ONSET + HOUR)
  const [told, ...more] = incidents.take(opened(anOutage('youtube', 'babilon', ONSET)))
  expect(more).toEqual([])
  expect(told!.incident).toMatchObject({ services: ['youtube'], vantages: ['babilon'], vantagesWatched: 2 })
  expect(told!.likeliest!.posterior).toBeGreaterThan(0.9)
  expect(told!.likeliest!.event.kind).toBe('video-release')
})

test('more outages of the same hours -> the same incident, not told again', async () => {
  const { incidents } = await live(() => ONSET + HOUR)
  const [told] = incidents.take(opened(anOutage('youtube', 'babilon', ONSET)))
  expect(incidents.take(opened(anOutage('facebook', 'tcell', ONSET + HOUR)))).toEqual([])
  const [open] = incidents.open()
  expect(open!.incident).toMatchObject({
    id: told!.incident.id,
    services: ['facebook', 'youtube'],
    vantages: ['babilon', 'tcell'],
  })
})

test('every outage over -> no incident is open, but it is on record under its id', async () => {
  const { incidents, record } = await live(() => ONSET + HOUR)
  const outage = anOutage('youtube', 'babilon', ONSET)
  const [told] = incidents.take(opened(outage))
  const over = { ...outage, endAfterAt: ONSET + 1, endBeforeAt: ONSET + 2, closedAt: ONSET + 3 }
  incidents.take({ kind: 'closed', at: ONSET + 3, outage: over })
  expect(incidents.open()).toEqual([])
  expect(record.incidents('measured').map(({ id }) => id)).toEqual([told!.incident.id])
})

test('a restart in the middle -> the incident keeps its id and is not told again', async () => {
  const { incidents, parts } = await live(() => ONSET + HOUR)
  const first = anOutage('youtube', 'babilon', ONSET)
  const [told] = incidents.take(opened(first))
  const after = openIncidents(parts, [first])
  expect(after.take(opened(anOutage('facebook', 'babilon', ONSET + HOUR)))).toEqual([])
  expect(after.open().map(({ incident }) => incident.id)).toEqual([told!.incident.id])
})

test('an outage with no event near -> told, with "none of them"', async () => {
  const quiet = Date.UTC(2013, 1, 10)
  const { incidents } = await live(() => quiet + HOUR)
  const [told] = incidents.take(opened(anOutage('youtube', 'babilon', quiet)))
  expect(told!.likeliest).toBeNull()
})
