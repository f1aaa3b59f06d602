/**
 * strays: how often things go astray at a vantage, measured at its canaries and services in the last minutes, not assumed.
 *
 *     a failure that the next look at the same host does not repeat ─► a stray; one of many in a row is an outage of that host, and none
 *     strays elsewhere ─► the most that evidence against a service may say, and how often a control must fail too
 *
 * A box on the line that resets one connection in three does so to everything. Three resets in a row at one service say nothing then:
 * Fisher's exact test of its failures against those of all others does. As each look could have been the first of such a row, the
 * log of their number is taken off. Where nothing else went astray, or one look did, there is no limit.
 */
import type { CanaryMeasurement, JudgedMeasurement } from '../model/judged-measurement.ts'
import { fisherNats } from '../model/statistics.ts'
import { countedCanaries } from './canaries.ts'
import type { Allowed } from './cause.ts'
import { openOutage } from './detector.ts'
import type { DetectSettings, Watch } from './settings.ts'
import type { CauseEvidence, StrayCounts, VantageState } from './state.ts'

/** More failures in a row than this are no chance. */
const RUN_MAX = 5
/** Silence takes longer than this: the shortest step is given 4 s. */
const ANSWERED_MS = 3000
/** Looks of one service compared at most: more say the same. */
const COMPARED_MAX = 100
const DOWN_LOOKS_MAX = 20

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
function countsOf(
  { strays }: VantageState,
  host: string,
  at: number,
  { strayMemoryMs }: DetectSettings,
): StrayCounts {
  const counts = (strays[host] ??= { at, looks: 0, failed: 0, active: 0, run: 0, runActive: 0 })
  const left = leftAt(counts, at, strayMemoryMs)
  counts.at = Math.max(counts.at, at)
  counts.looks *= left
  counts.failed *= left
  counts.active *= left
  return counts
}

function note(counts: StrayCounts, cameOut: 'fine' | 'silent' | 'answered'): void {
  if (cameOut !== 'fine') {
    counts.run += 1
    if (cameOut === 'answered') counts.runActive += 1
    return
  }
  if (counts.run > 0 && counts.run <= RUN_MAX) {
    counts.failed += counts.run
    counts.active += counts.runActive
    counts.looks += counts.run
  }
  counts.run = 0
  counts.runActive = 0
  counts.looks += 1
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

function leftAt({ at }: StrayCounts, now: number, memoryMs: number): number {
  return Math.exp(-Math.max(0, now - at) / memoryMs)
}

/** How looks at all else came out lately. Whole numbers. */
export interface Strays {
  readonly looks: number
  readonly failed: number
  readonly active: number
}

/** Of the canaries that count, and of the other services that are not out: those that are, are explained. */
export function straysBeside(
  vantage: VantageState,
  service: string,
  at: number,
  watch: Watch,
  { strayMemoryMs }: DetectSettings,
): Strays {
  const sum = { looks: 0, failed: 0, active: 0 }
  const add = (host: string): void => {
    const counts = vantage.strays[host]
    if (counts === undefined) return
    const left = leftAt(counts, at, strayMemoryMs)
    sum.looks += counts.looks * left
    sum.failed += counts.failed * left
    sum.active += counts.active * left
  }
  for (const { id } of countedCanaries(vantage, watch)) add(id)
  for (const { id } of watch.services)
    if (id !== service && openOutage(vantage.services[id]) === null) add(id)
  return { looks: Math.round(sum.looks), failed: Math.round(sum.failed), active: Math.round(sum.active) }
}

/** What may be said against a service where so much else goes astray. */
export function allowedBeside(
  { looks, active, anomalies }: CauseEvidence,
  strays: Strays,
  settings: DetectSettings,
): Omit<Allowed, 'groundless'> {
  const { downLooks, strayDownChance, leastStrayLooks } = settings
  if (strays.failed < leastStrayLooks) return { mostNats: Infinity, downLooks }
  const most = (failed: number, stray: number): number => {
    if (stray < leastStrayLooks) return failed > 0 ? Infinity : 0
    const share = Math.min(1, COMPARED_MAX / looks)
    const tried = Math.round(looks * share)
    const nats = fisherNats(Math.round(failed * share), tried, stray, strays.looks)
    return Math.max(0, nats - Math.log(tried + strays.looks))
  }
  const needed = Math.ceil(Math.log(strayDownChance) / Math.log(strays.failed / strays.looks))
  return {
    mostNats: Math.max(most(active, strays.active), most(anomalies, strays.failed)),
    downLooks: Math.max(downLooks, Math.min(DOWN_LOOKS_MAX, needed)),
  }
}

/** The settings with the share of strays that was measured, where it is more than is assumed. */
export function straying({ looks, failed }: Strays, settings: DetectSettings): DetectSettings {
  const share = failed < settings.leastStrayLooks ? 0 : failed / looks
  const { strayChance, quietStrayChance, leakShare, quietLeakShare } = settings
  if (share <= strayChance) return settings
  return {
    ...settings,
    strayChance: Math.min(leakShare, share),
    quietStrayChance: Math.min(quietLeakShare, Math.max(quietStrayChance, share)),
  }
}
