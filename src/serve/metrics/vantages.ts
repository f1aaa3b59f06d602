/** vantages: where we look from, and whether they see the outside world. */
import type { Measurement } from '../../model/measurement.ts'
import { HEALTHS } from '../../model/vantage.ts'
import { type LiveGauge, putStates } from './live.ts'
import type { Watched } from './watched.ts'

export function vantagesSeen() {
  /** end of the last fit measurement, Unix ms */
  const lastSeen = new Map<string, number>()

  const gauges: readonly LiveGauge[] = [
    {
      name: 'didbon_vantage_health',
      help: 'Health of each vantage by its canaries: 1 for the state it is in, 0 for the others',
      labelNames: ['vantage', 'role', 'health'],
      read(put, { vantages }) {
        for (const { id, role, health } of vantages) putStates(put, HEALTHS, health, id, role)
      },
    },
    {
      name: 'didbon_vantage_up',
      help: 'Whether a vantage is online by its canaries; 0 also while not known',
      labelNames: ['vantage', 'role'],
      read(put, { vantages }) {
        for (const { id, role, health } of vantages) put(health === 'online' ? 1 : 0, id, role)
      },
    },
    {
      name: 'didbon_canary_blocked',
      help: 'A constant 1 for each canary that a diagnosis proved to be blocked itself from a vantage; absent once it answers again',
      labelNames: ['vantage', 'canary'],
      read(put, { vantages }) {
        for (const { id, blockedCanaries } of vantages)
          for (const canary of blockedCanaries) put(1, id, canary)
      },
    },
    {
      name: 'didbon_vantage_info',
      help: 'A constant 1, labelled by the network of each vantage and how it is reached; labels are empty where not known',
      labelNames: ['vantage', 'role', 'kind', 'country', 'asn', 'isp'],
      read(put, { vantages }) {
        for (const { id, role, route, country, asn, isp } of vantages) {
          put(1, id, role, route.kind, country, String(asn ?? ''), isp ?? '')
        }
      },
    },
    {
      name: 'didbon_vantage_last_seen_timestamp_seconds',
      help: 'Time when the last measurement from a vantage that was fit to be judged ended; absent before the first',
      labelNames: ['vantage'],
      read(put, { vantages }) {
        for (const { id } of vantages) {
          const at = lastSeen.get(id)
          if (at !== undefined) put(at / 1000, id)
        }
      },
    },
  ]

  return {
    gauges,

    saw({ vantage, unfit, startedAt, durationMs }: Measurement): void {
      if (unfit === null) lastSeen.set(vantage, Math.max(lastSeen.get(vantage) ?? 0, startedAt + durationMs))
    },

    watch(watched: Watched): void {
      for (const id of lastSeen.keys()) if (!watched.vantages.has(id)) lastSeen.delete(id)
    },
  }
}
