import { describe, expect, test } from 'vitest'
import type { Correlation } from '../../../src/model/correlation.ts'
import { VANTAGE_CAUSES } from '../../../src/model/outage.ts'
import type { OpenIncident } from '../../../src/serve/metrics/live.ts'
import { BABILON, FACEBOOK, FRANKFURT, NOW, anOutage, givenMetrics } from './given.ts'

const AT = NOW / 1000

describe('an open outage', () => {
  test('of a service -> active with cause, mechanism and incident, and its onset', async () => {
    const { lines } = await givenMetrics({
      outages: () => [{ outage: anOutage(), incident: 'measured.tj.20260101T000000Z' }],
    })
    expect(await lines('didbon_outage_active')).toEqual([
      'didbon_outage_active{service="facebook",vantage="babilon",country="TJ",cause="blocked",mechanism="tls.sni-reset",incident="measured.tj.20260101T000000Z"} 1',
    ])
    expect(await lines('didbon_outage_onset')).toEqual([
      `didbon_outage_onset_timestamp_seconds{service="facebook",vantage="babilon"} ${AT}`,
    ])
  })

  test('of the vantage itself, in no incident -> no service, no mechanism, no incident', async () => {
    const outage = anOutage({ service: null, cause: 'shutdown', mechanism: null })
    const { lines } = await givenMetrics({ outages: () => [{ outage, incident: null }] })
    expect(await lines('didbon_outage_active')).toEqual([
      'didbon_outage_active{service="",vantage="babilon",country="TJ",cause="shutdown",mechanism="",incident=""} 1',
    ])
  })

  test('closed -> absent, rather than 0', async () => {
    const open = [{ outage: anOutage(), incident: null }]
    const { lines } = await givenMetrics({ outages: () => open })
    open.pop()
    expect(await lines('didbon_outage_active')).toEqual([])
    expect(await lines('didbon_outage_onset')).toEqual([])
  })
})

describe('how many, how long', () => {
  test('from the start -> a series at 0 for each cause a service, or a vantage, can have', async () => {
    const { lines } = await givenMetrics()
    const causes = (all: readonly string[]) => all.map((line) => /cause="(\w+)"} 0$/.exec(line)?.[1])
    expect(causes(await lines('didbon_outages_total{service="facebook"'))).toEqual([
      'unreachable',
      'blocked',
      'throttled',
      'down',
    ])
    expect(causes(await lines('didbon_outages_total{service=""'))).toEqual(VANTAGE_CAUSES)
    expect(await lines('didbon_outage_duration_seconds_count')).toHaveLength(11)
  })

  test('opened, promoted, closed -> counted once as it opened, timed by the cause it ended with', async () => {
    const { metrics, lines } = await givenMetrics()
    metrics.changed({ kind: 'opened', at: NOW, outage: anOutage({ cause: 'unreachable' }) })
    metrics.changed({ kind: 'cause', at: NOW, outage: anOutage() })
    const over = anOutage({ endBeforeAt: NOW + 600_000, closedAt: NOW + 630_000 })
    metrics.changed({ kind: 'closed', at: NOW + 630_000, outage: over })
    expect((await lines('didbon_outages_total')).filter((line) => line.endsWith(' 1'))).toEqual([
      'didbon_outages_total{service="facebook",vantage="babilon",cause="unreachable"} 1',
    ])
    expect(await lines('didbon_outage_duration_seconds_sum{cause="blocked"}')).toEqual([
      'didbon_outage_duration_seconds_sum{cause="blocked"} 600',
    ])
    expect(await lines('didbon_outage_duration_seconds_bucket{le="300.0",cause="blocked"} 0')).toHaveLength(1)
    expect(await lines('didbon_outage_duration_seconds_bucket{le="900.0",cause="blocked"} 1')).toHaveLength(1)
  })

  test('a vantage taken out -> its counts go, those of others stay', async () => {
    const { metrics, lines } = await givenMetrics()
    metrics.changed({ kind: 'opened', at: NOW, outage: anOutage() })
    await metrics.watch({ services: [FACEBOOK], vantages: [{ ...BABILON, id: 'tcell' }, FRANKFURT] })
    metrics.changed({ kind: 'opened', at: NOW, outage: anOutage() })
    const all = await lines('didbon_outages_total')
    expect(all.filter((line) => line.includes('babilon'))).toEqual([])
    expect(all).toHaveLength(4 + VANTAGE_CAUSES.length)
  })
})

describe('incidents', () => {
  const candidate = (event: string, posterior: number) => ({ event, posterior }) as Correlation
  const incident: OpenIncident = {
    incident: {
      id: 'measured.tj.20260101T000000Z',
      country: 'TJ',
      onset: { earliestAt: NOW - 30_000, latestAt: NOW },
    },
    ranking: {
      candidates: [
        candidate('video', 0.7),
        candidate('rally', 0.2),
        candidate('order', 0.06),
        candidate('vote', 0.02),
      ],
      none: 0.02,
    },
  }

  test('none -> 0 open in the country of the probes', async () => {
    const { lines } = await givenMetrics()
    expect(await lines('didbon_incidents_open')).toEqual(['didbon_incidents_open{country="TJ"} 0'])
  })

  test('one -> counted, with its onset, the three likeliest events and none of them; titles are escaped', async () => {
    const title = 'He said "leave",\nand wrote C:\\videos'
    const { lines } = await givenMetrics({
      incidents: () => [incident],
      titles: () => new Map([['video', title]]),
    })
    const id = 'measured.tj.20260101T000000Z'
    expect(await lines('didbon_incident')).toEqual([
      'didbon_incidents_open{country="TJ"} 1',
      `didbon_incident_info{incident="${id}",country="TJ"} 1`,
      `didbon_incident_onset_timestamp_seconds{incident="${id}"} ${AT}`,
      `didbon_incident_trigger_posterior{incident="${id}",rank="1",event="video",title="He said \\"leave\\",\\nand wrote C:\\\\videos"} 0.7`,
      `didbon_incident_trigger_posterior{incident="${id}",rank="2",event="rally",title=""} 0.2`,
      `didbon_incident_trigger_posterior{incident="${id}",rank="3",event="order",title=""} 0.06`,
      `didbon_incident_trigger_posterior{incident="${id}",rank="none",event="none",title=""} 0.02`,
    ])
  })

  test('a scrape -> every source is asked once, so that incidents are ranked once', async () => {
    let ranked = 0
    const { metrics } = await givenMetrics({
      incidents() {
        ranked += 1
        return [incident]
      },
    })
    await metrics.expose('text')
    expect(ranked).toBe(1)
  })
})
