/**
 * daemon: the composition root. Builds every part, starts them in order, and stops them in the other.
 *
 *     store, record ─► detector (where it stood) ─► prober ─► pipeline ─► server ─► schedule
 */
import { availableParallelism } from 'node:os'
import type { Config } from './config/config.ts'
import { eventSchema } from './config/events.ts'
import { openDesk, unwatchedIn } from './run/catalog.ts'
import { createDiagnoses } from './run/diagnoses.ts'
import { newDetector, openServiceOutages } from './detect/detector.ts'
import { forgetFuture } from './detect/forget-future.ts'
import { healthOf } from './detect/health.ts'
import { type Detector, loadState } from './detect/state.ts'
import { statusOf } from './detect/status.ts'
import { speedsOf } from './detect/throttled.ts'
import { heightenedServices } from './run/heightened.ts'
import { startHistoryThread } from './history/thread.ts'
import { type RankedIncident, openIncidents, recentOutages } from './run/incidents.ts'
import type { Log } from './run/log.ts'
import { createLooks } from './run/looks.ts'
import type { TriggerEvent } from './model/event.ts'
import type { History } from './model/history.ts'
import type { OutageChange, ServiceStatus } from './model/outage.ts'
import type { Health, Vantage } from './model/vantage.ts'
import { DAY_MS } from './model/time.ts'
import { createPipeline } from './run/pipeline.ts'
import { startProber } from './probe/prober.ts'
import { CANARY_ROUND, roundsOf } from './run/rounds.ts'
import { startSchedule } from './schedule/schedule.ts'
import type { RoundDone, Schedule, ScheduleOptions } from './schedule/types.ts'
import { createMetrics } from './serve/metrics.ts'
import { cpuPressure } from './serve/metrics/machine.ts'
import type { VantageStatus } from './serve/api/context.ts'
import { startServer } from './serve/server.ts'
import { type LeftStanding, createStateNotes } from './run/states.ts'
import { openRecord } from './store/catalog/record.ts'
import { type Store, openStore } from './store/store.ts'
import { VERSION } from './version.ts'
import { correlateOf, incidentsOf, needRestart, settingsOf, watchOf } from './run/watching.ts'

/** What is in flight at a stop may take this long to end by itself. */
const DRAIN_MS = 7_000
/** What one network saw may settle what another could not: weigh open outages again this often. */
const TICK_MS = 1_000
const PRUNE_EVERY_MS = 10_000
const PRUNES_AT_ONCE = 4
const WRITES_PER_MINUTE = 30

export interface DaemonOptions {
  readonly config: Config
  readonly log: Log
  /** hears of each change of an outage once it is decided, with the incidents it opened and what they may have followed */
  readonly tell?: (change: OutageChange, opened: readonly RankedIncident[]) => void
}

export interface Daemon {
  readonly url: string
  readonly status: () => readonly ServiceStatus[]
  readonly history: History
  /** Registers a trigger event, as the API does; its services go on heightened watch at once. */
  readonly register: (event: TriggerEvent, by: string) => void
  /** Takes a new configuration over, whole. What cannot change while running is logged and waits for a restart. */
  readonly take: (config: Config) => Promise<void>
  /** Says in the log and in a metric why a configuration was not taken over. */
  readonly refuse: (error: Error) => void
  /** Lets probes in flight end, commits, and lets go of everything; within 10 s. */
  readonly stop: () => Promise<void>
}

/**
 * Starts the lookout.
 *
 * @throws AppError when the configuration, the store or the port cannot be had; nothing is left running then
 */
export async function startDaemon({ config: initial, log, tell }: DaemonOptions): Promise<Daemon> {
  let config = initial
  let watchAt = watchOf(config)
  let settings = settingsOf(config)
  let heightened: ReadonlyMap<string, number> = new Map()
  let running = false
  const now = Date.now
  let watch = watchAt(now())
  const life = new AbortController()
  const parts = new AsyncDisposableStack()
  try {
    const store = await openStore({
      path: config.store.path,
      keepRawMs: config.store.keepRawDays * DAY_MS,
      keepOkSampleEvery: config.store.keepOkSampleEvery,
      commitEveryMs: config.store.commitEveryMs,
      now,
      onCommitted: (ids) => log.debug({ ids }, 'measurements committed'),
      onTimed: (tookMs) => metrics.committed(tookMs),
      onError: (err) => log.error({ err }, 'store failed'),
    })
    parts.defer(store.close)
    log.info({ path: config.store.path, ...store.opened }, 'store opened')
    const record = await openRecord(config.store.path, { now })
    parts.defer(record.close)
    const desk = openDesk(record)
    await desk.takeFiles(config.record)
    warnOfUnwatched(log, unwatchedIn(desk.events(), config.services))
    const history = startHistoryThread({
      path: config.store.path,
      correlate: correlateOf(config),
      onError: (err) => log.error({ err }, 'history failed'),
    })
    parts.defer(() => history.close())
    const detector = await restore(store, now())
    const status = () => statusOf(detector, now(), watch, settings)
    const health = (vantage: string) => healthOf(detector, vantage, watch)
    const incidents = openIncidents(
      {
        record,
        vantages: () => config.vantages,
        events: desk.events,
        reports: desk.reports,
        grouping: () => incidentsOf(config),
        settings: () => correlateOf(config),
        now,
      },
      await recentOutages(store, record, now()),
    )
    const note = createStateNotes(record, await leftStanding(store, now()))

    const workers =
      config.probe.workers === 0 ? Math.max(1, availableParallelism() - 1) : config.probe.workers
    const prober = startProber({
      workers,
      drainMs: DRAIN_MS,
      onError: (err) => log.error({ err }, 'prober failed'),
    })
    parts.defer(() => prober.close())
    const metrics = createMetrics(
      {
        now,
        status,
        services: () => watch.services,
        vantages: () => config.vantages.map((each) => ({ ...each, health: health(each.id) })),
        heightened: () => heightened,
        outages: incidents.outages,
        speeds: () => speedsOf(detector, now(), watch, settings),
        incidents: incidents.open,
        titles: () => new Map(desk.events().map(({ id, title }) => [id, title])),
        load: () => schedule.load(),
        store: () => store.stats(),
        cpuPressure,
      },
      { version: VERSION, node: process.version },
    )
    await metrics.watch(config)
    const pipeline = createPipeline({
      log,
      store,
      metrics,
      detector,
      watch: () => watch,
      settings: () => settings,
      freshControls: (endpoint, of, since) => looks.freshControls(endpoint, of, since),
      freshCanaries: (vantage, since) => looks.freshCanaries(vantage, since),
      tell(change) {
        const opened = incidents.take(change)
        for (const each of opened) logIncident(log, each)
        note(status(), now())
        diagnoses.heard(change, now())
        tell?.(change, opened)
      },
    })
    const looks = createLooks({
      config: () => config,
      health,
      detector,
      prober,
      pipeline,
      schedule: () => schedule,
      now,
      signal: life.signal,
    })
    const diagnoses = createDiagnoses({
      settings: () => config.diagnose,
      open: () => openServiceOutages(detector, watch),
      health,
      schedule: () => schedule,
      run: looks.diagnose,
    })
    const server = await startServer({
      host: config.serve.host,
      port: config.serve.port,
      expose: metrics.expose,
      status,
      vantages: () => config.vantages.map((each) => vantageStatus(each, health(each.id))),
      heightened: () => heightened,
      now,
      record: {
        history,
        record,
        eventSchema,
        services: () => config.services,
        tokens: config.serve.tokens,
        reads: config.serve.reads,
        writesPerMinute: WRITES_PER_MINUTE,
      },
      onError: (err) => log.error({ err }, 'request failed'),
      notReady: () => [
        ...(running ? [] : ['the schedule is not running']),
        ...(!store.stats().failing ? [] : ['the database is not accepting measurements; see the log']),
      ],
    })
    parts.defer(server.close)

    const scheduleOptions = (): ScheduleOptions => ({
      rounds: roundsOf(config, heightened, looks, now),
      maxInFlight: config.schedule.maxInFlight,
      laneLimit: (lane) => config.vantages.find(({ id }) => id === lane)?.maxInFlight ?? 1,
      onStarted: ({ lateMs }) => metrics.started(lateMs),
      onSkipped: ({ reason, id, count }) => {
        metrics.skipped(reason, count)
        log.warn({ round: id, reason, count }, 'scheduled probes skipped')
      },
      onRoundDone: (round) => logRound(log, round, pipeline.tally),
      onError: (err, key) => log.error({ err, key }, 'probe could not be processed'),
    })
    /** @returns whether the services on heightened watch are others than before */
    const raise = (): boolean => {
      const ids = config.services.map(({ id }) => id)
      const next = heightenedServices(desk.events(), ids, now(), config.schedule.heightenedHours)
      const same = [...next.keys()].toSorted().join() === [...heightened.keys()].toSorted().join()
      heightened = next
      if (!same) log.info({ services: [...next.keys()] }, 'heightened watch changed')
      return !same
    }
    const refresh = () => {
      desk.refresh()
      if (raise()) schedule.replace(scheduleOptions())
    }
    const tick = () => {
      watch = watchAt(now())
      pipeline.tick(now())
      note(status(), now())
      diagnoses.tick(now())
      refresh()
    }
    metrics.configTaken(now())
    raise()
    const schedule: Schedule = startSchedule(scheduleOptions())
    running = true
    parts.defer(() => life.abort())
    parts.defer(async () => {
      const { aborted } = await schedule.stop(DRAIN_MS)
      if (aborted > 0) log.warn({ aborted }, 'probes stopped before they were done')
    })
    repeat(parts, tick, TICK_MS, log)
    repeat(parts, () => pruneSome(store, now()), PRUNE_EVERY_MS, log)
    log.info(
      {
        url: server.url,
        services: config.services.map(({ id }) => id),
        vantages: config.vantages.filter(({ role }) => role === 'probe').map(({ id }) => id),
        controls: config.vantages.filter(({ role }) => role === 'control').map(({ id }) => id),
        events: desk.events().length,
        workers,
      },
      'lookout started',
    )

    return {
      url: server.url,
      status,
      history,
      register(event, by) {
        record.putEvent(event, by)
        refresh()
      },
      async take(next) {
        await desk.takeFiles(next.record)
        warnOfUnwatched(log, unwatchedIn(desk.events(), next.services))
        const waits = needRestart(config, next)
        config = { ...next, store: config.store, serve: config.serve }
        watchAt = watchOf(config)
        watch = watchAt(now())
        settings = settingsOf(config)
        raise()
        await metrics.watch(config)
        metrics.configTaken(now())
        log.level = config.log.level
        schedule.replace(scheduleOptions())
        pipeline.tick(now())
        log.info(
          { services: config.services.length, vantages: config.vantages.length },
          'configuration reloaded',
        )
        if (waits.length > 0) log.warn({ keys: waits }, 'these changes need a restart')
      },
      refuse(error) {
        metrics.configRefused(error.message)
        log.error({ err: error }, 'configuration rejected, keeping the previous one')
      },
      async stop() {
        running = false
        await parts.disposeAsync()
        log.info('lookout stopped')
      },
    }
  } catch (error) {
    await parts.disposeAsync()
    throw error
  }
}

/** Strips an earlier run left standing. They are known up to the last measurement, or the last change if that came later. */
async function leftStanding(store: Store, now: number): Promise<LeftStanding[]> {
  const strips = await store.states({ since: now, until: now + 1 })
  return strips.flatMap(({ service, vantage, changes }) => {
    const last = changes.at(-1)
    if (last === undefined || last.state === 'insufficient') return []
    const knownUntilAt = Math.min(now, Math.max(store.measured()?.lastAt ?? 0, last.at + 1))
    return [{ service, vantage, knownUntilAt }]
  })
}

/** Does something again and again until everything is stopped; what goes wrong is logged and tried again. */
function repeat(parts: AsyncDisposableStack, work: () => void, everyMs: number, log: Log): void {
  const timer = setInterval(() => {
    try {
      work()
    } catch (err) {
      log.error({ err }, 'periodic work failed')
    }
  }, everyMs)
  parts.defer(() => clearInterval(timer))
}

/** A bounded number of rows at a time, so that nothing waits long for the database. */
function pruneSome(store: Store, now: number): void {
  for (let i = 0; i < PRUNES_AT_ONCE && store.prune(now).more; i++);
}

function vantageStatus({ id, role, country, asn, isp, city }: Vantage, health: Health): VantageStatus {
  return { id, role, country, asn, isp, city, health }
}

/** The detector as it stood when its last measurement was committed, whatever the clock said then. */
async function restore(store: Store, now: number): Promise<Detector> {
  const detector = newDetector()
  for (const [vantage, state] of Object.entries(await store.loadDetector())) {
    detector.vantages[vantage] = loadState(state)
  }
  forgetFuture(detector, now)
  return detector
}

function warnOfUnwatched(log: Log, services: readonly string[]): void {
  if (services.length > 0) log.warn({ services }, 'events refer to services that are not watched')
}

function logIncident(log: Log, { incident, likeliest }: RankedIncident): void {
  log.info(
    {
      incident: incident.id,
      services: incident.services,
      vantages: incident.vantages,
      after: likeliest?.event.id ?? null,
      posterior: likeliest === null ? null : Number(likeliest.posterior.toFixed(3)),
      lagHours: likeliest?.lagHours ?? null,
    },
    'incident opened',
  )
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
