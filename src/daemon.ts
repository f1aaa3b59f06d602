/**
 * daemon: the composition root. Builds every part, starts them in order, and stops them in the other.
 *
 *     store, catalog ─► watchkeeper (where it stood) ─► prober ─► driver ─► server ─► schedule
 */
import { availableParallelism } from 'node:os'
import type { Config } from './config/config.ts'
import { eventSchema } from './config/events.ts'
import { saveState } from './detect/saved-state.ts'
import { startHistoryThread } from './history/thread.ts'
import type { RankedIncident } from './model/correlation.ts'
import type { TriggerEvent } from './model/event.ts'
import type { History } from './model/history.ts'
import type { Measurement } from './model/measurement.ts'
import type { OutageChange, ServiceStatus } from './model/outage.ts'
import type { Canary } from './model/service.ts'
import { DAY_MS } from './model/time.ts'
import type { Vantage } from './model/vantage.ts'
import { startProber } from './probe/prober.ts'
import { createCatalog, unwatchedIn } from './run/catalog.ts'
import { createDriver } from './run/driver.ts'
import type { Log } from './run/log.ts'
import { cpuPressure } from './run/pressure.ts'
import { createReport } from './run/report.ts'
import { leftStanding, recentOutages, resumeDetector } from './run/resume.ts'
import {
  type Current,
  DRAIN_MS,
  NO_SCHEDULE,
  type Parts,
  refresh,
  reload,
  start,
  warnOfUnwatched,
} from './run/running.ts'
import { savedOf } from './run/save.ts'
import { correlateOf, watchingOf } from './run/watching.ts'
import { worldOf } from './run/world.ts'
import type { VantageStatus } from './serve/api/context.ts'
import { createMetrics } from './serve/metrics.ts'
import type { MetricSources } from './serve/metrics/live.ts'
import { type Server, startServer } from './serve/server.ts'
import { openRecord } from './store/catalog/record.ts'
import { openStore } from './store/store.ts'
import { VERSION } from './version.ts'
import { createWatchkeeper, type Watchkeeper } from './watch/keeper.ts'
import { readMeasurements } from './watch/reading.ts'

const WRITES_PER_MINUTE = 30

export interface DaemonOptions {
  readonly config: Config
  readonly log: Log
  /** hears of each change of an outage once it is decided, with the incidents it opened and what they may have followed */
  readonly onChange?: (change: OutageChange, opened: readonly RankedIncident[]) => void
}

export interface Daemon {
  readonly url: string
  readonly status: () => readonly ServiceStatus[]
  readonly history: History
  /** Registers a trigger event, as the API does; its services go on heightened watch at once. */
  readonly register: (event: TriggerEvent, by: string) => void
  /** Changes to a new configuration, whole. What cannot change while running is logged and waits for a restart. */
  readonly reload: (config: Config) => Promise<void>
  /** Says in the log and in a metric why a configuration was refused. */
  readonly refuse: (error: Error) => void
  /** Lets probes in flight end, commits, and lets go of everything; within 10 s. */
  readonly stop: () => Promise<void>
}

/**
 * Starts the lookout.
 *
 * @throws AppError when the configuration, the store or the port cannot be had; nothing is left running then
 */
export async function startDaemon({ config, log, onChange }: DaemonOptions): Promise<Daemon> {
  const current: Current = { config, heightened: new Map(), running: false }
  const stack = new AsyncDisposableStack()
  try {
    const parts = await build(stack, current, log, onChange ?? (() => undefined))
    const server = await serve(stack, parts, current)
    start(stack, parts, current)
    logStart(log, server, config, parts.catalog.events().length)
    return daemon(stack, parts, current, server)
  } catch (error) {
    await stack.disposeAsync()
    throw error
  }
}

/** Opens what is kept, and builds on it what decides; nothing is probed yet. */
async function build(
  stack: AsyncDisposableStack,
  current: Current,
  log: Log,
  onChange: NonNullable<DaemonOptions['onChange']>,
): Promise<Parts> {
  const now = Date.now
  const kept = await openKept(stack, current.config, log, (tookMs) => parts.metrics.committed(tookMs))
  const { store } = kept
  const keeper = await createKeeper(current, kept, now())
  const prober = startProber({
    workers: workersOf(current.config),
    drainMs: DRAIN_MS,
    onError: (err) => log.error({ err }, 'prober failed'),
  })
  stack.defer(() => prober.close())
  const metrics = createMetrics(
    sourcesOf(current, { ...kept, keeper, now, load: () => parts.schedule.load() }),
    { version: VERSION, node: process.version },
  )
  await metrics.watch(current.config)
  const report = createReport(log, metrics, (id) => canaryOf(current.config, id)?.group === 'international')
  const driver = createDriver({
    config: () => current.config,
    keeper,
    prober,
    schedule: () => parts.schedule,
    now,
    log,
    save(step) {
      store.save(savedOf(step))
      report.step(step)
    },
    changed(change, opened) {
      try {
        report.changed(change, opened)
      } finally {
        onChange(change, opened)
      }
    },
  })
  const parts: Parts = { ...kept, log, keeper, metrics, report, driver, now, schedule: NO_SCHEDULE }
  return parts
}

type Kept = Pick<Parts, 'store' | 'record' | 'catalog' | 'history'>

async function openKept(
  stack: AsyncDisposableStack,
  config: Config,
  log: Log,
  onTimed: (tookMs: number) => void,
): Promise<Kept> {
  const { path, keepRawDays, keepOkSampleEvery, commitEveryMs } = config.store
  const store = await openStore({
    path,
    keepRawMs: keepRawDays * DAY_MS,
    keepOkSampleEvery,
    commitEveryMs,
    now: Date.now,
    onCommitted: (ids) => log.debug({ ids }, 'measurements committed'),
    onTimed,
    onError: (err) => log.error({ err }, 'store failed'),
  })
  stack.defer(store.close)
  log.info({ path, ...store.opened }, 'store opened')
  const record = await openRecord(path, { now: Date.now })
  stack.defer(record.close)
  const catalog = createCatalog(record)
  await catalog.takeFiles(config.record)
  warnOfUnwatched(log, unwatchedIn(catalog.events(), config.services))
  const onError = (err: unknown): void => log.error({ err }, 'history failed')
  const history = startHistoryThread({ path, correlate: correlateOf(config), onError })
  stack.defer(() => history.close())
  return { store, record, catalog, history }
}

/** The watchkeeper where an earlier run left it. */
async function createKeeper(
  current: Current,
  { store, record, catalog }: Kept,
  now: number,
): Promise<Watchkeeper<Measurement>> {
  const { config } = current
  return createWatchkeeper({
    watching: watchingOf(config, worldOf(config, record, catalog)),
    reading: readMeasurements((id) => canaryOf(current.config, id)),
    detector: await resumeDetector(store, now),
    recent: await recentOutages(store, record, now),
    leftStanding: await leftStanding(store, now),
    save: saveState,
  })
}

/** Answers, and says that it is not ready until the schedule runs. */
async function serve(stack: AsyncDisposableStack, parts: Parts, current: Current): Promise<Server> {
  const { keeper, metrics, history, record, store, log, now } = parts
  const { config } = current
  const server = await startServer({
    host: config.serve.host,
    port: config.serve.port,
    expose: metrics.expose,
    status: () => keeper.status(now()),
    vantages: () => current.config.vantages.map((vantage) => vantageStatus(vantage, keeper)),
    heightened: () => current.heightened,
    now,
    record: {
      history,
      record,
      eventSchema,
      services: () => current.config.services,
      tokens: config.serve.tokens,
      reads: config.serve.reads,
      writesPerMinute: WRITES_PER_MINUTE,
    },
    onError: (err) => log.error({ err }, 'request failed'),
    notReady: () => [
      ...(current.running ? [] : ['the schedule is not running']),
      ...(store.stats().failing ? ['the database is not accepting measurements; see the log'] : []),
    ],
  })
  stack.defer(server.close)
  return server
}

function daemon(stack: AsyncDisposableStack, parts: Parts, current: Current, server: Server): Daemon {
  const { keeper, record, metrics, log, now } = parts
  return {
    url: server.url,
    status: () => keeper.status(now()),
    history: parts.history,
    register(event, by) {
      record.putEvent(event, by)
      refresh(parts, current)
    },
    reload: (next) => reload(parts, current, next),
    refuse(error) {
      metrics.configRefused(error.message)
      log.error({ err: error }, 'configuration rejected, keeping the previous one')
    },
    async stop() {
      current.running = false
      await stack.disposeAsync()
      log.info('lookout stopped')
    },
  }
}

/** What a scrape shows. */
function sourcesOf(
  current: Current,
  {
    keeper,
    catalog,
    store,
    now,
    load,
  }: Omit<Kept, 'record' | 'history'> & Pick<Parts, 'keeper' | 'now'> & Pick<MetricSources, 'load'>,
): MetricSources {
  return {
    now,
    status: () => keeper.status(now()),
    services: () => keeper.watched(),
    vantages: () =>
      current.config.vantages.map((vantage) => ({ ...vantage, ...standingOf(vantage, keeper) })),
    heightened: () => current.heightened,
    outages: keeper.openOutages,
    speeds: () => keeper.speeds(now()),
    incidents: () => keeper.openIncidents(now()),
    titles: () => new Map(catalog.events().map(({ id, title }) => [id, title])),
    load,
    store: store.stats,
    cpuPressure,
  }
}

function canaryOf({ canaries }: Config, id: string): Canary | null {
  return canaries.find((canary) => canary.id === id) ?? null
}

function workersOf({ probe: { workers } }: Config): number {
  return workers === 0 ? Math.max(1, availableParallelism() - 1) : workers
}

function standingOf({ id }: Vantage, keeper: Watchkeeper<Measurement>) {
  return { health: keeper.health(id), blockedCanaries: keeper.blockedCanaries(id) }
}

function vantageStatus(vantage: Vantage, keeper: Watchkeeper<Measurement>): VantageStatus {
  const { id, role, country, asn, isp, city } = vantage
  return { id, role, country, asn, isp, city, ...standingOf(vantage, keeper) }
}

function logStart(log: Log, { url }: Server, config: Config, events: number): void {
  const { services, vantages } = config
  log.info(
    {
      url,
      services: services.map(({ id }) => id),
      vantages: vantages.filter(({ role }) => role === 'probe').map(({ id }) => id),
      controls: vantages.filter(({ role }) => role === 'control').map(({ id }) => id),
      events,
      workers: workersOf(config),
    },
    'lookout started',
  )
}
