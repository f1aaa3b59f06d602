/**
 * Bytes timed behind a censor of the lab: the real transfers over real sockets, the real judge with a fresh control, and the real
 * detector. Only the clock between looks is simulated. The service serves 1 MiB, of which 48 KiB are timed.
 */
import { newDetector } from '../../src/detect/detector.ts'
import { foldLook, foldTick } from '../../src/detect/fold.ts'
import { DEFAULTS, type Watch } from '../../src/detect/settings.ts'
import { statusOf } from '../../src/detect/status.ts'
import { judge } from '../../src/judge/judge.ts'
import { ratesOf } from '../../src/judge/rates.ts'
import type { Lab } from '../../src/lab/lab.ts'
import type { Measurement } from '../../src/model/measurement.ts'
import type { OutageChange } from '../../src/model/outage.ts'
import type { Rates } from '../../src/model/rates.ts'
import type { Verdict } from '../../src/model/verdict.ts'
import { probeOnce } from '../../src/probe/ladder.ts'
import { PROBE_DEFAULTS as PROBE } from '../../src/model/probe-settings.ts'
import { aLab } from './watch.ts'
import { vantageIn } from './vantage-in.ts'

export const VIDEO = 'https://redirector.googlevideo.com/video'
/** A host of a service that serves too few bytes to be timed. */
export const SMALL = 'https://i.ytimg.com/'
export const NEUTRAL = [
  'https://fsn1-speed.hetzner.com/100MB.bin',
  'https://cdn.kernel.org/pub/linux/kernel/v6.x/linux-6.6.tar.xz',
]
const ROUND_MS = 300_000
const AGAIN_MS = 10_000

export function time(lab: Lab, network: string, url: string, bytes = 49_152): Promise<Measurement> {
  return probeOnce(
    {
      vantage: vantageIn(lab.network(network), lab),
      endpoint: 'youtube/video',
      url,
      plan: 'throughput',
      purpose: 'manual',
      extraAddresses: [],
      settings: { ...PROBE, lateReplyWindowMs: 50, maxLoopLagMs: 2_000, extraCa: [lab.ca] },
      transfer: { url, neutral: NEUTRAL, bytes, timeoutMs: 4_000 },
    },
    AbortSignal.timeout(60_000),
  )
}

export interface Timed {
  readonly measurement: Measurement
  readonly rates: Rates
  readonly verdict: Verdict
}

/** Bytes timed from one network, with the control’s beside them, as the pipeline has them when something is slow. */
export async function timedFrom(lab: Lab, network: string, url: string): Promise<Timed> {
  const [measurement, control] = await Promise.all([time(lab, network, url), time(lab, 'outside', url)])
  return {
    measurement,
    rates: ratesOf(measurement, [control])!,
    verdict: judge(measurement, [control], 'online'),
  }
}

const WATCH: Watch = {
  services: [{ id: 'youtube', endpoints: [{ id: 'youtube/video', role: 'media' }] }],
  vantages: [{ id: 'babilon', country: 'TJ' }],
  canaries: [],
  roundMs: 30_000,
}

export interface Unfolded {
  readonly changes: readonly OutageChange[]
  /** ms of simulated time from the first round; `null` = never */
  readonly openedMs: number | null
  readonly state: ReturnType<typeof statusOf>[number]
}

/** What the detector makes of these looks, in turn, over an hour of rounds with confirmations in between. */
export function unfoldTimed(looks: readonly Timed[]): Unfolded {
  return unfold((_hour, n) => looks[n % looks.length]!, 12)
}

/** The same over days, with the look that belongs to each hour of the day. */
export function unfoldDays(lookAt: (hour: number) => Timed, days: number): Unfolded {
  return unfold(lookAt, days * 288)
}

function unfold(lookAt: (hour: number, n: number) => Timed, rounds: number): Unfolded {
  const detector = newDetector()
  const startAt = Date.UTC(2015, 4, 28, 9)
  const changes: OutageChange[] = []
  let n = 0
  for (let round = 1; round <= rounds; round += 1) {
    let at: number | null = startAt + round * ROUND_MS
    while (at !== null) {
      foldTick(detector, at, WATCH, DEFAULTS)
      const { measurement, rates, verdict } = lookAt(new Date(at).getUTCHours(), n)
      const endedAt: number = at + Math.ceil(measurement.durationMs)
      n += 1
      const look = {
        id: `look ${n}`,
        service: 'youtube',
        endpoint: 'youtube/video',
        role: 'media',
        vantage: 'babilon',
        startedAt: at,
        endedAt,
        sawHttp: false,
        plan: 'throughput',
        verdict,
        rates,
      } as const
      const folded = foldLook(detector, look, WATCH, DEFAULTS)
      changes.push(...folded.changes)
      const [again] = folded.suspicious
      at = again?.slow === undefined ? null : endedAt + AGAIN_MS * 2 ** again.slow.again
      if (at !== null && at >= startAt + (round + 1) * ROUND_MS) at = null
    }
  }
  const opened = changes.find(({ kind }) => kind === 'opened')
  return {
    changes,
    openedMs: opened === undefined ? null : opened.at - startAt,
    state: statusOf(detector, startAt + (rounds + 1) * ROUND_MS, WATCH, DEFAULTS)[0]!,
  }
}

export { aLab }
