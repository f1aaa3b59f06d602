/** builders: looks, canary looks and what is watched, showing only what matters to the test. */
import { newDetector } from '../../src/detect/detector.ts'
import type { Detector } from '../../src/detect/state.ts'
import { foldCanary, foldMeasurement } from '../../src/detect/fold.ts'
import { DEFAULTS, type DetectSettings, type Watch } from '../../src/detect/settings.ts'
import type {
  CanaryAnswer,
  CanaryMeasurement,
  Folded,
  JudgedMeasurement,
} from '../../src/model/judged-measurement.ts'
import type { OutageChange } from '../../src/model/outage.ts'
import type { Verdict } from '../../src/model/verdict.ts'

/** 2015-05-19T08:45:00Z */
export const T0 = Date.UTC(2015, 4, 19, 8, 45)
export const SECOND = 1000
export const MINUTE = 60 * SECOND

export const WATCH: Watch = {
  services: [
    {
      id: 'facebook',
      endpoints: [
        { id: 'facebook/www', role: 'primary' },
        { id: 'facebook/m', role: 'primary' },
        { id: 'facebook/static', role: 'asset' },
      ],
    },
    { id: 'youtube', endpoints: [{ id: 'youtube/www', role: 'primary' }] },
    { id: 'asia-plus', endpoints: [{ id: 'asia-plus/www', role: 'primary' }] },
  ],
  vantages: [
    { id: 'babilon', country: 'TJ' },
    { id: 'tcell', country: 'TJ' },
    { id: 'megafon', country: 'TJ' },
    { id: 'elsewhere', country: 'KG' },
  ],
  canaries: [
    { id: 'canary/a', group: 'international' },
    { id: 'canary/b', group: 'international' },
    { id: 'canary/c', group: 'international' },
    { id: 'canary/home', group: 'domestic' },
  ],
  roundMs: 30 * SECOND,
}

/** The same without canaries: every vantage counts as online. */
export const TRUSTED: Watch = { ...WATCH, canaries: [] }

const FINE: Verdict = {
  reached: 'yes',
  outcome: 'ok',
  layer: null,
  mechanism: null,
  rule: 'fine',
  because: 'fine',
  failure: null,
  weight: 0,
  silent: false,
  blocking: false,
  accessible: true,
}

export const fine: Partial<Verdict> = FINE
/** reset right after the ClientHello, fine for the control */
export const reset: Partial<Verdict> = {
  reached: 'no',
  outcome: 'anomaly',
  layer: 'tls',
  mechanism: 'tls.sni-reset',
  failure: 'connection_reset',
  weight: 5,
}
/** nothing comes back, fine for the control */
export const silent: Partial<Verdict> = {
  reached: 'no',
  outcome: 'anomaly',
  layer: 'tcp',
  mechanism: 'tcp.timeout',
  failure: 'generic_timeout_error',
  weight: 0.7,
  silent: true,
}
/** nothing comes back, for the control neither */
export const down: Partial<Verdict> = { ...silent, outcome: 'down', weight: -4 }
/** nothing comes back, and no control to ask */
export const unjudged: Partial<Verdict> = { ...silent, outcome: 'insufficient', weight: 0 }
/** a block page, seen only over HTTP */
export const blockpage: Partial<Verdict> = {
  reached: 'no',
  outcome: 'confirmed',
  layer: 'http',
  mechanism: 'http.blockpage',
  weight: 5,
}
export const cannotSay: Partial<Verdict> = { reached: 'unknown', outcome: 'insufficient' }

let made = 0

/** One look of 200 ms, ten seconds when silent, from babilon at facebook's first endpoint unless told otherwise. */
export function aJudgedMeasurement(
  verdict: Partial<Verdict>,
  startedAt: number,
  more: Partial<JudgedMeasurement> = {},
): JudgedMeasurement {
  const endpoint = more.endpoint ?? 'facebook/www'
  made += 1
  return {
    id: `m${made}`,
    service: endpoint.split('/', 1)[0]!,
    endpoint,
    role: WATCH.services.flatMap((s) => s.endpoints).find(({ id }) => id === endpoint)?.role ?? 'primary',
    vantage: 'babilon',
    plan: more.rates === undefined ? 'heartbeat' : 'throughput',
    startedAt,
    endedAt: startedAt + (verdict.silent ? 10 * SECOND : 200),
    sawHttp: false,
    verdict: { ...FINE, ...verdict },
    ...more,
  }
}

export function aCanaryMeasurement(
  answered: CanaryAnswer,
  startedAt: number,
  more: Partial<CanaryMeasurement> = {},
): CanaryMeasurement {
  const canary = more.canary ?? 'canary/a'
  const group = WATCH.canaries.find(({ id }) => id === canary)?.group ?? 'international'
  return {
    vantage: 'babilon',
    canary,
    group,
    startedAt,
    endedAt: startedAt + 100,
    sawHttp: false,
    answered,
    ...more,
  }
}

/** A detector and short ways to feed it; everything it says is kept in `changes`. */
export interface DetectorHarness {
  readonly detector: Detector
  readonly changes: OutageChange[]
  readonly settings: DetectSettings
  readonly measure: (
    verdict: Partial<Verdict>,
    startedAt: number,
    more?: Partial<JudgedMeasurement>,
  ) => Folded
  /** fine looks at one endpoint every 30 s, the last one at `untilAt` */
  readonly wellUntil: (untilAt: number, more?: Partial<JudgedMeasurement>, count?: number) => void
  /** one measurement of every canary: `yes`, `no`, or by id */
  readonly sweep: (startedAt: number, said: CanaryAnswer | Record<string, CanaryAnswer>) => Folded[]
}

export function createHarness(watch: Watch = TRUSTED, settings: DetectSettings = DEFAULTS): DetectorHarness {
  const detector = newDetector()
  const changes: OutageChange[] = []
  const kept = (folded: Folded): Folded => {
    changes.push(...folded.changes)
    return folded
  }
  const measureOnce: DetectorHarness['measure'] = (verdict, startedAt, more) =>
    kept(foldMeasurement(detector, aJudgedMeasurement(verdict, startedAt, more), watch, settings))
  return {
    detector,
    changes,
    settings,
    measure: measureOnce,
    wellUntil(untilAt, more, count = 60) {
      for (let n = count - 1; n >= 0; n--) measureOnce(fine, untilAt - n * 30 * SECOND, more)
    },
    sweep: (startedAt, said) =>
      watch.canaries.map(({ id: canary, group }) => {
        const answered = typeof said === 'string' ? said : (said[canary] ?? 'yes')
        return kept(
          foldCanary(detector, aCanaryMeasurement(answered, startedAt, { canary, group }), watch, settings),
        )
      }),
  }
}

/** The kinds and causes of changes, in order: `opened blocked`. */
export function story(changes: readonly OutageChange[]): string[] {
  return changes.map(({ kind, outage }) => `${kind} ${outage.cause}`)
}
