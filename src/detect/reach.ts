/**
 * reach: can one endpoint be reached from one vantage? Wald's sequential test, measurement by measurement.
 *
 *     look ─► ln P(seen | gone) / P(seen | reachable), added up between 0 and the threshold ─► out at the top, back at the bottom
 *
 * Looks come in the order they ended, not the order they began. One that began before the newest look counted, and
 * contradicts it, tells of the past: it is set aside, and only the base rates and intermittent-block.ts learn from it. (A lost packet makes a measurement
 * last ten seconds; the measurements made meanwhile, all fine, have already answered it.) Each look answers for the steps it took:
 * one that failed at HTTP is contradicted by those that got as far, and by no heartbeat.
 */
import { type Failure, isSilence } from '../model/failure.ts'
import type { JudgedMeasurement } from '../model/judged-measurement.ts'
import { intermittentFailed, intermittentFine } from './intermittent-block.ts'
import { failureChance, fineChance, newMemory, remember } from './memory.ts'
import { reachThreshold, type DetectSettings } from './settings.ts'
import { newIntermittentBlock, NO_HTTP } from './new-state.ts'
import type { EndpointState, VantageState } from './state.ts'

/** `fine`: as ever. `failing`: counted against it. `recovering`: fine, and it was in doubt or out. `aside`: did not count. */
export type Step = 'fine' | 'failing' | 'recovering' | 'aside'

/** Failures held back at most while in doubt. */
const OUT_OF_ORDER_MAX = 20

/** The state of one endpoint, made if it is new. */
export function endpointState(vantage: VantageState, id: string, at: number): EndpointState {
  return (vantage.endpoints[id] ??= {
    score: 0,
    out: false,
    newestAt: Number.MIN_SAFE_INTEGER,
    newestFine: true,
    ...NO_HTTP,
    fineAt: null,
    failedAt: null,
    firstFailedAt: null,
    firstFineAt: null,
    outAt: null,
    needsHttp: false,
    mechanism: null,
    leak: newIntermittentBlock(),
    memory: newMemory(at),
    httpMemory: newMemory(at),
    aside: [],
  })
}

/** Drops what is said against it, in place; what was learned of its path stays. */
function clearDoubt(state: EndpointState): void {
  state.score = 0
  state.out = false
  state.outAt = null
  state.firstFailedAt = null
  state.needsHttp = false
  state.mechanism = null
  state.aside = []
}

/** Drops a doubt that fine measurements have not answered, as when nobody looks any more. */
export function dropDoubt(state: EndpointState): void {
  clearDoubt(state)
  state.leak = newIntermittentBlock()
}

/**
 * Folds a measurement that says `yes` or `no` into its endpoint, in place.
 *
 * @param alone all else at the vantage is fine, and there is something else
 * @param burst chance that a burst of loss on the vantage's line took it, as it took one before, see line.ts
 */
export function foldReach(
  state: EndpointState,
  measurement: JudgedMeasurement,
  settings: DetectSettings,
  alone: boolean = false,
  burst: number = 0,
): Step {
  const fine = measurement.verdict.reached === 'yes'
  if (fine && state.needsHttp && !measurement.sawHttp) return 'aside'
  if (fine) intermittentFine(state.leak, measurement, settings)
  else intermittentFailed(state.leak, measurement, state.fineAt, alone, settings)
  if (isOvertaken(state, measurement)) {
    if (!fine && !state.out && state.leak.holds) return putOut(state, measurement)
    if (!fine && state.score === 0) learn(state, failureKey(measurement), measurement, settings)
    else if (!fine && !state.out) keepOutOfOrder(state, measurement)
    return 'aside'
  }
  noteNewest(state, measurement)
  return fine ? foldFine(state, measurement, settings) : foldFailed(state, measurement, settings, burst)
}

/** A newer look that went as far as this one says otherwise. */
function isOvertaken(state: EndpointState, { startedAt, verdict }: JudgedMeasurement): boolean {
  const fine = verdict.reached === 'yes'
  return !fine && verdict.layer === 'http'
    ? startedAt < state.newestHttpAt && state.newestHttpFine
    : startedAt < state.newestAt && fine !== state.newestFine
}

function noteNewest(state: EndpointState, { startedAt, sawHttp, verdict }: JudgedMeasurement): void {
  const fine = verdict.reached === 'yes'
  if (startedAt > state.newestAt) {
    state.newestAt = startedAt
    state.newestFine = fine
  }
  if (sawHttp && startedAt > state.newestHttpAt) {
    state.newestHttpAt = startedAt
    state.newestHttpFine = fine
  }
}

function foldFine(state: EndpointState, measurement: JudgedMeasurement, settings: DetectSettings): Step {
  state.fineAt = Math.max(state.fineAt ?? measurement.startedAt, measurement.startedAt)
  state.firstFailedAt = null
  if (state.score === 0 && !state.out) {
    learn(state, null, measurement, settings)
    return 'fine'
  }
  state.firstFineAt ??= measurement.endedAt
  state.score = Math.max(0, state.score + Math.log(settings.leakChance / fineChance(state.memory, settings)))
  if (state.score === 0 && !(state.out && state.leak.holds)) {
    // An endpoint out for no longer than a burst of loss was perhaps never gone: then its silence is base rate.
    const isShort = !state.out || measurement.endedAt - state.outAt! < settings.burstMs
    for (const key of isShort ? state.aside : []) {
      if (!state.out || isSilentKey(key)) learn(state, key, measurement, settings)
    }
    clearDoubt(state)
    learn(state, null, measurement, settings)
  }
  return 'recovering'
}

function foldFailed(
  state: EndpointState,
  measurement: JudgedMeasurement,
  settings: DetectSettings,
  burst: number,
): Step {
  const { verdict } = measurement
  const prior = isSilent(measurement) ? settings.silentChance : settings.answeredChance
  const memory = verdict.layer === 'http' ? state.httpMemory : state.memory
  const chance = failureChance(memory, failureKey(measurement), prior, settings)
  const top = reachThreshold(settings)

  state.failedAt = Math.max(state.failedAt ?? measurement.startedAt, measurement.startedAt)
  state.firstFailedAt ??= measurement.endedAt
  state.firstFineAt = null
  state.mechanism = verdict.mechanism
  if (verdict.layer === 'http') state.needsHttp = true
  keepOutOfOrder(state, measurement)
  state.score = Math.min(
    top,
    state.score + Math.max(0, Math.log((1 - settings.leakChance) / Math.max(chance, burst))),
  )
  if (!state.out && (state.score >= top || state.leak.holds)) putOut(state, measurement)
  return 'failing'
}

function putOut(state: EndpointState, measurement: JudgedMeasurement): Step {
  state.out = true
  state.outAt = measurement.endedAt
  state.mechanism = measurement.verdict.mechanism
  return 'failing'
}

/** How often looks at this endpoint were seen to fail this way though it could be reached; 0 where never. */
export function backgroundFailureRateOf(
  state: EndpointState,
  measurement: JudgedMeasurement,
  settings: DetectSettings,
): number {
  const memory = measurement.verdict.layer === 'http' ? state.httpMemory : state.memory
  return failureChance(memory, failureKey(measurement), 0, settings)
}

function keepOutOfOrder(state: EndpointState, measurement: JudgedMeasurement): void {
  if (state.aside.length < OUT_OF_ORDER_MAX) state.aside.push(failureKey(measurement))
}

function learn(
  state: EndpointState,
  key: string | null,
  measurement: JudgedMeasurement,
  settings: DetectSettings,
): void {
  const http = key?.startsWith('http ') ?? false
  if (!http) remember(state.memory, key, measurement.endedAt, settings)
  if (http || (measurement.sawHttp && key === null))
    remember(state.httpMemory, key, measurement.endedAt, settings)
}

/** What makes two failures the same for the base rates. Those of HTTP stand apart: most measurements never get that far. */
function failureKey({ verdict }: JudgedMeasurement): string {
  const failure = verdict.failure?.split(':', 1)[0] ?? verdict.mechanism ?? 'other'
  return verdict.layer === 'http' ? `http ${failure}` : failure
}

/** Failures a lossy path or a tired resolver causes by itself: nothing came back, or the resolver gave up. */
function isSilent(measurement: JudgedMeasurement): boolean {
  return measurement.verdict.silent || isSilentKey(failureKey(measurement))
}

function isSilentKey(key: string): boolean {
  const failure = key.startsWith('http ') ? key.slice(5) : key
  return isSilence(failure as Failure) || RESOLVER_SILENCES.has(failure)
}

const RESOLVER_SILENCES: ReadonlySet<string> = new Set(['dns_servfail_error', 'dns_temporary_failure'])
