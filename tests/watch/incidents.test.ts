import { describe, expect, test } from 'vitest'
import { embedded } from '../../src/config/locate.ts'
import { DEFAULTS } from '../../src/correlate/settings.ts'
import { INCIDENT_DEFAULTS } from '../../src/incident/group.ts'
import { createCatalog } from '../../src/run/catalog.ts'
import { recentOutages } from '../../src/run/resume.ts'
import { createIncidents } from '../../src/watch/incidents.ts'
import type { IncidentWorld } from '../../src/watch/types.ts'
import type { VantageFacts } from '../../src/model/vantage.ts'
import type { Outage, OutageChange } from '../../src/model/outage.ts'
import { aStore } from '../store/given.ts'
import { saved } from '../store/nouns.ts'
import { aRecord } from '../store/record-nouns.ts'

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
  const store = await aStore()
  const record = await aRecord({ path: store.path, now })
  const catalog = createCatalog(record)
  await catalog.takeFiles({ events: embedded('events.yaml'), reports: embedded('reports.yaml'), print: '' })

  /** As the daemon does: configured vantages are known to the record, and what is regrouped is saved. */
  function open(recent: readonly Outage[], vantages: readonly VantageFacts[] = VANTAGES) {
    record.saveVantages(vantages)
    const world = (): IncidentWorld => ({
      grouping: INCIDENT_DEFAULTS,
      settings: DEFAULTS,
      vantages,
      retired: record.vantages().filter(({ id }) => !vantages.some((vantage) => vantage.id === id)),
      events: catalog.events(),
      reports: catalog.reports(),
    })
    const standing = record.incidentsOf(recent.map(({ id }) => id))
    const incidents = createIncidents(world, recent, standing)
    const regroup = (...changed: readonly Outage[]) => {
      const { grouped, opened: fresh } = incidents.regroup(changed, now())
      record.saveIncidents(grouped)
      return fresh
    }
    regroup()
    return {
      take: ({ outage }: OutageChange) => regroup(outage),
      open: () => incidents.open(now()),
      outages: incidents.outages,
    }
  }
  const keep = (...outages: readonly Outage[]) => {
    store.save(saved(null, { changes: outages.map(opened) }))
    store.flush()
  }
  const recent = async () => (await recentOutages(store, record, now())).outages
  return { record, open, keep, recent, incidents: open([]) }
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

test('outages -> those that are open, each with its incident; from before a restart too', async () => {
  const { incidents, open: again } = await live(() => ONSET + HOUR)
  const [first, second] = [anOutage('youtube', 'babilon', ONSET), anOutage('facebook', 'tcell', ONSET + HOUR)]
  const [told] = incidents.take(opened(first))
  incidents.take(opened(second))
  const incident = told!.incident.id
  expect(incidents.outages()).toEqual([
    { outage: first, incident },
    { outage: second, incident },
  ])
  const over = { ...first, endAfterAt: ONSET + 1, endBeforeAt: ONSET + 2, closedAt: ONSET + 3 }
  incidents.take({ kind: 'closed', at: ONSET + 3, outage: over })
  expect(incidents.outages()).toEqual([{ outage: second, incident }])
  expect(again([over, second]).outages()).toEqual([{ outage: second, incident }])
})

test('a restart in the middle -> the incident keeps its id and is not told again', async () => {
  const { incidents, open: again } = await live(() => ONSET + HOUR)
  const first = anOutage('youtube', 'babilon', ONSET)
  const [told] = incidents.take(opened(first))
  const after = again([first])
  expect(after.take(opened(anOutage('facebook', 'babilon', ONSET + HOUR)))).toEqual([])
  expect(after.open().map(({ incident }) => incident.id)).toEqual([told!.incident.id])
})

test('an outage with no event near -> told, with "none of them"', async () => {
  const quiet = Date.UTC(2013, 1, 10)
  const { incidents } = await live(() => quiet + HOUR)
  const [told] = incidents.take(opened(anOutage('youtube', 'babilon', quiet)))
  expect(told!.likeliest).toBeNull()
})

describe('over weeks', () => {
  const DAY = 24 * HOUR
  const over = (outage: Outage, closedAt: number): Outage => ({
    ...outage,
    endAfterAt: closedAt - 60_000,
    endBeforeAt: closedAt - 30_000,
    closedAt,
  })
  const closed = (outage: Outage) => ({ kind: 'closed' as const, at: outage.closedAt!, outage })
  const [short, long, unrelated] = [
    anOutage('facebook', 'tcell', ONSET),
    anOutage('youtube', 'babilon', ONSET + HOUR),
    anOutage('facebook', 'babilon', ONSET + 20 * DAY),
  ]

  /** One outage of an incident ends after hours, the other goes on; nothing happens for three weeks. */
  async function twentyDaysOn() {
    let at = ONSET + HOUR
    const given = await live(() => at)
    given.incidents.take(opened(short))
    given.incidents.take(opened(long))
    given.incidents.take(closed(over(short, ONSET + 2 * HOUR)))
    const before = given.record.incidents('measured')
    expect(before).toMatchObject([{ members: [short.id, long.id], vantagesWatched: 2 }])
    given.keep(over(short, ONSET + 2 * HOUR), long)
    at = ONSET + 20 * DAY
    return { ...given, before, setNow: (ms: number) => (at = ms) }
  }

  test('a member long over, another still open -> the incident keeps both, whatever else happens', async () => {
    const { incidents, record, before } = await twentyDaysOn()
    incidents.take(opened(unrelated))
    expect(record.incidents('measured')[0]).toEqual(before[0])
    const [open] = incidents.open()
    expect(open!.incident.members).toEqual([short.id, long.id])
  })

  test('a restart then -> the same', async () => {
    const { open: again, record, recent, before } = await twentyDaysOn()
    const outages = await recent()
    expect(outages.map(({ id }) => id).sort()).toEqual([short.id, long.id].sort())
    const after = again(outages)
    expect(record.incidents('measured')).toEqual(before)
    after.take(opened(unrelated))
    expect(record.incidents('measured')[0]).toEqual(before[0])
  })

  test('all of it long over -> let go of, and its entry in the record stays', async () => {
    const { incidents, open: again, record, keep, recent, setNow } = await twentyDaysOn()
    incidents.take(closed(over(long, ONSET + 20 * DAY)))
    keep(over(long, ONSET + 20 * DAY))
    const [last] = record.incidents('measured')
    setNow(ONSET + 40 * DAY)
    incidents.take(opened(anOutage('facebook', 'tcell', ONSET + 40 * DAY)))
    expect(await recent()).toEqual([])
    again([]).take(opened(anOutage('youtube', 'tcell', ONSET + 41 * DAY)))
    expect(record.incidents('measured')[0]).toEqual(last)
    expect(record.incidents('measured')).toHaveLength(3)
  })

  test('ended lately after weeks, and back within minutes -> the same incident, not told again', async () => {
    const { incidents, record, before } = await twentyDaysOn()
    incidents.take(closed(over(long, ONSET + 20 * DAY)))
    expect(incidents.take({ kind: 'reopened', at: ONSET + 20 * DAY + 60_000, outage: long })).toEqual([])
    expect(record.incidents('measured')).toEqual(before)
  })

  test('a vantage is taken out of the configuration -> its incident stays, in numbers too, after a restart as well', async () => {
    const { open: again, record, recent, before } = await twentyDaysOn()
    const fewer = VANTAGES.filter(({ id }) => id === 'babilon')
    for (let start = 0; start < 2; start += 1) {
      const after = again(await recent(), fewer)
      expect(record.incidents('measured')).toEqual(before)
      after.take(opened(long))
      expect(record.incidents('measured')).toEqual(before)
    }
  })

  test('all of its vantages are taken out -> the same', async () => {
    const { open: again, record, recent, before } = await twentyDaysOn()
    const elsewhere = { ...VANTAGES[0]!, id: 'almaty', country: 'KZ' }
    again(await recent(), [elsewhere])
    expect(record.incidents('measured')).toEqual(before)
  })
})
