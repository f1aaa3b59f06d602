/** rounds: what the schedule is asked to do, made from the configuration. Pairs that share their times share a round. */
import { type Config, timesOf } from '../config/config.ts'
import type { Plan } from '../model/measurement.ts'
import { type Endpoint, endpointsAt, transferEndpointsAt } from '../model/service.ts'
import type { Vantage } from '../model/vantage.ts'
import { roundLengthMs } from '../schedule/round-length.ts'
import type { Round, RoundDone, RoundItem } from '../schedule/types.ts'
import type { Driver } from './driver.ts'
import type { Log } from './log.ts'

/** The round that looks at the vantages themselves. */
const CANARY_ROUND = 'canaries'

interface Job extends RoundItem {
  readonly start: (signal: AbortSignal) => Promise<void>
}

/**
 * Heartbeats and full measurements of every endpoint in force from every vantage, controls in full only; transfers that are timed, from
 * probes only; and the canaries of all.
 *
 * @param heightened services whose heartbeats come at the heightened times
 * @param now asked at each round, since hosts come into force and go out of it
 */
export function roundsOf(
  config: Config,
  heightened: ReadonlyMap<string, number>,
  due: Driver['due'],
  now: () => number,
): Round<Job>[] {
  const { schedule, canaries, vantages } = config
  return [
    ...rounds(config, heightened, 'heartbeat', due, now),
    ...rounds(config, heightened, 'full', due, now),
    ...rounds(config, heightened, 'throughput', due, now),
    {
      id: CANARY_ROUND,
      cron: schedule.canary,
      timezone: schedule.timezone,
      spreadMs: schedule.jitterMs,
      items: () =>
        vantages.flatMap((vantage) =>
          canaries.map((canary) => ({
            key: `canary ${vantage.id} ${canary.id}`,
            lane: vantage.id,
            group: `canary ${vantage.id}`,
            start: (signal: AbortSignal) => due(vantage.id, canary, 'heartbeat', signal),
          })),
        ),
      run: (job, signal) => job.start(signal),
    },
  ]
}

function rounds(
  { services, vantages, schedule }: Config,
  heightened: ReadonlyMap<string, number>,
  plan: Extract<Plan, 'heartbeat' | 'full' | 'throughput'>,
  due: Driver['due'],
  now: () => number,
): Round<Job>[] {
  const looking = vantages.filter(({ role }) => plan === 'full' || role === 'probe')
  const pairs = services.flatMap((service) =>
    looking.flatMap((vantage) => {
      const { timezone, [plan]: usual } = timesOf(schedule, service.id, vantage.id)
      if (usual === null) return []
      const raised = plan === 'heartbeat' && heightened.has(service.id)
      const cron = raised ? quicker(schedule.heightened, usual) : usual
      return { service, vantage, cron, timezone }
    }),
  )
  const endpointsOf = plan === 'throughput' ? transferEndpointsAt : endpointsAt
  const byTimes = Map.groupBy(pairs, ({ cron, timezone }) => `${cron} ${timezone}`)
  return [...byTimes].map(([key, together]) => ({
    id: byTimes.size === 1 ? plan : `${plan} ${key}`,
    cron: together[0]!.cron,
    timezone: together[0]!.timezone,
    spreadMs: schedule.jitterMs,
    items: () =>
      together.flatMap(({ service, vantage }) =>
        endpointsOf(service, now()).map((endpoint) => job(endpoint, vantage, plan, due)),
      ),
    run: (job, signal) => job.start(signal),
  }))
}

/** Heightened watch never slows down what is looked at more often already. */
function quicker(heightened: string, usual: string): string {
  return roundLengthMs(heightened) < roundLengthMs(usual) ? heightened : usual
}

function job(endpoint: Endpoint, vantage: Vantage, plan: Plan, due: Driver['due']): Job {
  return {
    key: `${plan} ${vantage.id} ${endpoint.id}`,
    lane: vantage.id,
    group: `${plan === 'throughput' ? `${plan} ` : ''}${vantage.id} ${endpoint.service}`,
    start: (signal) => due(vantage.id, endpoint, plan, signal),
  }
}

/** One line a round; the canaries’ at `debug`, since what they say shows as the vantage’s health. */
export function logRound(
  log: Log,
  { id, done, skipped, durationMs, maxLateMs }: RoundDone,
  tally: () => object,
): void {
  const facts = { round: id, probes: done, skipped, durationMs, maxLateMs: Math.round(maxLateMs) }
  if (id === CANARY_ROUND) log.debug(facts, 'round finished')
  else log.info({ ...facts, ...tally() }, 'round finished')
}
