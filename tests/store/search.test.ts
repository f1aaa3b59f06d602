/** Whatever is asked for: what comes back is what a plain filter over all of it gives, page for page, each once. */
import {
  array,
  assert,
  asyncProperty,
  boolean,
  constantFrom,
  integer,
  option,
  record as recordOf,
  sample,
  tuple,
} from 'fast-check'
import { expect, test } from 'vitest'
import type { Incident } from '../../src/model/incident.ts'
import type { Outage, State, StateChange } from '../../src/model/outage.ts'
import { extentOf } from '../../src/model/extent.ts'
import type { IncidentFilter } from '../../src/store/outages/read-incidents.ts'
import type { MeasurementFilter } from '../../src/store/measurements/read.ts'
import type { OutageFilter } from '../../src/store/outages/read.ts'
import type { StateFilter } from '../../src/store/outages/read-states.ts'
import { openStoreReadOnly } from '../../src/store/reader.ts'
import { aPath, aStore } from './given.ts'
import { DAY, FINE, HOUR, RESET, T0, aMeasurement, anOutage, opened, saved } from './nouns.ts'
import { aRecord, anIncident } from './record-nouns.ts'

const SEED = 20_251_009
const ORDER = constantFrom('newest' as const, 'oldest' as const)
const VANTAGE = constantFrom('babilon', 'tcell', 'nobody')
const SERVICE = constantFrom('facebook', 'youtube', 'face')

/** Those that were given; the others mean any. */
type Given<T> = { [Key in keyof T]: Exclude<T[Key], undefined> }

function given<T extends object>(keys: T): Given<T> {
  return Object.fromEntries(Object.entries(keys).filter(([, value]) => value !== undefined)) as Given<T>
}

function maybe<T>(values: Parameters<typeof option<T>>[0]) {
  return option(values, { nil: undefined, freq: 2 })
}

/** Compares as the lists do: by time, then by what settles a tie. */
function inOrder<T>(rows: readonly T[], order: 'newest' | 'oldest', compare: (a: T, b: T) => number): T[] {
  const ascending = rows.toSorted(compare)
  return order === 'oldest' ? ascending : ascending.reverse()
}

const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

test('measurements of five weeks, saved early and late and partly pruned -> those of the filter, page for page', async () => {
  const store = await aStore({ keepRawMs: 20 * DAY })
  const measurements = sample(
    recordOf({
      // hours that hold many, hours that hold one, weeks that hold nothing; moments that meet
      startedAt: tuple(
        constantFrom(-34, -33, -21, -3, 0),
        integer({ min: 0, max: 5 }),
        integer({ min: 0, max: 7 }),
      ).map(([day, hour, eighth]) => T0 + day * DAY + hour * HOUR + (eighth * HOUR) / 8 - (eighth % 2)),
      vantage: constantFrom('babilon', 'tcell'),
      endpoint: constantFrom('facebook/www', 'facebook/static', 'youtube/www', 'facebookish/www'),
      verdict: constantFrom(FINE, FINE, RESET, null),
    }),
    { numRuns: 300, seed: SEED },
  ).map(({ verdict, ...measurement }, n) => ({
    verdict,
    measurement: aMeasurement(n, { ...measurement, unfit: verdict === null ? 'our_error' : null }),
  }))
  const cited = measurements.find(({ measurement }) => measurement.startedAt < T0 - 30 * DAY)!.measurement
  for (const [n, { measurement, verdict }] of measurements.entries()) {
    const changes = n === 200 ? [opened(anOutage({ evidence: [cited.id] }))] : []
    store.save(saved(measurement, { verdict, changes }))
    if (n % 37 === 0) store.flush()
  }
  store.flush()
  while (store.prune(T0).more);
  const kept = measurements
    .map((measurement, seq) => ({ ...measurement, seq }))
    .filter(({ measurement: { id, startedAt } }) => id === cited.id || startedAt >= T0 - 20 * DAY - HOUR)
  expect(kept.length).toBeLessThan(measurements.length - 50)

  const when = tuple(constantFrom(-36, -21, -4, -3, 0, 1), integer({ min: -1, max: 12 })).map(
    ([day, hour]) => T0 + day * DAY + hour * (HOUR / 2),
  )
  const filters = recordOf({
    span: tuple(when, when),
    vantage: maybe(VANTAGE),
    service: maybe(SERVICE),
    endpoint: maybe(constantFrom('facebook/www', 'youtube/www', 'x/y')),
    outcome: maybe(constantFrom('ok' as const, 'anomaly' as const, 'down' as const)),
    order: ORDER,
    limit: integer({ min: 1, max: 9 }),
  })
  await assert(
    asyncProperty(filters, async ({ span, ...asked }) => {
      const [since, until] = [Math.min(...span), Math.max(...span)]
      const filter: MeasurementFilter = { ...given(asked), since, until }
      const ids: string[] = []
      for (let after: string | null = ''; after !== null;) {
        const page = await store.measurements({ ...filter, ...(after !== '' && { after }) })
        expect(page.rows.length).toBeLessThanOrEqual(filter.limit)
        ids.push(...page.rows.map(({ id }) => id))
        after = page.next
      }
      const wanted = kept.filter(
        ({ measurement: { startedAt, vantage, endpoint }, verdict }) =>
          startedAt >= filter.since &&
          startedAt < filter.until &&
          (filter.vantage ?? vantage) === vantage &&
          (filter.endpoint ?? endpoint) === endpoint &&
          (filter.service ?? endpoint.split('/')[0]) === endpoint.split('/')[0] &&
          (filter.outcome === undefined || filter.outcome === verdict?.outcome),
      )
      const expected = inOrder(
        wanted,
        asked.order,
        (a, b) => a.measurement.startedAt - b.measurement.startedAt || a.seq - b.seq,
      )
      expect(ids).toEqual(expected.map(({ measurement }) => measurement.id))
    }),
    { numRuns: 80, seed: SEED },
  )
})

test('outages short, long and lasting -> those of the filter, page for page', async () => {
  const store = await aStore()
  const outages = sample(
    recordOf({
      onsetBeforeAt: integer({ min: -20, max: 2 }).map((day) => T0 + day * DAY),
      // as long as the line between short ones and long ones, a little less, a little more
      lengthMs: constantFrom(null, 0, HOUR, 7 * DAY - 1, 7 * DAY, 7 * DAY + 1, 15 * DAY),
      // the first measurement that was fine again, before it counts as closed
      closing: boolean(),
      service: constantFrom(null, 'facebook', 'youtube'),
      vantage: constantFrom('babilon', 'tcell'),
      cause: constantFrom('blocked' as const, 'down' as const),
      mechanism: constantFrom(null, 'tls.sni-reset' as const),
    }),
    { numRuns: 150, seed: SEED },
  ).map(({ lengthMs, closing, ...over }, n): Outage => {
    const endBeforeAt = lengthMs === null ? null : over.onsetBeforeAt + lengthMs
    return anOutage({
      ...over,
      id: `o${n}`,
      endAfterAt: endBeforeAt,
      endBeforeAt,
      closedAt: closing ? null : endBeforeAt,
    })
  })
  store.save(saved(null, { changes: outages.map(opened) }))

  const when = maybe(
    tuple(integer({ min: -13, max: 9 }), integer({ min: -1, max: 1 })).map(
      ([day, ms]) => T0 + day * DAY + ms,
    ),
  )
  const filters = recordOf({
    since: when,
    until: when,
    service: maybe(constantFrom(null, 'facebook', 'youtube', 'nobody')),
    vantage: maybe(VANTAGE),
    cause: maybe(constantFrom('blocked' as const, 'down' as const)),
    mechanism: maybe(constantFrom('tls.sni-reset' as const)),
    open: maybe(boolean()),
    order: ORDER,
  })
  await assert(
    asyncProperty(filters, integer({ min: 1, max: 40 }), async (asked, limit) => {
      const filter: OutageFilter = given(asked)
      const wanted = outages.filter(
        (outage) =>
          (filter.since === undefined || (outage.endBeforeAt ?? Infinity) > filter.since) &&
          outage.onsetBeforeAt < (filter.until ?? Infinity) &&
          (filter.service === undefined || filter.service === outage.service) &&
          (filter.vantage ?? outage.vantage) === outage.vantage &&
          (filter.cause ?? outage.cause) === outage.cause &&
          (filter.mechanism === undefined || filter.mechanism === outage.mechanism) &&
          (filter.open === undefined || filter.open === (outage.closedAt === null)),
      )
      const expected = inOrder(
        wanted,
        asked.order,
        (a, b) => a.onsetBeforeAt - b.onsetBeforeAt || byText(a.id, b.id),
      )
      expect(await store.outages(filter)).toEqual(expected)
      const paged: Outage[] = []
      for (let page: Outage[] | null = null; page === null || page.length === limit;) {
        const last = paged.at(-1)
        const after = last === undefined ? {} : { after: { at: last.onsetBeforeAt, id: last.id } }
        page = await store.outages({ ...filter, limit, ...after })
        paged.push(...page)
      }
      expect(paged).toEqual(expected)
    }),
    { numRuns: 60, seed: SEED },
  )
})

test('incidents with ends, without, and without any date -> those of the filter, page for page', async () => {
  const path = aPath()
  const record = await aRecord({ path })
  const day = maybe(integer({ min: -5, max: 5 }))
  const window = tuple(day, day).map(([a, b]) => {
    const [earliestAt = null, latestAt = null] = [a, b]
      .toSorted((x, y) => (x ?? -99) - (y ?? -99))
      .map((n) => (n === undefined ? null : T0 + n * DAY))
    return { earliestAt, latestAt }
  })
  const incidents = sample(
    recordOf({
      onset: window,
      end: window,
      kind: constantFrom('measured' as const, 'reported' as const),
      country: constantFrom('TJ', 'KZ'),
      services: constantFrom([], ['facebook'], ['youtube', 'facebook']),
    }),
    { numRuns: 120, seed: SEED },
  )
    // what was measured has a first measurement that failed
    .filter(({ kind, onset }) => kind === 'reported' || onset.latestAt !== null)
    .map((over, n) => ({ ...anIncident({ id: `i${n}`, members: [`m${n}`] }), ...over }) as Incident)
  record.saveIncidents({ incidents, changes: [] })
  const reader = openStoreReadOnly(path)

  const when = maybe(integer({ min: -12, max: 12 }).map((half) => T0 + half * (DAY / 2)))
  const filters = recordOf({
    since: when,
    until: when,
    kind: maybe(constantFrom('measured' as const, 'reported' as const)),
    country: maybe(constantFrom('TJ', 'KZ', 'UZ')),
    service: maybe(SERVICE),
    order: ORDER,
  })
  await assert(
    asyncProperty(filters, integer({ min: 1, max: 30 }), async (asked, limit) => {
      const filter: IncidentFilter = given(asked)
      const isDated = ({ onset, end }: Incident) =>
        [onset.earliestAt, onset.latestAt, end.earliestAt, end.latestAt].some((at) => at !== null)
      const wanted = incidents.filter((incident) => {
        const { startAt, untilAt } = extentOf(incident.kind, incident.onset, incident.end)
        const spanned = filter.since !== undefined || filter.until !== undefined
        return (
          (!spanned || isDated(incident)) &&
          startAt < (filter.until ?? Infinity) &&
          (filter.since === undefined || (untilAt ?? Infinity) >= filter.since) &&
          (filter.kind ?? incident.kind) === incident.kind &&
          (filter.country ?? incident.country) === incident.country &&
          (filter.service === undefined || incident.services.includes(filter.service))
        )
      })
      const startOf = ({ kind, onset, end }: Incident) => extentOf(kind, onset, end).startAt
      const expected = inOrder(wanted, asked.order, (a, b) => startOf(a) - startOf(b) || byText(a.id, b.id))
      const found = await reader.incidents(filter)
      expect(found.map(({ incident }) => incident)).toEqual(expected)
      const paged: Incident[] = []
      for (let page: typeof found | null = null; page === null || page.length === limit;) {
        const last = paged.at(-1)
        const after = last === undefined ? {} : { after: { at: startOf(last), id: last.id } }
        page = await reader.incidents({ ...filter, limit, ...after })
        paged.push(...page.map(({ incident }) => incident))
      }
      expect(paged).toEqual(expected)
    }),
    { numRuns: 60, seed: SEED },
  )
  reader.close()
})

test('changes of state -> per strip the one that held when the span began, and those inside it', async () => {
  const path = aPath()
  const record = await aRecord({ path })
  const changes = sample(
    recordOf({
      service: constantFrom('facebook', 'youtube'),
      vantage: constantFrom('babilon', 'tcell'),
      at: integer({ min: 0, max: 40 }).map((n) => T0 + n * HOUR),
      state: constantFrom<State>('ok', 'blocked', 'insufficient'),
      mechanism: constantFrom(null, 'tls.sni-reset' as const),
      ref: constantFrom(null, 'o1'),
    }),
    { numRuns: 60, seed: SEED },
  )
  record.saveStates(changes)
  // of two at the same moment the later one stands
  const standing = [
    ...new Map(
      changes.map((change) => [`${change.service} ${change.vantage} ${change.at}`, change]),
    ).values(),
  ].toSorted((a, b) => byText(a.service, b.service) || byText(a.vantage, b.vantage) || a.at - b.at)
  const reader = openStoreReadOnly(path)
  const when = tuple(integer({ min: -1, max: 41 }), integer({ min: -1, max: 1 })).map(
    ([hour, ms]) => T0 + hour * HOUR + ms,
  )
  const filters = recordOf({
    since: when,
    until: when,
    service: maybe(SERVICE),
    vantage: maybe(VANTAGE),
  })
  await assert(
    asyncProperty(filters, async (asked) => {
      const filter: StateFilter = given(asked)
      const ofStrips = Map.groupBy(
        standing.filter(
          ({ service, vantage }) =>
            (filter.service ?? service) === service && (filter.vantage ?? vantage) === vantage,
        ),
        ({ service, vantage }) => `${service} ${vantage}`,
      )
      const expected = [...ofStrips.values()].flatMap((all: readonly StateChange[]) => {
        const heldAt = all.findLast(({ at }) => at <= filter.since)?.at ?? filter.since
        const found = all.filter(({ at }) => at >= heldAt && at < filter.until)
        const { service, vantage } = all[0]!
        return found.length === 0
          ? []
          : [{ service, vantage, changes: found, newest: found.at(-1) === all.at(-1) }]
      })
      expect(await reader.states(filter)).toEqual(expected)
    }),
    { numRuns: 100, seed: SEED },
  )
  reader.close()
})

test('hourly counts, before and after their rows are pruned -> all that was ever saved, by what it was', async () => {
  const store = await aStore({ keepRawMs: DAY })
  const saves = sample(
    recordOf({
      hour: integer({ min: -90, max: 0 }),
      vantage: constantFrom('babilon', 'tcell'),
      endpoint: constantFrom('facebook/www', 'youtube/www'),
      as: constantFrom(
        { verdict: FINE },
        { verdict: RESET },
        { verdict: null },
        { verdict: null, answered: 'no' as const },
      ),
    }),
    { numRuns: 200, seed: SEED },
  )
  const tally = new Map<string, number>()
  for (const [n, { hour, vantage, endpoint, as }] of saves.entries()) {
    store.save(saved(aMeasurement(n, { startedAt: T0 + hour * HOUR + n, vantage, endpoint }), as))
    const { outcome, rule } = as.verdict ?? {
      outcome: 'unjudged',
      rule: 'answered' in as ? 'canary_no' : 'none',
    }
    const key = [T0 + hour * HOUR, endpoint, vantage, outcome, rule].join(' ')
    tally.set(key, (tally.get(key) ?? 0) + 1)
    if (n % 20 === 0) store.flush()
  }
  store.flush()
  const counted = async () => {
    const rows = await store.counts({ since: 0, until: T0 + DAY })
    return rows.map((r) => [[r.hourAt, r.endpoint, r.vantage, r.outcome, r.rule].join(' '), r.n] as const)
  }
  const expected = [...tally].toSorted(([a], [b]) => byText(a, b))
  expect(await counted()).toEqual(expected)
  while (store.prune(T0).more);
  expect(store.stats().measurements).toBeLessThan(saves.length)
  expect(await counted()).toEqual(expected)
})

test('ids that are asked for together -> those there are, by onset, however many', async () => {
  const store = await aStore()
  const all = Array.from({ length: 1100 }, (_, n) =>
    anOutage({ id: `o${n}`, onsetBeforeAt: T0 + ((n * 7919) % 1100) }),
  )
  store.save(saved(null, { changes: all.map(opened) }))
  await assert(
    asyncProperty(array(integer({ min: 0, max: 1150 }), { maxLength: 30 }), async (ns) => {
      const ids = [...new Set(ns)].map((n) => `o${n}`)
      const found = await store.outagesById(ids)
      expect(found.map(({ id }) => id).toSorted()).toEqual(
        ids.filter((id) => Number(id.slice(1)) < 1100).toSorted(),
      )
      expect(found).toEqual(found.toSorted((a, b) => a.onsetBeforeAt - b.onsetBeforeAt))
    }),
    { numRuns: 20, seed: SEED },
  )
  expect(await store.outagesById(all.map(({ id }) => id))).toHaveLength(1100)
})
