/** outages: those that are open, with their incident; how many there have been, and how long they lasted. */
import { Counter, Histogram } from 'prom-client'
import { CAUSES, type Outage, type OutageChange, SERVICE_CAUSES, VANTAGE_CAUSES } from '../../model/outage.ts'
import type { LiveGauge } from './live.ts'
import { type MetricRegistry, keepOnly } from './registry.ts'
import { type Watched, pairsOf } from './watched.ts'

const MINUTE_S = 60
const HOUR_S = 3_600
const DAY_S = 86_400
const DURATION_BUCKETS_S = [
  5 * MINUTE_S,
  15 * MINUTE_S,
  30 * MINUTE_S,
  HOUR_S,
  3 * HOUR_S,
  6 * HOUR_S,
  12 * HOUR_S,
  DAY_S,
  3 * DAY_S,
  7 * DAY_S,
  14 * DAY_S,
  30 * DAY_S,
]

export const OUTAGE_GAUGES: readonly LiveGauge[] = [
  {
    name: 'didbon_outage_active',
    help: 'A constant 1 for each open outage, labelled by its cause and mechanism; absent once closed. No service: the vantage itself lost the outside world',
    labelNames: ['service', 'vantage', 'country', 'cause', 'mechanism', 'incident'],
    read(put, { outages, vantages }) {
      const countries = new Map(vantages.map(({ id, country }) => [id, country]))
      for (const { outage, incident } of outages) {
        const { service, vantage, cause, mechanism } = outage
        const country = countries.get(vantage) ?? ''
        put(1, service ?? '', vantage, country, cause, mechanism ?? '', incident ?? '')
      }
    },
  },
  {
    name: 'didbon_outage_onset_timestamp_seconds',
    help: 'Time of the first failed measurement of an open outage; absent once closed',
    labelNames: ['service', 'vantage'],
    read(put, { outages }) {
      for (const { outage } of outages) {
        put(outage.onsetBeforeAt / 1000, outage.service ?? '', outage.vantage)
      }
    },
  },
]

export function outageCounts(registry: MetricRegistry) {
  const registers = [registry]
  const opened = new Counter({
    name: 'didbon_outages_total',
    help: 'Outages opened, by their first cause; no service: of the vantage itself',
    labelNames: ['service', 'vantage', 'cause'],
    registers,
  })
  const lasted = new Histogram({
    name: 'didbon_outage_duration_seconds',
    help: 'Duration of closed outages, by their last cause; a reopened one is observed again when it closes again',
    labelNames: ['cause'],
    buckets: DURATION_BUCKETS_S,
    registers,
  })
  for (const cause of CAUSES) lasted.zero({ cause })

  return {
    changed({ kind, outage }: OutageChange, { probes, services }: Watched): void {
      const { service, vantage, cause } = outage
      if (kind === 'closed') lasted.observe({ cause }, lengthMs(outage) / 1000)
      const watched = probes.has(vantage) && (service === null || services.has(service))
      if (kind === 'opened' && watched) opened.inc({ service: service ?? '', vantage, cause })
    },

    async watch(watched: Watched): Promise<void> {
      await keepOnly(
        opened,
        (vantage, service) =>
          watched.probes.has(vantage) && (service === '' || watched.services.has(service)),
      )
      for (const pair of pairsOf(watched)) {
        for (const cause of SERVICE_CAUSES) opened.inc({ ...pair, cause }, 0)
      }
      for (const vantage of watched.probes) {
        for (const cause of VANTAGE_CAUSES) opened.inc({ service: '', vantage, cause }, 0)
      }
    },
  }
}

/** From the first measurement that failed to the first that was fine again. */
function lengthMs({ onsetBeforeAt, endBeforeAt, closedAt }: Outage): number {
  return Math.max(0, (endBeforeAt ?? closedAt ?? onsetBeforeAt) - onsetBeforeAt)
}
