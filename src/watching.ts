/** watching: what a configuration means for the rooms that decide. Pure, but for the calendar it asks. */
import type { Config } from './config/config.ts'
import { DEFAULTS as CORRELATE_DEFAULTS, type CorrelateSettings } from './correlate/settings.ts'
import { INCIDENT_DEFAULTS, type IncidentSettings } from './detect/incidents.ts'
import { DEFAULTS, type DetectSettings, type Watch } from './detect/settings.ts'
import { openCalendar } from './schedule/calendar.ts'

/** What detect/ watches, and how long a round of heartbeats is. */
export function watchOf({ services, vantages, canaries, schedule }: Config): Watch {
  const calendar = openCalendar(schedule.heartbeat, schedule.timezone)
  const { firesAt, nextAt } = calendar.next()
  calendar.close()
  return {
    services: services.map(({ id, endpoints }) => ({
      id,
      endpoints: endpoints.map(({ id: endpoint, role }) => ({ id: endpoint, role })),
    })),
    vantages: vantages.filter(({ role }) => role === 'probe').map(({ id, country }) => ({ id, country })),
    canaries: canaries.map(({ id, group }) => ({ id, group })),
    roundMs: nextAt - firesAt,
  }
}

/** What detect/ decides by: its defaults, and over them what the configuration says. */
export function settingsOf({ detect }: Config): DetectSettings {
  return { ...DEFAULTS, ...detect }
}

/** What outages are grouped by. */
export function incidentsOf({ incidents }: Config): IncidentSettings {
  return { ...INCIDENT_DEFAULTS, ...incidents }
}

/** What incidents are ranked by. */
export function correlateOf({ correlate }: Config): CorrelateSettings {
  return { ...CORRELATE_DEFAULTS, ...correlate }
}

/** Keys whose new value is not taken over while running. */
export function needRestart(before: Config, after: Config): string[] {
  const frozen = [
    ['store', before.store, after.store],
    ['serve', before.serve, after.serve],
    ['correlate', before.correlate, after.correlate],
    ['probe.workers', before.probe.workers, after.probe.workers],
  ] as const
  return frozen.filter(([, old, next]) => JSON.stringify(old) !== JSON.stringify(next)).map(([key]) => key)
}
