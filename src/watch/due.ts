/** due: what a turn of the schedule, a doubt or a diagnosis that is due makes of the detector's state: which probe, if any. Pure. */
import { needsHttp } from '../detect/status.ts'
import type { Suspicion } from '../model/judged-measurement.ts'
import type { Plan, Purpose } from '../model/measurement.ts'
import { controlProbe } from './asks.ts'
import type { Planned } from './confirmations.ts'
import type { OpenOutage } from './diagnoses.ts'
import { endpointOf, endpointsOf, type Held, isOut, endpointKey } from './state.ts'
import type { Event, ProbeCommand, WatchedEndpoint } from './types.ts'

/** A probe that takes so many times what a fine one usually takes is doubtful: a line that is always slow is not. */
const SLOWER = 3
const NO_ADDRESSES: readonly string[] = []

/** The schedule's turn. A control is asked in full; an endpoint whose bytes are being timed is not timed twice at once. */
export function onDue<M>(
  held: Held<M>,
  { at, vantage, target, plan }: Extract<Event<M>, { kind: 'due' }>,
): void {
  if (!('service' in target)) {
    const isHttpInDoubt = held.detector.vantages[vantage]?.canaries[target.id]?.needsHttp === true
    held.asks.canaryDue(vantage, target, isHttpInDoubt ? 'full' : 'heartbeat', at)
  } else if (held.watching.controls.includes(vantage))
    held.emit(controlProbe(vantage, { endpoint: target, plan: 'full', addresses: NO_ADDRESSES }))
  else probe(held, target, vantage, { plan, purpose: 'round' })
}

/** It takes strangely long: probe again soon, unless it is known to be gone. */
export function onOverdue<M>(held: Held<M>, { at, of }: Extract<Event<M>, { kind: 'overdue' }>): void {
  const endpoint = endpointOf(of)
  if (endpoint === null || isOut(held, endpoint, of.vantage)) return
  confirm(held, { service: endpoint.service, vantage: of.vantage }, at)
}

/** Plans probes of what is doubtful. */
export function confirm<M>(held: Held<M>, { service, vantage, slow, inFull }: Suspicion, at: number): void {
  if (held.past || !held.watch.vantages.some(({ id }) => id === vantage)) return
  for (const endpoint of endpointsOf(held, service)) {
    if (slow === undefined)
      held.confirmations.series(vantage, endpoint, at, inFull === true ? 'full' : 'heartbeat')
    else if (slow.endpoint === endpoint.id) {
      const afterMs = held.watching.timeAgainAfterMs * 2 ** slow.again
      held.confirmations.timeAgain(vantage, endpoint, at + afterMs)
    }
  }
}

/** A planned probe whose time has come. */
export function confirmNow<M>(held: Held<M>, { vantage, endpoint, plan }: Planned): void {
  const isWatched =
    held.watch.vantages.some(({ id }) => id === vantage) &&
    endpointsOf(held, endpoint.service).some(({ id }) => id === endpoint.id)
  if (isWatched) probe(held, endpoint, vantage, { plan, purpose: 'confirm' })
}

/** Diagnoses an outage at the primary endpoint that is out, or the first one. */
export function diagnose<M>(held: Held<M>, { service, vantage }: OpenOutage): void {
  const primaries = endpointsOf(held, service).filter(({ role }) => role === 'primary')
  const states = held.detector.vantages[vantage]?.endpoints
  const endpoint = primaries.find(({ id }) => states?.[id]?.out) ?? primaries[0]
  if (endpoint === undefined) held.diagnoses.ended({ service, vantage })
  else probe(held, endpoint, vantage, { plan: 'diagnose', purpose: 'confirm' })
}

function probe<M>(
  held: Held<M>,
  target: WatchedEndpoint,
  vantage: string,
  { plan: wanted, purpose }: { readonly plan: Plan; readonly purpose: Purpose },
): void {
  if (wanted === 'throughput') {
    const key = endpointKey(vantage, target.id)
    if (held.timing.has(key)) return
    held.timing.add(key)
  }
  // While HTTP itself is in doubt, only a probe that goes that far can say it is fine again.
  const plan = wanted === 'heartbeat' && needsHttp(held.detector, target.id, vantage) ? 'full' : wanted
  const extraAddresses = held.controlAddresses.get(target.id) ?? NO_ADDRESSES
  const isOverdueAfter =
    purpose === 'round' && plan === 'heartbeat'
      ? Math.max(
          held.watching.suspectAfterMs,
          Math.ceil(SLOWER * (held.usualMs.get(vantage)?.get(target.id) ?? 0)),
        )
      : null
  const command: ProbeCommand = {
    kind: 'probe',
    vantage,
    target,
    plan,
    purpose,
    extraAddresses,
    overdueAfterMs: isOverdueAfter,
  }
  held.emit(command)
}
