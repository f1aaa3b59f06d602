/**
 * One probe: up the ladder for the URL asked for, and anew for every redirect.
 *
 * task -> hops (dns, tcp, tls, http each), quic beside the last page -> Measurement. A network failure is data; what is our own fault makes it unfit.
 */
import type { Experiment } from '../model/experiment.ts'
import type { HttpObservation, Measurement, Observation, Purpose } from '../model/measurement.ts'
import { bogonTest } from '../net/addresses.ts'
import { openDialer } from '../vantage/open.ts'
import { systemServers } from '../vantage/system-servers.ts'
import { keepCookies, type Cookies } from './cookies.ts'
import { Interrupted, startDeadline } from './deadline.ts'
import { rootsWith } from './handshake.ts'
import { climb } from './hop.ts'
import { diagnose } from './diagnose/diagnose.ts'
import { isTooLate, watchLag } from './lag.ts'
import { tryQuic, tryQuicAlone } from './quic/quic.ts'
import { hostOf } from '../net/endpoint.ts'
import { canClimb, carriedTo, redirectOf } from './redirect.ts'
import { failed, type Run } from './run.ts'
import { startStopwatch } from './stopwatch.ts'
import { measurementOf, type ProbeTask } from './task.ts'
import { measureThroughput, throughputTimeoutMs } from './throughput/throughput.ts'

/**
 * Makes one measurement, in this thread.
 *
 * @param signal ends it early; the measurement is then unfit, `interrupted`
 * @returns always a measurement: it never rejects. When it is back, nothing it opened is left.
 */
export async function probeOnce(task: ProbeTask, signal: AbortSignal): Promise<Measurement> {
  const startedAt = Date.now()
  const watch = startStopwatch()
  const lag = watchLag()
  const stop = new AbortController()
  const onAbort = () => stop.abort(new Interrupted())
  if (signal.aborted) onAbort()
  else signal.addEventListener('abort', onAbort, { once: true })
  const { transfer = null } = task
  using total = startDeadline(
    stop.signal,
    transfer === null
      ? task.settings.totalTimeoutMs
      : throughputTimeoutMs(transfer, task.settings.dnsTimeoutMs),
  )

  const hops: Promise<Observation[]>[] = []
  const run: Run = {
    settings: task.settings,
    isBogon: bogonTest(task.settings.publicPrefixes),
    dialer: openDialer(task.vantage),
    systemServers: task.vantage.route.kind === 'direct' ? systemServers : null,
    roots: rootsWith(task.settings.extraCa),
    watch,
    signal: total.signal,
    unfit: null,
  }
  const experiments: Experiment[] = []
  await measure(run, task, hops, experiments).catch((error: unknown) => {
    failed(run, error)
    stop.abort(new Interrupted())
  })
  const observations: Observation[] = []
  for (const hop of await Promise.allSettled(hops)) {
    if (hop.status === 'fulfilled') observations.push(...hop.value)
    else failed(run, hop.reason)
  }
  signal.removeEventListener('abort', onAbort)
  const loopLagMs = lag()
  const durationMs = watch()
  // A rate is counted in seconds, not in milliseconds.
  const maxLagMs = task.settings.maxLoopLagMs * (transfer === null ? 1 : TRANSFER_LAG)
  const lateMs = isTooLate(loopLagMs, durationMs, maxLagMs) ? loopLagMs : null
  const trouble = signal.aborted ? INTERRUPTED : troubleOf(run, lateMs)
  const { publicPrefixes } = task.settings
  const { unfit, detail: unfitDetail } = trouble ?? { unfit: null, detail: null }
  return measurementOf(task, {
    startedAt,
    durationMs,
    loopLagMs,
    unfit,
    unfitDetail,
    observations,
    experiments,
    ...(publicPrefixes.length === 0 ? {} : { publicPrefixes }),
  })
}

/** Why nothing can be said, if so. A late thread is late for its own proxy too: that one's silence then means nothing, its refusal does. */
function troubleOf({ unfit: trouble }: Run, lateMs: number | null): Trouble | null {
  const isSilence = trouble?.unfit === 'vantage_unreachable' && trouble.failure === 'generic_timeout_error'
  if (lateMs === null || (trouble !== null && !isSilence)) return trouble
  return { unfit: 'late_thread', detail: `The thread ran ${Math.round(lateMs)} ms late.` }
}

/** By trials, or up the ladder; what was seen is left in the last two. */
async function measure(
  run: Run,
  task: ProbeTask,
  hops: Promise<Observation[]>[],
  experiments: Experiment[],
): Promise<void> {
  if (task.transfer !== undefined) {
    const timed = await measureThroughput(run, task, task.transfer)
    hops.push(Promise.resolve([...timed.observations]))
    experiments.push(...timed.experiments)
    return
  }
  if (task.plan !== 'diagnose') return follow(run, task, hops)
  if (task.diagnosis === undefined) throw new Error('A diagnosis has nothing to compare with.')
  experiments.push(...(await diagnose(run, task.vantage, task.diagnosis)))
}

/** Climbs hop after hop; each leaves the promise of what it saw in `hops`. */
async function follow(run: Run, task: ProbeTask, hops: Promise<Observation[]>[]): Promise<void> {
  const first = new URL(task.url)
  if (!canClimb(first)) throw new Error('The URL is neither http nor https, or its host cannot be a name.')
  const cookies: Cookies = new Map()
  let url = first
  let headers: Record<string, string> = {}
  for (let depth = 0; ; depth += 1) {
    const { page, seen, http3 } = await climb(run, {
      url,
      depth,
      vantage: task.vantage,
      extraAddresses: url.hostname === first.hostname ? task.extraAddresses : [],
      withHttp: task.plan === 'full' || url.protocol === 'http:',
      asksHttp3: task.plan === 'full',
      headers,
    })
    const follows = task.plan === 'full' && page !== null && page.failure === null
    const next = follows ? redirectOf(page) : null
    const failure =
      next === 'invalid' ? INVALID : next !== null && depth >= task.settings.maxRedirects ? TOO_MANY : null
    hops.push(
      failure === null ? seen : seen.then((all) => all.map((s) => (s === page ? { ...page, failure } : s))),
    )
    if (follows && next === null && !run.signal.aborted) hops.push(tryQuic(run, page, http3))
    if (task.plan === 'full' && page === null && !HURRIED.has(task.purpose))
      hops.push(tryQuicAlone(run, hostOf(url), seen))
    if (page === null || next === null || next === 'invalid' || failure !== null || run.signal.aborted) return
    keepCookies(cookies, url, page.headers, Date.now())
    headers = carriedTo(next, page.url, cookies)
    url = next
  }
}

/** Measurements that others wait for: they end when nothing came over TCP. */
const HURRIED: ReadonlySet<Purpose> = new Set(['confirm', 'control'])

/** How many times later than elsewhere a thread may run that times a transfer. */
const TRANSFER_LAG = 10

type Trouble = Pick<NonNullable<Run['unfit']>, 'unfit' | 'detail'>

const INTERRUPTED: Trouble = { unfit: 'interrupted', detail: null }
const INVALID: HttpObservation['failure'] = 'http_invalid_redirect_location_host'
const TOO_MANY: HttpObservation['failure'] = 'unknown_failure: stopped after too many redirects'
