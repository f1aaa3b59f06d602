/**
 * strays: how often things go astray at a vantage, measured at its canaries and services in the last minutes, not assumed.
 *
 *     a failure that the next look at the same host does not repeat ─► a stray; one of many in a row is an outage of that host, and none
 *     strays elsewhere ─► the most that evidence against a service may say, and how often a control must fail too
 *
 * A box on the line that resets one connection in three does so to everything. Three resets in a row at one service say nothing then:
 * Fisher's exact test of its failures against those of all others does. As each look could have been the first of such a row, at each of
 * the services, by each of two tests, the log of their number is taken off. Two memories are kept and the worse believed, since a line
 * goes bad from one minute to the next; a canary that fails at this moment counts as well. Where nothing else went astray, or one look did,
 * there is no limit.
 */
import type { CanaryMeasurement, JudgedMeasurement } from '../model/judged-measurement.ts'
import { fisherNats } from '../model/statistics.ts'
import { countedCanaries } from './canaries.ts'
import type { Allowed } from './cause.ts'
import { openOutage } from './detector.ts'
import type { DetectSettings, Watch } from './settings.ts'
import type { CauseEvidence, StrayCount, StrayCounts, VantageState } from './state.ts'

/** More failures in a row than this are no chance. */
const RUN_MAX = 5
/** Silence takes longer than this: the shortest step is given 4 s. */
const ANSWERED_MS = 3000
/** Looks of one service compared at most: more say the same. */
const COMPARED_MAX = 100
const DOWN_LOOKS_MAX = 20
/** Of one service: by what was answered, and by all that failed. */
const TESTS = 2

/** Counts a look at a service, in place. While it is out its failures are explained. */
export function noteServiceStray(
  vantage: VantageState,
  { service, endedAt, verdict }: JudgedMeasurement,
  settings: DetectSettings,
): void {
  if (openOutage(vantage.services[service]) !== null) return forgetRun(vantage, service)
  const cameOut = verdict.reached === 'yes' ? 'fine' : verdict.silent ? 'silent' : 'answered'
  note(countsOf(vantage, service, endedAt, settings), cameOut)
}

/** Counts a look at a canary, in place. While the line itself is out its failures are explained. */
export function noteCanaryStray(
  vantage: VantageState,
  { canary, startedAt, endedAt, answered }: CanaryMeasurement,
  settings: DetectSettings,
): void {
  if (answered === 'unknown') return
  if (answered === 'blocked' || openOutage(vantage) !== null) return forgetRun(vantage, canary)
  const cameOut = answered === 'yes' ? 'fine' : endedAt - startedAt < ANSWERED_MS ? 'answered' : 'silent'
  note(countsOf(vantage, canary, endedAt, settings), cameOut)
}

/** The counts of one host, faded up to now. */
function countsOf({ strays }: VantageState, host: string, at: number, settings: DetectSettings): StrayCounts {
  const counts = (strays[host] ??= { at, slow: newCount(), fast: newCount(), run: 0, runActive: 0 })
  counts.slow = fadedCount(counts, 'slow', at, settings)
  counts.fast = fadedCount(counts, 'fast', at, settings)
  counts.at = Math.max(counts.at, at)
  return counts
}

function newCount(): StrayCount {
  return { looks: 0, failed: 0, active: 0 }
}

function fadedCount(
  counts: StrayCounts,
  memory: 'slow' | 'fast',
  now: number,
  { strayMemoryMs, fastStrayMemoryMs }: DetectSettings,
): StrayCount {
  const memoryMs = memory === 'slow' ? strayMemoryMs : fastStrayMemoryMs
  const left = Math.exp(-Math.max(0, now - counts.at) / memoryMs)
  const { looks, failed, active } = counts[memory]
  return { looks: looks * left, failed: failed * left, active: active * left }
}

function note(counts: StrayCounts, cameOut: 'fine' | 'silent' | 'answered'): void {
  if (cameOut !== 'fine') {
    counts.run += 1
    if (cameOut === 'answered') counts.runActive += 1
    return
  }
  for (const count of [counts.slow, counts.fast]) {
    addRun(count, counts)
    count.looks += 1
  }
  counts.run = 0
  counts.runActive = 0
}

function addRun(count: StrayCount, { run, runActive }: StrayCounts): void {
  if (run > RUN_MAX) return
  count.looks += run
  count.failed += run
  count.active += runActive
}

/** No canary answers, of two or more: it is the line that is out, and not one look in so many that goes astray. */
export function isLineOut(vantage: VantageState, watch: Watch): boolean {
  const counted = countedCanaries(vantage, watch)
  return counted.length > 1 && counted.every(({ id }) => vantage.canaries[id]?.answered !== 'yes')
}

/** Takes what fails now for no strays, in place: it is the line that was out. */
export function forgetRuns(vantage: VantageState): void {
  for (const host of Object.keys(vantage.strays)) forgetRun(vantage, host)
}

function forgetRun({ strays }: VantageState, host: string): void {
  const counts = strays[host]
  if (counts !== undefined) Object.assign(counts, { run: 0, runActive: 0 })
}

/** How looks at all else came out, by the slow memory and by the fast one. Whole numbers. */
export type Strays = readonly Readonly<StrayCount>[]

/** Of the canaries that count, and of the other services that are not out: those that are, are explained. */
export function straysBeside(
  vantage: VantageState,
  service: string,
  at: number,
  watch: Watch,
  settings: DetectSettings,
): Strays {
  const canaries = countedCanaries(vantage, watch).flatMap(({ id }) => vantage.strays[id] ?? [])
  const services = watch.services.flatMap(({ id }) =>
    id === service || openOutage(vantage.services[id]) !== null ? [] : (vantage.strays[id] ?? []),
  )
  return (['slow', 'fast'] as const).map((memory) => {
    const sum = newCount()
    for (const counts of [...canaries, ...services]) {
      const { looks, failed, active } = fadedCount(counts, memory, at, settings)
      sum.looks += looks
      sum.failed += failed
      sum.active += active
    }
    for (const counts of canaries) addRun(sum, counts)
    return {
      looks: Math.round(sum.looks),
      failed: Math.round(sum.failed),
      active: Math.round(sum.active),
    }
  })
}

/** What may be said against a service where so much else goes astray. */
export function allowedBeside(
  causeEvidence: CauseEvidence,
  strays: Strays,
  services: number,
  settings: DetectSettings,
): Omit<Allowed, 'groundless'> {
  const { downLooks, strayDownChance } = settings
  const share = shareOf(strays, settings)
  const needed = share === 0 ? downLooks : Math.ceil(Math.log(strayDownChance) / Math.log(share))
  return {
    mostNats: Math.min(...strays.map((beside) => mostNats(causeEvidence, beside, services, settings))),
    downLooks: Math.max(downLooks, Math.min(DOWN_LOOKS_MAX, needed)),
  }
}

/** By what was answered, or by all that failed, whichever tells the service from the others. */
function mostNats(
  { looks, active, anomalies }: CauseEvidence,
  beside: StrayCount,
  services: number,
  { leastStrayLooks }: DetectSettings,
): number {
  if (beside.failed < leastStrayLooks) return Infinity
  const kept = Math.min(1, COMPARED_MAX / Math.max(1, looks))
  const tried = Math.round(looks * kept)
  const most = (failed: number, strays: number): number => {
    if (strays < leastStrayLooks) return failed > 0 ? Infinity : 0
    const nats = fisherNats(Math.round(failed * kept), tried, strays, beside.looks)
    return Math.max(0, nats - Math.log((tried + beside.looks) * services * TESTS))
  }
  return Math.max(most(active, beside.active), most(anomalies, beside.failed))
}

/** The settings with the share of strays that was measured, where it is more than is assumed. */
export function straying(strays: Strays, settings: DetectSettings): DetectSettings {
  const share = shareOf(strays, settings)
  const { strayChance, quietStrayChance, leakShare, quietLeakShare } = settings
  if (share <= strayChance) return settings
  return {
    ...settings,
    strayChance: Math.min(leakShare, share),
    quietStrayChance: Math.min(quietLeakShare, Math.max(quietStrayChance, share)),
  }
}

/** The share of looks elsewhere that go astray, by the memory that is worse; 0 where too few did to say so. */
export function shareOf(strays: Strays, { leastStrayLooks }: DetectSettings): number {
  return Math.max(...strays.map(({ looks, failed }) => (failed < leastStrayLooks ? 0 : failed / looks)))
}
