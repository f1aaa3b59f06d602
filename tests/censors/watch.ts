/**
 * A vantage behind a censor of the lab, watched as the daemon would: the real ladder over real sockets, and the watchkeeper
 * over a simulated clock (clock.ts).
 */
import { expect, onTestFinished } from 'vitest'
import { DEFAULTS, type Watch } from '../../src/detect/settings.ts'
import { judge } from '../../src/judge/judge.ts'
import { type Lab, startLab } from '../../src/lab/lab.ts'
import { CONFIRM_AFTER_MS, SUSPECT_AFTER_MS } from '../../src/model/confirmation.ts'
import type { Measurement, Plan } from '../../src/model/measurement.ts'
import type { OutageChange } from '../../src/model/outage.ts'
import type { Verdict } from '../../src/model/verdict.ts'
import { probeOnce } from '../../src/probe/ladder.ts'
import { PROBE_DEFAULTS as PROBE } from '../../src/model/probe-settings.ts'
import type { ProbeCommand, WatchedEndpoint } from '../../src/watch/types.ts'
import { type Met, tell, type Turn } from './clock.ts'
import { patient } from './patience.ts'
import { vantageIn } from './vantage-in.ts'

const HEARTBEAT_MS = 30_000
/** How long each step may really take here, and what a measurement that times out would have taken with the default settings. */
const TIMEOUT_MS = patient(700)
const DEFAULT_TIMEOUT_MS = 10_000

export interface Watched {
  /** of the first measurement after the switch, and of a second one */
  readonly verdict: Verdict
  readonly again: Verdict
  /** the same endpoint from a network that does nothing, and a neighbour from the network that does */
  readonly elsewhere: Verdict
  readonly neighbour: Verdict
  readonly changes: readonly OutageChange[]
  /** ms of simulated time from the switch, which comes just before a heartbeat; `null` = never within the hour */
  readonly openedMs: number | null
  readonly blockedMs: number | null
}

/** A lab that ends with the test. */
export async function aLab(): Promise<Lab> {
  const lab = await startLab({ timeScale: 0.05 })
  onTestFinished(() => lab.close())
  return lab
}

/** One probe through one network of the lab. */
export function measureOnce(
  lab: Lab,
  network: string,
  url: string,
  plan: Plan = 'full',
  quicTimeoutMs: number = TIMEOUT_MS,
): Promise<Measurement> {
  return probeOnce(
    {
      vantage: vantageIn(lab.network(network), lab),
      endpoint: url,
      url,
      plan,
      purpose: 'manual',
      extraAddresses: [],
      settings: {
        ...PROBE,
        dnsTimeoutMs: TIMEOUT_MS,
        tcpTimeoutMs: TIMEOUT_MS,
        tlsTimeoutMs: TIMEOUT_MS,
        httpTimeoutMs: TIMEOUT_MS,
        quic: { ...PROBE.quic, timeoutMs: quicTimeoutMs },
        lateReplyWindowMs: 150,
        maxLoopLagMs: 2_000,
        extraCa: [lab.ca],
      },
    },
    AbortSignal.timeout(patient(15_000)),
  )
}

/** A fresh look from one network, one from the control, and what comes of the two. */
interface Beside {
  readonly here: Measurement
  readonly control: Measurement
  readonly verdict: Verdict
}

async function lookBeside(lab: Lab, network: string, url: string, plan: Plan): Promise<Beside> {
  const [here, control] = await Promise.all([
    measureOnce(lab, network, url, plan),
    measureOnce(lab, 'outside', url),
  ])
  return { here, control, verdict: judge(here, [control], 'online') }
}

/** The verdict on a fresh measurement from one network, judged with a fresh measurement from the control. */
export async function verdictOn(
  lab: Lab,
  network: string,
  url: string,
  plan: Plan = 'full',
): Promise<Verdict> {
  return (await lookBeside(lab, network, url, plan)).verdict
}

/**
 * Lets a service be fine from `babilon` for half an hour, flips the switch, and watches for an hour.
 *
 * @param flip switches the censor, or the site; what it changed stays changed
 * @param plan of the rounds; a heartbeat stops at TLS
 */
export async function watch(
  url: string,
  flip: (lab: Lab) => void,
  plan: Plan = 'heartbeat',
): Promise<Watched> {
  const lab = await aLab()
  const fine = await lookBeside(lab, 'babilon', url, plan)
  expect(fine.verdict, 'before the switch').toMatchObject({ outcome: 'ok', reached: 'yes' })
  flip(lab)
  const first = await lookBeside(lab, 'babilon', url, plan)
  const second = await lookBeside(lab, 'babilon', url, plan)
  const [elsewhere, neighbour] = await Promise.all([
    verdictOn(lab, 'tcell', url, plan),
    verdictOn(lab, 'babilon', 'https://www.youtube.com/', plan),
  ])
  return {
    verdict: first.verdict,
    again: second.verdict,
    elsewhere,
    neighbour,
    ...unfold(fine, [first, second], [{ target: ENDPOINT, plan }]),
  }
}

const FULL_MS = 300_000

/**
 * The same at the shipped pace: heartbeats that stop at TLS every 30 s, pages every five minutes, the first three seconds before a
 * heartbeat. The pages are measured first to last, the last again and again.
 */
export async function watchAtShippedPace(
  url: string,
  flip: (lab: Lab) => void,
  pages = 3,
): Promise<Pick<Watched, 'verdict' | 'again' | 'changes' | 'openedMs' | 'blockedMs'>> {
  const lab = await aLab()
  const fine = await lookBeside(lab, 'babilon', url, 'full')
  expect(fine.verdict, 'before the switch').toMatchObject({ outcome: 'ok', reached: 'yes' })
  flip(lab)
  const cut: Beside[] = []
  for (let n = 0; n < pages; n++) cut.push(await lookBeside(lab, 'babilon', url, 'full'))
  const heartbeat = await lookBeside(lab, 'babilon', url, 'heartbeat')
  expect(heartbeat.verdict).toMatchObject({ outcome: 'ok', rule: 'verified_tls_handshake' })
  const turns: Turn[] = [
    { target: ENDPOINT, plan: 'heartbeat', every: { afterMs: 3_000, ms: HEARTBEAT_MS } },
    { target: ENDPOINT, plan: 'full', every: { afterMs: 0, ms: FULL_MS } },
  ]
  const told = unfold(fine, cut, turns, 1_000, heartbeat)
  return { verdict: cut[0]!.verdict, again: cut[1]!.verdict, ...told }
}

const ENDPOINT: WatchedEndpoint = { id: 'service/www', service: 'service', role: 'primary' }
const CANARIES = [
  { id: 'canary/a', group: 'international' },
  { id: 'canary/b', group: 'international' },
  { id: 'canary/c', group: 'domestic' },
] as const
const WATCH: Watch = {
  services: [{ id: 'service', endpoints: [{ id: ENDPOINT.id, role: ENDPOINT.role }] }],
  vantages: [{ id: 'babilon', country: 'TJ' }],
  canaries: CANARIES,
  roundMs: HEARTBEAT_MS,
}

/**
 * Half an hour of fine measurements, then those made after the switch in turn, whenever the watchkeeper asks.
 *
 * @param heartbeat what one meets, before and after; `null` = what a page meets
 */
function unfold(
  fine: Beside,
  after: readonly Beside[],
  turns: readonly Turn[],
  roundMs = HEARTBEAT_MS,
  heartbeat: Beside | null = null,
) {
  const switchedAt = Date.UTC(2015, 4, 28, 9)
  let n = 0
  const meet = ({ purpose, plan }: ProbeCommand, at: number): Met => {
    if (heartbeat !== null && plan === 'heartbeat' && purpose !== 'canary')
      return { measurement: heartbeat.here, tookMs: 100 }
    const now = at < switchedAt ? fine : after[n % after.length]!
    if (purpose === 'canary') return { measurement: fine.control, tookMs: 50 }
    if (purpose === 'control') return { measurement: now.control, tookMs: 100 }
    if (at >= switchedAt) n += 1
    return { measurement: now.here, tookMs: hasTimedOut(now.verdict) ? DEFAULT_TIMEOUT_MS : 100 }
  }
  const { changes } = tell({
    watching: {
      watchAt: () => WATCH,
      endpoints: new Map([[ENDPOINT.id, ENDPOINT]]),
      canaries: new Map(CANARIES.map((canary) => [canary.id, canary])),
      controls: ['outside'],
      settings: DEFAULTS,
      confirmAfterMs: CONFIRM_AFTER_MS,
      suspectAfterMs: SUSPECT_AFTER_MS,
      timeAgainAfterMs: 0,
      diagnose: null,
      incidents: null,
    },
    vantage: 'babilon',
    turns: [
      ...CANARIES.map((target) => ({
        target,
        plan: 'heartbeat' as const,
        every: { afterMs: 0, ms: HEARTBEAT_MS },
      })),
      ...turns,
    ],
    roundMs,
    fromAt: switchedAt - 1_800_000,
    untilAt: switchedAt + 3_600_000,
    meet,
  })
  const when = (fits: (change: OutageChange) => boolean) => {
    const at = changes.find(fits)?.at
    return at === undefined ? null : at - switchedAt
  }
  return {
    changes,
    openedMs: when(({ kind }) => kind === 'opened'),
    blockedMs: when(({ outage }) => outage.cause === 'blocked'),
  }
}

/** Nothing came, or not all of it did. */
function hasTimedOut({ silent, failure }: Verdict): boolean {
  return silent || failure === 'generic_timeout_error'
}

/** A block that answers: named by each measurement, open and `blocked` within five seconds of the first, and nobody else touched. */
export function expectQuickBlock(
  watched: Watched,
  mechanism: Verdict['mechanism'],
  outcomes: Verdict['outcome'][] = ['anomaly', 'confirmed'],
): void {
  for (const verdict of [watched.verdict, watched.again]) {
    expect(verdict).toMatchObject({ reached: 'no', mechanism })
    expect(outcomes).toContain(verdict.outcome)
  }
  expectUntouched(watched)
  expect(watched.changes.at(-1)?.outage).toMatchObject({ cause: 'blocked', mechanism })
  expect(watched.openedMs).toBeLessThanOrEqual(5_100)
  expect(watched.blockedMs).toBeLessThanOrEqual(5_100)
}

/** A block that is silent, or that faults resemble: open soon after the timeouts, `blocked` within ten minutes. */
export function expectSlowBlock(watched: Watched, mechanism: Verdict['mechanism']): void {
  for (const verdict of [watched.verdict, watched.again])
    expect(verdict).toMatchObject({ reached: 'no', outcome: 'anomaly', mechanism })
  expectUntouched(watched)
  expect(watched.changes[0]?.outage).toMatchObject({ cause: 'unreachable' })
  expect(watched.changes.at(-1)?.outage).toMatchObject({ cause: 'blocked', mechanism })
  // Silence is doubtful only after a while, and the confirmations come after that.
  expect(watched.openedMs).toBeLessThanOrEqual(SUSPECT_AFTER_MS + 5_100 + DEFAULT_TIMEOUT_MS)
  expect(watched.blockedMs).toBeLessThanOrEqual(600_000 + DEFAULT_TIMEOUT_MS)
}

function expectUntouched({ elsewhere, neighbour }: Watched): void {
  expect(elsewhere).toMatchObject({ outcome: 'ok', reached: 'yes' })
  expect(neighbour).toMatchObject({ outcome: 'ok', reached: 'yes' })
}
