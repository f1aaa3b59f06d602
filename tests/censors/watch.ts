/**
 * A vantage behind a censor of the lab, watched as the daemon would: the real ladder over real sockets, the real judge with a fresh
 * control, and the real detector. Only the clock between looks is simulated, so that ten minutes of silence do not take ten minutes.
 */
import { expect, onTestFinished } from 'vitest'
import { newDetector } from '../../src/detect/detector.ts'
import { foldCanary, foldLook } from '../../src/detect/fold.ts'
import { DEFAULTS, type Watch } from '../../src/detect/settings.ts'
import { judge } from '../../src/judge/judge.ts'
import { type Lab, startLab } from '../../src/lab/lab.ts'
import { CONFIRM_AFTER_MS } from '../../src/model/look-again.ts'
import type { Measurement, Plan } from '../../src/model/measurement.ts'
import type { OutageChange } from '../../src/model/outage.ts'
import type { Verdict } from '../../src/model/verdict.ts'
import { probeOnce } from '../../src/probe/ladder.ts'
import { PROBE_DEFAULTS as PROBE } from '../../src/model/probe-settings.ts'
import { vantageIn } from './vantage-in.ts'

const HEARTBEAT_MS = 30_000
/** How long each step may really take here, and what a look that times out would have taken with the default settings. */
const TIMEOUT_MS = 700
const DEFAULT_TIMEOUT_MS = 10_000

export interface Watched {
  /** of the first look after the switch, and of a second one */
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
export function look(
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
    AbortSignal.timeout(15_000),
  )
}

/** The verdict on a fresh look from one network, judged with a fresh look from the control. */
export async function verdictOn(
  lab: Lab,
  network: string,
  url: string,
  plan: Plan = 'full',
): Promise<Verdict> {
  const [here, control] = await Promise.all([look(lab, network, url, plan), look(lab, 'outside', url)])
  return judge(here, [control], 'online')
}

/**
 * Lets a service be fine from `babilon` for half an hour, flips the switch, and looks on for an hour.
 *
 * @param flip switches the censor, or the site; what it changed stays changed
 * @param plan of the looks; a heartbeat stops at TLS
 */
export async function watch(
  url: string,
  flip: (lab: Lab) => void,
  plan: Plan = 'heartbeat',
): Promise<Watched> {
  const lab = await aLab()
  const fine = await verdictOn(lab, 'babilon', url, plan)
  expect(fine, 'before the switch').toMatchObject({ outcome: 'ok', reached: 'yes' })
  flip(lab)
  const verdict = await verdictOn(lab, 'babilon', url, plan)
  const again = await verdictOn(lab, 'babilon', url, plan)
  const [elsewhere, neighbour] = await Promise.all([
    verdictOn(lab, 'tcell', url, plan),
    verdictOn(lab, 'babilon', 'https://www.youtube.com/', plan),
  ])
  return {
    verdict,
    again,
    elsewhere,
    neighbour,
    ...unfold(fine, [verdict, again], plan === 'full' || url.startsWith('http:')),
  }
}

/** Folds half an hour of fine looks, then the verdicts seen after the switch in turn, at the moments the schedule would look. */
function unfold(fine: Verdict, after: readonly Verdict[], sawHttp: boolean) {
  const detector = newDetector()
  const topology: Watch = {
    services: [{ id: 'service', endpoints: [{ id: 'service/www', role: 'primary' }] }],
    vantages: [{ id: 'babilon', country: 'TJ' }],
    canaries: [
      { id: 'canary/a', group: 'international' },
      { id: 'canary/b', group: 'international' },
      { id: 'canary/c', group: 'domestic' },
    ],
    roundMs: HEARTBEAT_MS,
  }
  const changes: OutageChange[] = []
  let n = 0
  const foldOne = (verdict: Verdict, startedAt: number) => {
    const endedAt = startedAt + (verdict.silent ? DEFAULT_TIMEOUT_MS : 100)
    for (const { id, group } of topology.canaries) {
      const canary = {
        vantage: 'babilon',
        canary: id,
        group,
        startedAt: endedAt - 50,
        endedAt,
        answered: 'yes' as const,
      }
      foldCanary(detector, canary, topology, DEFAULTS)
    }
    const { changes: brought } = foldLook(
      detector,
      {
        id: `look ${n++}`,
        service: 'service',
        endpoint: 'service/www',
        role: 'primary',
        vantage: 'babilon',
        plan: 'heartbeat',
        startedAt,
        endedAt,
        sawHttp,
        verdict,
      },
      topology,
      DEFAULTS,
    )
    changes.push(...brought)
  }
  const switchedAt = Date.UTC(2015, 4, 28, 9)
  for (let at = switchedAt - 1_800_000; at < switchedAt; at += HEARTBEAT_MS) foldOne(fine, at)
  const moments = [0, ...CONFIRM_AFTER_MS, ...Array.from({ length: 120 }, (_, i) => (i + 1) * HEARTBEAT_MS)]
  for (const [i, after_] of moments.entries()) foldOne(after[i % after.length]!, switchedAt + after_)
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

/** A block that answers: named by each look, open and `blocked` within five seconds of the first, and nobody else touched. */
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
  expect(watched.openedMs).toBeLessThanOrEqual(5_100 + DEFAULT_TIMEOUT_MS)
  expect(watched.blockedMs).toBeLessThanOrEqual(600_000 + DEFAULT_TIMEOUT_MS)
}

function expectUntouched({ elsewhere, neighbour }: Watched): void {
  expect(elsewhere).toMatchObject({ outcome: 'ok', reached: 'yes' })
  expect(neighbour).toMatchObject({ outcome: 'ok', reached: 'yes' })
}
