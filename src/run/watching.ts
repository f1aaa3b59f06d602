/** watching: what a configuration means for the rooms that decide. Pure. */
import { type Config, timesOf } from '../config/config.ts'
import { DEFAULTS as CORRELATE_DEFAULTS, type CorrelateSettings } from '../correlate/settings.ts'
import { INCIDENT_DEFAULTS, type IncidentSettings } from '../incident/group.ts'
import { DEFAULTS, type DetectSettings, type Watch } from '../detect/settings.ts'
import { endpointsAt, isSecure } from '../model/service.ts'
import { roundLengthMs } from '../schedule/round-length.ts'
import { aroundNow } from '../watch/around.ts'
import type { IncidentWorld, Watching } from '../watch/types.ts'

/**
 * What detect/ watches, and how long its rounds are.
 *
 * @returns the answer for a moment (Unix ms), since hosts come into force and go out of it
 */
function watchOf({ services, vantages, canaries, schedule }: Config): (now: number) => Watch {
  const lengths = new Map<string, number>()
  const lengthOf = (cron: string): number => {
    const ms = lengths.get(cron) ?? roundLengthMs(cron)
    lengths.set(cron, ms)
    return ms
  }
  const standing = {
    vantages: vantages.filter(({ role }) => role === 'probe').map(({ id, country }) => ({ id, country })),
    canaries: canaries.map((canary) => ({
      id: canary.id,
      group: canary.group,
      secure: isSecure(canary),
      optional: canary.optional === true,
    })),
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

/** What a configuration means for the watchkeeper. @param incidents what outages are grouped and ranked by; `null` = they are not */
export function watchingOf(config: Config, incidents: IncidentWorld | null = null): Watching {
  const { services, canaries, vantages, schedule, throughput, diagnose } = config
  const { enabled, everyMs, leastGapMs, totalTimeoutMs } = diagnose
  return {
    watchAt: aroundNow(services, watchOf(config)),
    endpoints: new Map(
      services.flatMap(({ endpoints }) => endpoints.map((endpoint) => [endpoint.id, endpoint] as const)),
    ),
    canaries: new Map(canaries.map((canary) => [canary.id, canary])),
    controls: vantages.filter(({ role }) => role === 'control').map(({ id }) => id),
    settings: settingsOf(config),
    confirmAfterMs: schedule.confirmAfterMs,
    suspectAfterMs: schedule.suspectAfterMs,
    timeAgainAfterMs: throughput.confirmAfterMs,
    diagnose: enabled ? { everyMs, leastGapMs, totalTimeoutMs } : null,
    incidents,
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

/** Keys whose new value is not applied while running. */
export function needRestart(before: Config, after: Config): string[] {
  const frozen = [
    ['store', before.store, after.store],
    ['serve', before.serve, after.serve],
    ['correlate', before.correlate, after.correlate],
    ['probe.workers', before.probe.workers, after.probe.workers],
  ] as const
  return frozen.filter(([, old, next]) => JSON.stringify(old) !== JSON.stringify(next)).map(([key]) => key)
}
