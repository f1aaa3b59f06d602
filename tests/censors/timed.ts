/**
 * Bytes timed behind a censor of the lab: the real transfers over real sockets, and the watchkeeper over a simulated clock (clock.ts). The service serves 1 MiB, of which 48 KiB are timed.
 */
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
import type { ProbeCommand, WatchedEndpoint } from '../../src/watch/types.ts'
import { type Met, tell } from './clock.ts'
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
    AbortSignal.timeout(120_000),
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

/** What the detector makes of these measurements, in turn, over an hour of rounds with confirmations in between. */
export function unfoldTimed(measurements: readonly Timed[]): Unfolded {
  return unfold((_hour, n) => measurements[n % measurements.length]!, 12)
}

/** The same over days, with the measurement that belongs to each hour of the day. */
export function unfoldDays(probe: (hour: number) => Timed, days: number): Unfolded {
  return unfold(probe, days * 288)
}

function unfold(probe: (hour: number, n: number) => Timed, rounds: number): Unfolded {
  const startAt = Date.UTC(2015, 4, 28, 9)
  const untilAt = startAt + (rounds + 1) * ROUND_MS
  const timed = new Map<Measurement, Timed>()
  let n = 0
  const meet = (_: ProbeCommand, at: number): Met => {
    const measurement = probe(new Date(at).getUTCHours(), n++)
    timed.set(measurement.measurement, measurement)
    return { measurement: measurement.measurement, tookMs: measurement.measurement.durationMs }
  }
  const { changes, detector } = tell({
    watching: {
      watchAt: () => WATCH,
      endpoints: new Map([[VIDEO_ENDPOINT.id, VIDEO_ENDPOINT]]),
      canaries: new Map(),
      controls: [],
      settings: DEFAULTS,
      confirmAfterMs: [],
      suspectAfterMs: Infinity,
      timeAgainAfterMs: AGAIN_MS,
      diagnose: null,
      incidents: null,
    },
    vantage: 'babilon',
    turns: [{ target: VIDEO_ENDPOINT, plan: 'throughput' }],
    roundMs: ROUND_MS,
    fromAt: startAt + ROUND_MS,
    untilAt: startAt + rounds * ROUND_MS + ROUND_MS / 2,
    meet,
    // Each was judged with its control when it was made.
    reading: (real) => ({
      judge: (measurement) => timed.get(real(measurement))!.verdict,
      rates: (measurement) => timed.get(real(measurement))!.rates,
    }),
  })
  const opened = changes.find(({ kind }) => kind === 'opened')
  return {
    changes,
    openedMs: opened === undefined ? null : opened.at - startAt,
    state: statusOf(detector, untilAt, WATCH, DEFAULTS)[0]!,
  }
}

const VIDEO_ENDPOINT: WatchedEndpoint = { id: 'youtube/video', service: 'youtube', role: 'media' }

export { aLab }
