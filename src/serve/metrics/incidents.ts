/** incidents: those that are not over, and what they may have followed: three candidates at most, and none of them. */
import type { LiveGauge } from './live.ts'

const RANKS = 3

export const INCIDENT_GAUGES: readonly LiveGauge[] = [
  {
    name: 'didbon_incidents_open',
    help: 'Open incidents, by country of the vantages; 0 where there are none',
    labelNames: ['country'],
    read(put, { incidents, vantages }) {
      const probed = vantages.flatMap(({ role, country }) => (role === 'probe' ? [country] : []))
      const counts = new Map(probed.map((country) => [country, 0]))
      for (const { incident } of incidents) {
        counts.set(incident.country, (counts.get(incident.country) ?? 0) + 1)
      }
      for (const [country, count] of counts) put(count, country)
    },
  },
  {
    name: 'didbon_incident_info',
    help: 'A constant 1 for each open incident, labelled by its country',
    labelNames: ['incident', 'country'],
    read(put, { incidents }) {
      for (const { incident } of incidents) put(1, incident.id, incident.country)
    },
  },
  {
    name: 'didbon_incident_onset_timestamp_seconds',
    help: 'Time of the first failed measurement of an open incident',
    labelNames: ['incident'],
    read(put, { incidents }) {
      for (const { incident } of incidents) {
        const at = incident.onset.latestAt ?? incident.onset.earliestAt
        if (at !== null) put(at / 1000, incident.id)
      }
    },
  },
  {
    name: 'didbon_incident_trigger_posterior',
    help: 'Probability that an open incident followed a documented event, of the three likeliest, and that it followed none',
    labelNames: ['incident', 'rank', 'event', 'title'],
    read(put, { incidents, titles }) {
      for (const { incident, ranking } of incidents) {
        for (const [i, { event, posterior }] of ranking.candidates.slice(0, RANKS).entries()) {
          put(posterior, incident.id, String(i + 1), event, titles.get(event) ?? '')
        }
        if (ranking.none !== null) put(ranking.none, incident.id, 'none', 'none', '')
      }
    },
  },
]
