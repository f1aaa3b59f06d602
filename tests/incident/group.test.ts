import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { groupOutages } from '../../src/incident/group.ts'
import type { MeasuredIncident } from '../../src/model/incident.ts'
import type { Outage } from '../../src/model/outage.ts'

const MINUTE = 60_000
const T0 = Date.UTC(2015, 4, 28, 5)
const VANTAGES = [
  { id: 'babilon', role: 'probe', country: 'TJ', asn: 8847 },
  { id: 'tcell', role: 'probe', country: 'TJ', asn: 43197 },
  { id: 'megafon', role: 'probe', country: 'TJ', asn: null },
  { id: 'berlin', role: 'control', country: 'DE', asn: 3320 },
  { id: 'almaty', role: 'probe', country: 'KZ', asn: 9198 },
] as const

/** First looked failed `minutes` after T0, half a minute after the last that was fine. */
function anOutage(minutes: number, shown: Partial<Outage> = {}): Outage {
  const onsetBeforeAt = T0 + minutes * MINUTE
  const service = shown.service === undefined ? 'facebook' : shown.service
  const vantage = shown.vantage ?? 'babilon'
  return {
    id: `${service}.${vantage}.${minutes}`,
    service,
    vantage,
    cause: 'blocked',
    mechanism: 'tls.sni-reset',
    onsetAfterAt: onsetBeforeAt - 30_000,
    onsetBeforeAt,
    openedAt: onsetBeforeAt + 60_000,
    endAfterAt: null,
    endBeforeAt: null,
    closedAt: null,
    causes: [],
    reopened: 0,
    evidence: [],
    ...shown,
  }
}

const group = (outages: readonly Outage[], known: readonly MeasuredIncident[] = []) =>
  groupOutages(outages, VANTAGES, known)
/** Members by incident, as minutes. */
const shape = (incidents: readonly MeasuredIncident[]) =>
  incidents.map(({ members }) => members.map((id) => Number(id.split('.')[2])))

describe('what belongs together', () => {
  test('two services on three networks within the hour -> one incident that tells all of it', () => {
    const { incidents, changes } = group([
      anOutage(20, { vantage: 'tcell', service: 'youtube', mechanism: 'dns.nxdomain' }),
      anOutage(0),
      anOutage(50, { vantage: 'megafon', cause: 'unreachable', mechanism: 'tcp.timeout' }),
    ])
    expect(incidents).toEqual([
      {
        id: 'measured.tj.20150528T050000Z',
        kind: 'measured',
        country: 'TJ',
        onset: { earliestAt: T0 - 30_000, latestAt: T0 },
        end: { earliestAt: null, latestAt: null },
        services: ['facebook', 'youtube'],
        members: ['facebook.babilon.0', 'youtube.tcell.20', 'facebook.megafon.50'],
        vantages: ['babilon', 'megafon', 'tcell'],
        vantagesWatched: 3,
        asns: [8847, 43197],
        causes: ['blocked', 'unreachable'],
        mechanisms: ['dns.nxdomain', 'tcp.timeout', 'tls.sni-reset'],
      },
    ])
    expect(changes).toEqual([{ kind: 'opened', incident: 'measured.tj.20150528T050000Z', others: [] }])
  })

  test.each([
    ['exactly 3 h apart', [0, 180], [[0, 180]]],
    ['over 3 h apart', [0, 181], [[0], [181]]],
    ['rolled out provider by provider', [0, 170, 340, 510], [[0, 170, 340, 510]]],
    [
      'a chain over 24 h',
      [0, 170, 340, 510, 680, 850, 1020, 1190, 1360, 1441],
      [[0, 170, 340, 510, 680, 850, 1020, 1190, 1360], [1441]],
    ],
  ])('%s -> %j makes %j', (_, minutes, expected) => {
    expect(shape(group(minutes.map((m) => anOutage(m))).incidents)).toEqual(expected)
  })

  test('the same hour in two countries -> two incidents', () => {
    const { incidents } = group([anOutage(0), anOutage(5, { vantage: 'almaty' })])
    expect(incidents.map(({ country, vantagesWatched }) => [country, vantagesWatched])).toEqual([
      ['TJ', 3],
      ['KZ', 1],
    ])
  })

  test.each(['down', 'offline'] as const)(
    'an outage that is %s -> nobody in the country did it, no incident',
    (cause) => {
      expect(group([anOutage(0, { cause })])).toEqual({ incidents: [], changes: [] })
    },
  )

  test('the outside world gone -> an incident without a service', () => {
    const { incidents } = group([anOutage(0, { cause: 'shutdown', service: null, mechanism: null })])
    expect(incidents[0]).toMatchObject({ services: [], causes: ['shutdown'], mechanisms: [] })
  })

  test('a vantage nobody listed -> its outage cannot be placed', () => {
    expect(group([anOutage(0, { vantage: 'gone' })]).incidents).toEqual([])
  })

  test('a vantage that slept over the onset -> joins, yet makes the onset no vaguer and links nothing to it', () => {
    const asleep = anOutage(400, { vantage: 'tcell', onsetAfterAt: T0 - 6_000 * MINUTE })
    const { incidents } = group([anOutage(0), asleep, anOutage(500, { vantage: 'megafon' })])
    expect(shape(incidents)).toEqual([[0, 400], [500]])
    expect(incidents[0]!.onset).toEqual({ earliestAt: T0 - 30_000, latestAt: T0 })
  })
})

describe('when', () => {
  test('never seen fine before -> the onset is open', () => {
    expect(group([anOutage(0, { onsetAfterAt: null })]).incidents[0]!.onset).toEqual({
      earliestAt: null,
      latestAt: T0,
    })
  })

  test('another vantage saw it fine shortly before -> that bounds the onset', () => {
    const { incidents } = group([
      anOutage(0, { onsetAfterAt: null }),
      anOutage(10, { vantage: 'tcell', onsetAfterAt: T0 - 5 * MINUTE }),
    ])
    expect(incidents[0]!.onset).toEqual({ earliestAt: T0 - 5 * MINUTE, latestAt: T0 })
  })

  const ended = (minutes: number) => ({
    endAfterAt: T0 + minutes * MINUTE,
    endBeforeAt: T0 + (minutes + 1) * MINUTE,
  })

  test('all over -> the end is where the last one ended', () => {
    const { incidents } = group([anOutage(0, ended(600)), anOutage(5, { vantage: 'tcell', ...ended(90) })])
    expect(incidents[0]!.end).toEqual({ earliestAt: T0 + 600 * MINUTE, latestAt: T0 + 601 * MINUTE })
  })

  test('one still open -> not over, and not before the last that did end', () => {
    const { incidents } = group([anOutage(0, ended(600)), anOutage(5, { vantage: 'tcell' })])
    expect(incidents[0]!.end).toEqual({ earliestAt: T0 + 600 * MINUTE, latestAt: null })
  })
})

describe('vantages that come and go', () => {
  const outages = [anOutage(0), anOutage(20, { vantage: 'tcell' }), anOutage(30, { vantage: 'megafon' })]
  const known = group(outages).incidents
  const [babilon, tcell, megafon] = VANTAGES

  test('one is retired -> its incident stays as it was', () => {
    expect(groupOutages(outages, [babilon], known, undefined, [tcell, megafon])).toEqual({
      incidents: known,
      changes: [],
    })
  })

  test('all are retired -> the same', () => {
    expect(groupOutages(outages, [], known, undefined, VANTAGES)).toEqual({ incidents: known, changes: [] })
  })

  test('one that nobody lists any more -> its incident knows where it was', () => {
    expect(groupOutages(outages, [babilon], known)).toEqual({ incidents: known, changes: [] })
  })

  test('one is added later -> no news for what was before it; counted once another outage joins', () => {
    const later = { ...babilon, id: 'zet' }
    const more = [...VANTAGES, later]
    expect(groupOutages(outages, more, known)).toEqual({ incidents: known, changes: [] })
    const grown = groupOutages([...outages, anOutage(60, { vantage: 'zet' })], more, known)
    expect(grown.incidents[0]).toMatchObject({ vantagesWatched: 4 })
  })

  test('another outage joins after one was retired -> never more affected than watched', () => {
    const { incidents } = groupOutages([...outages, anOutage(60)], [babilon], known, undefined, [
      tcell,
      megafon,
    ])
    expect(incidents[0]).toMatchObject({ vantages: ['babilon', 'megafon', 'tcell'], vantagesWatched: 3 })
  })

  test('a split -> each part keeps the count', () => {
    const wide = group([anOutage(0), anOutage(150), anOutage(300)]).incidents
    const { incidents } = groupOutages([anOutage(0), anOutage(300)], [babilon], wide)
    expect(incidents.map(({ vantagesWatched }) => vantagesWatched)).toEqual([3, 3])
  })
})

describe('ids over time', () => {
  const first = group([anOutage(0), anOutage(400)])
  const [A, B] = ['measured.tj.20150528T050000Z', 'measured.tj.20150528T114000Z'] as const

  test('the same outages again -> the same incidents, and nothing to report', () => {
    expect(group([anOutage(400), anOutage(0)], first.incidents)).toEqual({
      incidents: first.incidents,
      changes: [],
    })
  })

  test('an earlier outage turns up late -> the incident keeps its id', () => {
    const { incidents, changes } = group(
      [anOutage(-30, { vantage: 'tcell' }), anOutage(0), anOutage(400)],
      first.incidents,
    )
    expect(incidents.map(({ id }) => id)).toEqual([A, B])
    expect(incidents[0]!.onset.latestAt).toBe(T0 - 30 * MINUTE)
    expect(changes).toEqual([{ kind: 'changed', incident: A, others: [] }])
  })

  test('late data bridges two incidents -> the older takes in the other', () => {
    const bridged = [anOutage(0), anOutage(150), anOutage(300), anOutage(400)]
    const { incidents, changes } = group(bridged, first.incidents)
    expect(incidents.map(({ id }) => id)).toEqual([A])
    expect(changes).toEqual([
      { kind: 'merged', incident: A, others: [B] },
      { kind: 'changed', incident: A, others: [] },
    ])
  })

  test('the bridge turns out to have been down for everyone -> split again, under the names they had', () => {
    const merged = group(
      [anOutage(0), anOutage(150), anOutage(300), anOutage(400)],
      first.incidents,
    ).incidents
    const { incidents, changes } = group(
      [anOutage(0), anOutage(150, { cause: 'down' }), anOutage(300, { cause: 'down' }), anOutage(400)],
      merged,
    )
    expect(incidents.map(({ id }) => id)).toEqual([A, B])
    expect(changes).toEqual([
      { kind: 'split', incident: A, others: [B] },
      { kind: 'changed', incident: A, others: [] },
      { kind: 'opened', incident: B, others: [] },
    ])
  })

  test('the outage an id was made from is no more -> the id stays with the rest', () => {
    const known = group([anOutage(0), anOutage(10), anOutage(20)]).incidents
    const { incidents } = group([anOutage(10), anOutage(20)], known)
    expect(incidents.map(({ id }) => id)).toEqual([A])
  })

  test('a split away from the outage an id was made from -> the id goes with that outage, however few are left with it', () => {
    const known = group([anOutage(0), anOutage(150), anOutage(300), anOutage(310)]).incidents
    const { incidents, changes } = group([anOutage(0), anOutage(300), anOutage(310)], known)
    expect(incidents.map(({ id, members }) => [id, members.length])).toEqual([
      [A, 1],
      ['measured.tj.20150528T100000Z', 2],
    ])
    expect(changes[0]).toEqual({ kind: 'split', incident: A, others: ['measured.tj.20150528T100000Z'] })
  })

  test('no outage of an incident is left -> gone', () => {
    const { incidents, changes } = group([anOutage(0)], first.incidents)
    expect(incidents).toHaveLength(1)
    expect(changes).toEqual([{ kind: 'gone', incident: B, others: [] }])
  })

  test('an outage closes -> its incident changed, nothing else did', () => {
    const closed = anOutage(0, { endAfterAt: T0 + MINUTE, endBeforeAt: T0 + 2 * MINUTE })
    expect(group([closed, anOutage(400)], first.incidents).changes).toEqual([
      { kind: 'changed', incident: A, others: [] },
    ])
  })

  test('two outages of one second, one that slept over the onset and joins an earlier incident -> no merge, no split, run after run', () => {
    const second = 400 * MINUTE
    const sleeper = anOutage(400, { id: 'a-sleeper', vantage: 'tcell', onsetAfterAt: T0 - 6_000 * MINUTE })
    const fresh = anOutage(400, { id: 'b-fresh', onsetBeforeAt: T0 + second + 300 })
    const all = [anOutage(0), sleeper, fresh]
    const { incidents } = group(all)
    expect(incidents.map(({ id, members }) => [id, members.length])).toEqual([
      [A, 2],
      [B, 1],
    ])
    expect(group(all, incidents)).toEqual({ incidents, changes: [] })
    const late = group(all, group([sleeper]).incidents)
    expect(late.incidents).toEqual(incidents)
    expect(new Set(late.incidents.map(({ id }) => id)).size).toBe(2)
  })

  test('outages in any order and number, one by one or at once -> the same groups, no id twice, none lost', () => {
    const outages = fc.uniqueArray(
      fc.record({
        minutes: fc.integer({ min: 0, max: 4_000 }),
        vantage: fc.constantFrom('babilon', 'tcell', 'megafon'),
        // nobody looked for so long before
        unseenHours: fc.constantFrom(0, 0, 0, 5, 40),
        ms: fc.constantFrom(0, 0, 700),
      }),
      { maxLength: 25, selector: ({ minutes, vantage }) => `${vantage} ${minutes}` },
    )
    fc.assert(
      fc.property(outages, (list) => {
        const all = list.map(({ minutes, vantage, unseenHours, ms }) => {
          const onsetBeforeAt = T0 + minutes * MINUTE + ms
          return anOutage(minutes, {
            vantage,
            onsetBeforeAt,
            onsetAfterAt: onsetBeforeAt - 30_000 - unseenHours * 60 * MINUTE,
          })
        })
        const atOnce = group(all)
        let known: readonly MeasuredIncident[] = []
        for (let i = 1; i <= all.length; i++) known = group(all.slice(0, i), known).incidents
        expect(shape(known)).toEqual(shape(atOnce.incidents))
        expect(new Set(known.map(({ id }) => id)).size).toBe(known.length)
        expect(known.flatMap(({ members }) => members).sort()).toEqual(all.map(({ id }) => id).sort())
        expect(group(all.toReversed(), known)).toEqual({ incidents: known, changes: [] })
      }),
      { seed: 20150528, numRuns: 150 },
    )
  })
})
