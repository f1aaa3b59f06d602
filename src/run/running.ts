/** running: what a lookout that is built does from then on: rounds, time, what others change in the record, a new configuration. */
import type { Config } from '../config/config.ts'
import type { History } from '../model/history.ts'
import type { Measurement } from '../model/measurement.ts'
import { startSchedule } from '../schedule/schedule.ts'
import type { Schedule, ScheduleOptions } from '../schedule/types.ts'
import type { Metrics } from '../serve/metrics.ts'
import type { RecordStore } from '../store/catalog/record.ts'
import type { Store } from '../store/store.ts'
import type { Watchkeeper } from '../watch/keeper.ts'
import { attempt } from './attempt.ts'
import { type EventCatalog, unwatchedIn } from './catalog.ts'
import type { Driver } from './driver.ts'
import { heightenedServices } from './heightened.ts'
import type { Log } from './log.ts'
import type { Report } from './report.ts'
import { logRound, roundsOf } from './rounds.ts'
import { needRestart, watchingOf } from './watching.ts'
import { worldOf } from './world.ts'

/** What is in flight at a stop may take this long to end by itself. */
export const DRAIN_MS = 7_000
/** Time passes for the watchkeeper at least this often, and what others changed in the record is noticed. */
const TICK_MS = 1_000
const PRUNE_EVERY_MS = 10_000
const PRUNES_AT_ONCE = 4

/** Everything that runs, once it does. */
export interface Parts {
  readonly log: Log
  readonly store: Store
  readonly record: RecordStore
  readonly catalog: EventCatalog
  readonly history: History
  readonly keeper: Watchkeeper<Measurement>
  readonly metrics: Metrics
  readonly report: Report
  readonly driver: Driver
  /** started last */
  schedule: Schedule
  readonly now: () => number
}

/** What changes while it runs. */
export interface Current {
  config: Config
  /** services on heightened watch, and until when (Unix ms) */
  heightened: ReadonlyMap<string, number>
  running: boolean
}

/** Until the schedule is started there is none to ask. */
export const NO_SCHEDULE: Schedule = {
  confirm: () => false,
  replace: () => undefined,
  stop: async () => ({ aborted: 0 }),
  load: () => ({ inFlight: 0, waiting: 0 }),
}

/** Starts the schedule and what is done again and again. */
export function start(stack: AsyncDisposableStack, parts: Parts, current: Current): void {
  const { driver, store, log, now } = parts
  parts.metrics.configTaken(now())
  updateHeightened(parts, current)
  parts.schedule = startSchedule(scheduleOptions(parts, current))
  current.running = true
  stack.defer(async () => {
    current.running = false
    const beganMs = performance.now()
    const { aborted } = await parts.schedule.stop(DRAIN_MS)
    if (aborted > 0) log.warn({ aborted }, 'probes stopped before they were done')
    await driver.close(DRAIN_MS - (performance.now() - beganMs))
  })
  // Only now: what it asks for needs the schedule, and its timer somebody to stop it.
  configure(parts, current)
  const tick = (): void => {
    driver.handle({ kind: 'tick', at: now() })
    refresh(parts, current)
  }
  repeat(stack, tick, TICK_MS, log)
  repeat(stack, () => pruneSome(store, now()), PRUNE_EVERY_MS, log)
}

function scheduleOptions(parts: Parts, current: Current): ScheduleOptions {
  const { driver, metrics, log, report, now } = parts
  const { config } = current
  return {
    rounds: roundsOf(config, current.heightened, driver.due, now),
    maxInFlight: config.schedule.maxInFlight,
    laneLimit: (lane) => current.config.vantages.find(({ id }) => id === lane)?.maxInFlight ?? 1,
    onStarted: ({ lateMs }) => metrics.started(lateMs),
    onSkipped: ({ reason, id, count }) => {
      metrics.skipped(reason, count)
      log.warn({ round: id, reason, count }, 'scheduled probes skipped')
    },
    onRoundDone: (round) => logRound(log, round, report.tally),
    onError: (err, key) => log.error({ err, key }, 'probe could not be processed'),
  }
}

/** Notices what others changed in the record, and which services are on heightened watch now. */
export function refresh(parts: Parts, current: Current): void {
  if (parts.catalog.refresh()) configure(parts, current)
  if (updateHeightened(parts, current)) parts.schedule.replace(scheduleOptions(parts, current))
}

function configure({ driver, record, catalog, now }: Parts, { config }: Current): void {
  const watching = watchingOf(config, worldOf(config, record, catalog))
  driver.handle({ kind: 'configured', at: now(), watching })
}

/** @returns whether the services on heightened watch are others than before */
function updateHeightened({ catalog, log, now }: Parts, current: Current): boolean {
  const { services, schedule } = current.config
  const ids = services.map(({ id }) => id)
  const next = heightenedServices(catalog.events(), ids, now(), schedule.heightenedHours)
  const same = [...next.keys()].toSorted().join() === [...current.heightened.keys()].toSorted().join()
  current.heightened = next
  if (!same) log.info({ services: [...next.keys()] }, 'heightened watch changed')
  return !same
}

/** Changes to a new configuration, whole; what cannot change while running is logged. */
export async function reload(parts: Parts, current: Current, next: Config): Promise<void> {
  const { catalog, metrics, log, now } = parts
  await catalog.takeFiles(next.record)
  warnOfUnwatched(log, unwatchedIn(catalog.events(), next.services))
  const waits = needRestart(current.config, next)
  current.config = { ...next, store: current.config.store, serve: current.config.serve }
  configure(parts, current)
  updateHeightened(parts, current)
  await metrics.watch(current.config)
  metrics.configTaken(now())
  log.level = current.config.log.level
  parts.schedule.replace(scheduleOptions(parts, current))
  const { services, vantages } = current.config
  log.info({ services: services.length, vantages: vantages.length }, 'configuration reloaded')
  if (waits.length > 0) log.warn({ keys: waits }, 'these changes need a restart')
}

/** Does something again and again until everything is stopped; what goes wrong is logged and tried again. */
function repeat(stack: AsyncDisposableStack, work: () => void, everyMs: number, log: Log): void {
  const timer = setInterval(() => attempt(log, work), everyMs)
  stack.defer(() => clearInterval(timer))
}

/** A bounded number of rows at a time, so that nothing waits long for the database. */
function pruneSome(store: Store, now: number): void {
  for (let i = 0; i < PRUNES_AT_ONCE && store.prune(now).more; i++);
}

/** Says which services events speak of that are not watched. */
export function warnOfUnwatched(log: Log, services: readonly string[]): void {
  if (services.length > 0) log.warn({ services }, 'events refer to services that are not watched')
}
