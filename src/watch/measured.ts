/**
 * measured: what a measurement means. One that is fine is judged once; one that is not waits, as plain data, for controls and
 * canaries asked afresh, and is judged with them. Judged, folded and saved without a pause, so that a replay finds the detector as
 * it was. Pure.
 */
import { vantageState } from '../detect/detector.ts'
import { foldCanary, foldMeasurement } from '../detect/fold.ts'
import { canaryRoundOf, roundOf } from '../detect/settings.ts'
import type { CanaryMeasurement } from '../model/judged-measurement.ts'
import type { Verdict } from '../model/verdict.ts'
import type { Ask, CanaryPlan } from './asks.ts'
import { diagnoseCanary } from './censored-canaries.ts'
import { confirm } from './due.ts'
import { judgedMeasurement } from './judged-measurement.ts'
import { remember } from './memory.ts'
import type { Waiting } from './pending.ts'
import { endpointOf, healthFor, type Held, endpointKey } from './state.ts'
import { TIME_PASSED } from './steps.ts'
import type { Event, ProbeCommand, WatchedEndpoint } from './types.ts'

/**
 * A control asked this share of a round before the measurement that failed is fresh, 5 s at the default 30 s, unless that was before
 * anything failed: a site that has gone down since was well then. Canaries must have been asked since the measurement began: a burst
 * of loss lasts as long as a round's share, and takes both.
 */
const FRESH_SHARE = 1 / 6
/** The longest a measurement waits: a control's canaries, then the control, each as long as any probe may take. */
const WAIT_MS = 120_000

type Measured<M> = Extract<Event<M>, { kind: 'measured' }>

export function onMeasured<M>(held: Held<M>, event: Measured<M>): void {
  const { of, measurement, at } = event
  if (of.purpose === 'canary') takeCanary(held, event)
  else if (of.purpose === 'control') takeControl(held, event)
  else take(held, event)
  if (of.purpose === 'canary' || of.purpose === 'control') {
    held.asks.answered(of, measurement, at, of.purpose === 'control' ? failedAs(held, measurement) : null)
    resolve(held, at, false)
  }
}

/** No measurement will come: whatever waited for it goes on without. */
export function onLost<M>(held: Held<M>, { of, at }: Extract<Event<M>, { kind: 'lost' }>): void {
  release(held, of)
  held.asks.answered(of, null, at, null)
  resolve(held, at, false)
}

/** Judges whatever waits for nothing any more. @param late and what has waited too long: only a tick forgets stale canaries first */
export function resolve<M>(held: Held<M>, at: number, late = true): void {
  for (const { of, measurement, controls } of held.pending.take(late ? at : -Infinity)) {
    const said = controls.flatMap((ask) => ask.measurement ?? [])
    const verdict = held.reading.judge(measurement, said, healthFor(held, of))
    update(held, { of, measurement, controls: said, verdict }, at)
  }
}

function take<M>(held: Held<M>, { of, measurement: made, controls, at }: Measured<M>): void {
  const endpoint = endpointOf(of)
  if (endpoint === null) return
  const { reading } = held
  if (controls !== undefined) {
    const verdict = reading.judge(made, controls, healthFor(held, of))
    return update(held, { of, measurement: made, controls, verdict }, at)
  }
  const measurement = remembering(held, of, made)
  const alone = reading.judge(measurement, [], healthFor(held, of))
  const requested = askOthers(held, { of, measurement, endpoint, alone }, at)
  if (requested === null) return update(held, { of, measurement, controls: [], verdict: alone }, at)
  held.pending.add({ of, measurement, ...requested, deadlineAt: at + WAIT_MS })
  resolve(held, at, false)
}

function remembering<M>(
  { reading, detector }: Held<M>,
  { vantage, target }: ProbeCommand,
  measurement: M,
): M {
  const { endedAt } = reading.timing(measurement)
  const memory = remember(vantageState(detector, vantage), target.id, reading.notes(measurement), endedAt)
  return memory === null ? measurement : reading.withMemory(measurement, memory)
}

/** Asks afresh whoever can tell a fault of the vantage or of the site from one on the way. `null` = nobody need be asked. */
function askOthers<M>(
  held: Held<M>,
  about: {
    readonly of: ProbeCommand
    readonly measurement: M
    readonly endpoint: WatchedEndpoint
    readonly alone: Verdict
  },
  at: number,
): Pick<Waiting<M>, 'controls' | 'canaries'> | null {
  const { reading, asks, watch } = held
  const { of, measurement, endpoint, alone } = about
  const unfit = reading.unfit(measurement)
  if (unfit === 'other') return null
  const isFine = alone.outcome === 'ok'
  if (isFine && !reading.needsControl(measurement, alone)) return null
  const { startedAt, endedAt } = reading.timing(measurement)
  // A diagnosis takes a minute, and the vantage must have been well at its end too.
  const from = of.plan === 'diagnose' ? endedAt : startedAt
  const freshFrom = from - roundOf(watch, endpoint.service, of.vantage) * FRESH_SHARE
  const since = isFine ? freshFrom : Math.max(freshFrom, failingSince(held, of, startedAt))
  const plan = of.plan === 'throughput' ? 'throughput' : 'full'
  const addresses = plan === 'full' ? reading.addresses(measurement) : []
  const none: readonly Ask<M>[] = []
  return {
    controls: unfit === 'vantage' ? none : asks.controls({ endpoint, plan, addresses }, since, at),
    canaries: isFine ? none : asks.canaries(of.vantage, { plan: canaryPlan(alone), notBeforeAt: from }, at),
  }
}

/** A control at which the service was not reached, and how far its canaries must get; `null` = it was reached, or it says nothing. */
function failedAs<M>({ reading }: Held<M>, measurement: M): CanaryPlan | null {
  if (reading.unfit(measurement) !== null) return null
  const verdict = reading.judge(measurement, [], 'online')
  return verdict.reached === 'no' ? canaryPlan(verdict) : null
}

/** As far as what failed had got. */
function canaryPlan({ layer }: Verdict): CanaryPlan {
  return layer === 'http' ? 'full' : 'heartbeat'
}

/** When the first probe began that failed since the last that was fine. */
function failingSince<M>({ failing }: Held<M>, { vantage, target }: ProbeCommand, startedAt: number): number {
  const key = endpointKey(vantage, target.id)
  const known = failing.get(key)
  if (known !== undefined && known <= startedAt) return known
  failing.set(key, startedAt)
  return startedAt
}

interface Judged<M> {
  readonly of: ProbeCommand
  readonly measurement: M
  readonly controls: readonly M[]
  readonly verdict: Verdict
}

function update<M>(held: Held<M>, { of, measurement, controls, verdict }: Judged<M>, at: number): void {
  const { reading, detector, watch, watching } = held
  const endpoint = endpointOf(of)!
  const timing = reading.timing(measurement)
  held.newestAt = Math.max(held.newestAt, timing.endedAt)
  const rates = reading.rates(measurement, controls)
  if (verdict.reached === 'yes') {
    noteFine(held, of, reading.reachedMs(measurement))
    if (held.failing.size > 0) held.failing.delete(endpointKey(of.vantage, endpoint.id))
  }
  const judged = judgedMeasurement(timing, of, endpoint, verdict, rates)
  const { changes, suspicious } = foldMeasurement(detector, judged, watch, watching.settings)
  if (held.every || changes.length > 0) {
    const { service } = endpoint
    held.step({ ...TIME_PASSED, measurement, service, verdict, controls, rates }, of.vantage, changes, at)
  }
  // Only now: what a diagnosis itself has changed asks for no other.
  release(held, of)
  for (const suspicion of suspicious) confirm(held, suspicion, at)
}

/** What a probe kept others from is free again. */
function release<M>(held: Held<M>, of: ProbeCommand): void {
  const endpoint = endpointOf(of)
  if (endpoint === null) return
  if (of.plan === 'throughput') held.timing.delete(endpointKey(of.vantage, endpoint.id))
  if (of.plan === 'diagnose') held.diagnoses.ended({ service: endpoint.service, vantage: of.vantage })
}

/** Quick to follow one that was quicker, slow to follow one that was slower: a lost packet costs a second, and is not usual. */
const SLOWER_SHARE = 1 / 8

function noteFine<M>({ usualMs }: Held<M>, { vantage, target }: ProbeCommand, tookMs: number): void {
  const known = usualMs.get(vantage)
  if (known === undefined) {
    usualMs.set(vantage, new Map([[target.id, tookMs]]))
    return
  }
  const usual = known.get(target.id) ?? tookMs
  known.set(target.id, tookMs <= usual ? tookMs : usual + (tookMs - usual) * SLOWER_SHARE)
}

function takeCanary<M>(held: Held<M>, { of, measurement, at }: Measured<M>): void {
  const canary = held.watching.canaries.get(of.target.id)
  if (canary === undefined) return keepOnly(held, measurement, at)
  const { reading, detector, watch, watching } = held
  const { startedAt, endedAt, sawHttp } = reading.timing(measurement)
  const answered = reading.answered(measurement, canary.id)
  const { vantage } = of
  held.newestAt = Math.max(held.newestAt, endedAt)
  if (answered === 'yes')
    held.canaryAddresses.set(endpointKey(vantage, canary.id), reading.addresses(measurement))
  const judged: CanaryMeasurement = {
    vantage,
    canary: canary.id,
    group: canary.group,
    startedAt,
    endedAt,
    sawHttp,
    answered,
  }
  const { changes } = foldCanary(detector, judged, watch, watching.settings)
  held.staleAt = Math.min(held.staleAt, endedAt + canaryRoundOf(watch) * watching.settings.gapRounds + 1)
  if (held.every || changes.length > 0)
    held.step({ ...TIME_PASSED, measurement, answered }, vantage, changes, at)
  if (of.plan !== 'diagnose') diagnoseCanary(held, vantage, canary, at)
}

/** Saved, and never judged by itself. */
function takeControl<M>(held: Held<M>, { of, measurement, at }: Measured<M>): void {
  const addresses = held.reading.addresses(measurement)
  if (addresses.length > 0) held.controlAddresses.set(of.target.id, addresses)
  keepOnly(held, measurement, at)
}

function keepOnly<M>(held: Held<M>, measurement: M, at: number): void {
  if (held.every) held.step({ ...TIME_PASSED, measurement }, null, [], at)
}
