/** watching: what a configuration means for the rooms that decide. Pure. */
import { type Config, timesOf } from '../config/config.ts'
import { DEFAULTS as CORRELATE_DEFAULTS, type CorrelateSettings } from '../correlate/settings.ts'
import { INCIDENT_DEFAULTS, type IncidentSettings } from '../incident/group.ts'
import { DEFAULTS, type DetectSettings, type Watch } from '../detect/settings.ts'
import { endpointsAt } from '../model/service.ts'
import { roundLengthMs } from '../schedule/round-length.ts'

/**
 * What detect/ watches, and how long its rounds are.
 *
 * @returns the answer for a moment (Unix ms), since hosts come into force and go out of it
 */
export function watchOf({ services, vantages, canaries, schedule }: Config): (now: number) => Watch {
  const lengths = new Map<string, number>()
  const lengthOf = (cron: string): number => {
    const ms = lengths.get(cron) ?? roundLengthMs(cron)
    lengths.set(cron, ms)
    return ms
  }
  const standing = {
    vantages: vantages.filter(({ role }) => role === 'probe').map(({ id, country }) => ({ id, country })),
    canaries: canaries.map(({ id, group }) => ({ id, group })),
    roundMs: lengthOf(schedule.heartbeat),
    roundMsOf: (service: string, vantage: string) => lengthOf(timesOf(schedule, service, vantage).heartbeat),
    canaryRoundMs: lengthOf(schedule.canary),
  }
  return (now) => ({
    ...standing,
    services: services.map((service) => ({
      id: service.id,
      endpoints: endpointsAt(service, now).map(({ id, role }) => ({ id, role })),
    })),
  })
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
