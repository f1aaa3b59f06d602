/**
 * daemon: the composition root. Builds every part, starts them in order, and stops them in the other.
 *
 *     store ─► detector (where it stood) ─► prober ─► pipeline ─► server ─► schedule
 */
import { availableParallelism } from 'node:os'
import type { Config } from './config/config.ts'
import { type Detector, newDetector } from './detect/detector.ts'
import { healthOf } from './detect/health.ts'
import { DEFAULTS, type DetectSettings, type Watch } from './detect/settings.ts'
import { statusOf } from './detect/status.ts'
import type { Log } from './log.ts'
import { createLooks } from './looks.ts'
import type { OutageChange, ServiceStatus } from './model/outage.ts'
import { createPipeline } from './pipeline.ts'
import { startProber } from './probe/prober.ts'
import { CANARY_ROUND, roundsOf } from './rounds.ts'
import { openCalendar } from './schedule/calendar.ts'
import { startSchedule } from './schedule/schedule.ts'
import type { RoundDone, Schedule, ScheduleOptions } from './schedule/types.ts'
import { createMetrics } from './serve/metrics.ts'
import { startServer } from './serve/server.ts'
import { type Store, openStore } from './store/store.ts'
import { VERSION } from './version.ts'

/** What is in flight at a stop may take this long to end by itself. */
const DRAIN_MS = 7_000
const DAY_MS = 86_400_000
const PRUNE_EVERY_MS = 60_000

export interface DaemonOptions {
  readonly config: Config
  readonly log: Log
  /** hears of each change of an outage once it is decided */
  readonly tell?: (change: OutageChange) => void
}

export interface Daemon {
  readonly url: string
  readonly store: Store
  readonly status: () => readonly ServiceStatus[]
  /** Takes a new configuration over, whole. What cannot change while running is logged and waits for a restart. */
  readonly take: (config: Config) => void
  /** Says in the log and in a metric why a configuration was not taken over. */
  readonly refuse: (error: Error) => void
  /** Lets probes in flight end, commits, and lets go of everything; within 10 s. */
  readonly stop: () => Promise<void>
}

/**
 * Starts the lookout.
 *
 * @throws AppError when the store or the port cannot be had; nothing is left running then
 */
export async function startDaemon({ config: initial, log, tell }: DaemonOptions): Promise<Daemon> {
  let config = initial
  let watch = watchOf(config)
  let settings = settingsOf(config)
  const now = Date.now
  const life = new AbortController()
  const store = await openStore({
    path: config.store.path,
    keepRawMs: config.store.keepRawDays * DAY_MS,
    keepOkSampleEvery: config.store.keepOkSampleEvery,
    commitEveryMs: config.store.commitEveryMs,
    now,
    onCommitted: (ids) => log.debug({ ids }, 'measurements committed'),
    onError: (err) => log.error({ err }, 'store failed'),
  })
  log.info({ path: config.store.path, ...store.opened }, 'store opened')
  const detector = await restore(store)
  const workers = config.probe.workers === 0 ? Math.max(1, availableParallelism() - 1) : config.probe.workers
  const prober = startProber({ workers, drainMs: DRAIN_MS })
  const metrics = createMetrics(
    {
      status: () => statusOf(detector, now(), watch, settings),
      vantages: () =>
        config.vantages.map(({ id, role }) => ({ id, role, health: healthOf(detector, id, watch) })),
      store: () => store.stats(),
    },
    { version: VERSION, node: process.version },
  )
  const pipeline = createPipeline({
    log,
    store,
    metrics,
    detector,
    watch: () => watch,
    settings: () => settings,
    freshControls: (endpoint, of, since) => looks.freshControls(endpoint, of, since),
    freshCanaries: (vantage, since) => looks.freshCanaries(vantage, since),
    tell: tell ?? (() => undefined),
  })
  const looks = createLooks({
    config: () => config,
    health: (vantage) => healthOf(detector, vantage, watch),
    detector,
    prober,
    pipeline,
    schedule: () => schedule,
    now,
    signal: life.signal,
  })
  let running = false
  const server = await startServer({
    ...config.serve,
    registry: metrics.registry,
    status: () => statusOf(detector, now(), watch, settings),
    vantages: () =>
      config.vantages.map(({ id, role, country, asn, isp, city }) => ({
        id,
        role,
        country,
        asn,
        isp,
        city,
        health: healthOf(detector, id, watch),
      })),
    notReady: () => (running ? [] : ['the schedule is not running']),
    now,
  }).catch(async (error: unknown) => {
    await prober.close()
    store.close()
    throw error
  })

  const scheduleOptions = (): ScheduleOptions => ({
    rounds: roundsOf(config, looks, now),
    maxInFlight: config.schedule.maxInFlight,
    laneLimit: (lane) => config.vantages.find(({ id }) => id === lane)?.maxInFlight ?? 1,
    onStarted: ({ lateMs }) => metrics.started(lateMs),
    onSkipped: ({ reason, id, count }) => {
      metrics.skipped(reason, count)
      log.warn({ round: id, reason, count }, 'scheduled probes skipped')
    },
    onRoundDone: (round) => logRound(log, round, pipeline.tally),
    onError: (err, key) => log.error({ err, key }, 'probe could not be handled'),
  })
  metrics.watch(watch)
  metrics.configTaken(now())
  const schedule: Schedule = startSchedule(scheduleOptions())
  running = true
  const ticking = setInterval(() => pipeline.tick(now()), watch.roundMs)
  const pruning = setInterval(() => store.prune(now()), PRUNE_EVERY_MS)
  log.info(
    {
      url: server.url,
      services: config.services.map(({ id }) => id),
      vantages: config.vantages.filter(({ role }) => role === 'probe').map(({ id }) => id),
      controls: config.vantages.filter(({ role }) => role === 'control').map(({ id }) => id),
      workers,
    },
    'lookout started',
  )

  return {
    url: server.url,
    store,
    status: () => statusOf(detector, now(), watch, settings),
    take(next) {
      const waits = needRestart(config, next)
      config = { ...next, store: config.store, serve: config.serve }
      watch = watchOf(config)
      settings = settingsOf(config)
      metrics.watch(watch)
      metrics.configTaken(now())
      log.level = config.log.level
      schedule.replace(scheduleOptions())
      log.info(
        { services: config.services.length, vantages: config.vantages.length },
        'configuration taken over',
      )
      if (waits.length > 0) log.warn({ keys: waits }, 'these changes wait for a restart')
    },
    refuse(error) {
      metrics.configRefused(error.message)
      log.error({ err: error }, 'configuration refused, keeping the old one')
    },
    async stop() {
      running = false
      clearInterval(ticking)
      clearInterval(pruning)
      const { aborted } = await schedule.stop(DRAIN_MS)
      life.abort()
      await prober.close()
      await server.close()
      store.close()
      log.info({ aborted }, 'lookout stopped')
    },
  }
}

/** The detector as it stood when its last measurement was committed. */
async function restore(store: Store): Promise<Detector> {
  const detector = newDetector()
  for (const [vantage, state] of Object.entries(await store.loadDetector())) {
    detector.vantages[vantage] = JSON.parse(state) as Detector['vantages'][string]
  }
  return detector
}

function watchOf({ services, vantages, canaries, schedule }: Config): Watch {
  const calendar = openCalendar(schedule.heartbeat, schedule.timezone)
  const { firesAt, nextAt } = calendar.next()
  calendar.close()
  return {
    services: services.map(({ id, endpoints }) => ({
      id,
      endpoints: endpoints.map(({ id, role }) => ({ id, role })),
    })),
    vantages: vantages.filter(({ role }) => role === 'probe').map(({ id, country }) => ({ id, country })),
    canaries: canaries.map(({ id, group }) => ({ id, group })),
    roundMs: nextAt - firesAt,
  }
}

function settingsOf({ detect }: Config): DetectSettings {
  return { ...DEFAULTS, ...detect }
}

/** Keys whose new value is not taken over while running. */
function needRestart(before: Config, after: Config): string[] {
  const frozen = [
    ['store', before.store, after.store],
    ['serve', before.serve, after.serve],
    ['probe.workers', before.probe.workers, after.probe.workers],
  ] as const
  return frozen.filter(([, old, next]) => JSON.stringify(old) !== JSON.stringify(next)).map(([key]) => key)
}

/** One line a round; the canaries’ at `debug`, since what they say shows as the vantage’s health. */
function logRound(
  log: Log,
  { id, done, skipped, durationMs, maxLateMs }: RoundDone,
  tally: () => object,
): void {
  const facts = { round: id, probes: done, skipped, durationMs, maxLateMs: Math.round(maxLateMs) }
  if (id === CANARY_ROUND) log.debug(facts, 'round finished')
  else log.info({ ...facts, ...tally() }, 'round finished')
}
