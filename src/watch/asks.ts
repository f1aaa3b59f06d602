/**
 * asks: controls and canaries asked afresh, each answer shared by everything that wants it at about the same time. Pure.
 *
 * When five services fail at once, each wants a fresh control and fresh canaries; one asking serves them all. A control that
 * fails its own canaries is not asked; one that is not known yet has its canaries asked first.
 */
import type { Plan } from '../model/measurement.ts'
import type { Health } from '../model/vantage.ts'
import type { ProbeCommand, WatchedCanary, WatchedEndpoint } from './types.ts'

/** One question, and what came of it. */
export interface Ask<M> {
  /** Unix ms */
  readonly beganAt: number
  readonly plan: Plan
  done: boolean
  /** of a control; `null` = not asked, not answered, or of a canary */
  measurement: M | null
}

interface ControlAsk<M> extends Ask<M> {
  readonly command: ProbeCommand
  /** the control's canaries: before it is asked while its health is not known, and after it has failed */
  waitsFor: readonly Ask<M>[]
  /** it failed, and is asked once more: a burst of loss at its end takes one probe, and nothing is down for that */
  again: boolean
}

export type CanaryPlan = 'heartbeat' | 'full'

/** How the canaries of a vantage are asked: as far as what failed had got, and at the earliest from then on. */
export interface Since {
  readonly plan: CanaryPlan
  /** Unix ms */
  readonly notBeforeAt: number
}

/** What a control is asked, and with which addresses. */
export interface Question {
  readonly endpoint: WatchedEndpoint
  readonly plan: 'full' | 'throughput'
  readonly addresses: readonly string[]
}

export interface AskParts {
  readonly canaries: () => Iterable<WatchedCanary>
  readonly controls: () => readonly string[]
  readonly health: (vantage: string) => Health
  /** addresses at which a canary answered a vantage before: they show the line where names are gone */
  readonly addressesOf: (vantage: string, canary: string) => readonly string[]
  readonly probe: (command: ProbeCommand) => void
}

export interface Asks<M> {
  /** A vantage's canaries, each asked unless it was since then. */
  readonly canaries: (vantage: string, since: Since, at: number) => readonly Ask<M>[]
  /** The same endpoint from every control that is well, asked unless it was since `notBeforeAt`. */
  readonly controls: (question: Question, notBeforeAt: number, at: number) => readonly Ask<M>[]
  /** A canary that the schedule has its turn for. */
  readonly canaryDue: (vantage: string, canary: WatchedCanary, plan: CanaryPlan, at: number) => void
  /**
   * Notes an answer, or that there will be none (`null`).
   *
   * @param failedAs it was a control's, and the service was not reached there: its canaries are asked so, and it once more, before that counts
   */
  readonly answered: (
    command: ProbeCommand,
    measurement: M | null,
    at: number,
    failedAs: CanaryPlan | null,
  ) => void
  /** Forgets what nobody will want any more, and what lies ahead because the clock was set back. */
  readonly forget: (at: number) => void
}

/** Nobody wants an older answer. */
const KEEP_MS = 60_000

export function createAsks<M>({ canaries, controls, health, addressesOf, probe }: AskParts): Asks<M> {
  const ofControls = new Map<string, ControlAsk<M>>()
  const underWay = new Map<ProbeCommand, Ask<M>>()
  /** controls whose health is being asked for */
  const waiting = new Set<ControlAsk<M>>()

  function begin(command: ProbeCommand, ask: Ask<M>): void {
    underWay.set(command, ask)
    probe(command)
  }

  const ofCanaries = createCanaryAsks<M>({ canaries, addressesOf, begin })

  function askControl(control: string, question: Question, notBeforeAt: number, at: number): Ask<M> {
    const { endpoint, plan, addresses } = question
    const key = [control, endpoint.id, plan, ...addresses.toSorted()].join(' ')
    const last = ofControls.get(key)
    if (last !== undefined && last.beganAt >= notBeforeAt && last.beganAt <= at) return last
    const isUnknown = health(control) === 'unknown'
    const waitsFor = isUnknown ? ofCanaries.fresh(control, { plan: 'heartbeat', notBeforeAt }, at) : []
    const command = controlProbe(control, question)
    const ask: ControlAsk<M> = {
      beganAt: at,
      plan,
      done: false,
      measurement: null,
      command,
      waitsFor,
      again: false,
    }
    ofControls.set(key, ask)
    goOn(ask)
    return ask
  }

  /** Asks once the canaries have said how the control is; one that is not well is not asked. */
  function goOn(ask: ControlAsk<M>): void {
    if (ask.waitsFor.some(({ done }) => !done)) {
      waiting.add(ask)
      return
    }
    waiting.delete(ask)
    if (health(ask.command.vantage) === 'online') begin(ask.command, ask)
    else ask.done = true
  }

  /** What it shares with the vantage, a line or a proxy, may have failed: only one whose canaries answer, and that fails again, disagrees. */
  function askAgain(ask: ControlAsk<M>, plan: CanaryPlan, at: number): void {
    ask.again = true
    ask.waitsFor = ofCanaries.fresh(ask.command.vantage, { plan, notBeforeAt: ask.beganAt }, at)
    goOn(ask)
  }

  return {
    canaries: ofCanaries.fresh,
    controls: (question, notBeforeAt, at) =>
      controls().map((control) => askControl(control, question, notBeforeAt, at)),
    canaryDue: ofCanaries.due,
    answered(command, measurement, at, failedAs) {
      const ask = underWay.get(command)
      if (ask === undefined) return
      underWay.delete(command)
      if (isOfControl(ask)) {
        if (failedAs !== null && !ask.again) return askAgain(ask, failedAs, at)
        // It failed while its canaries answered, and is fine now: whatever failed may have been the site's, and is over. That says nothing.
        ask.measurement = ask.again && failedAs === null ? null : measurement
      }
      ask.done = true
      for (const controlAsk of waiting) goOn(controlAsk)
    },
    forget(at) {
      for (const [key, { beganAt }] of ofControls)
        if (beganAt > at || beganAt < at - KEEP_MS) ofControls.delete(key)
    },
  }
}

function isOfControl<M>(ask: Ask<M>): ask is ControlAsk<M> {
  return 'again' in ask
}

interface CanaryAskParts<M> extends Pick<AskParts, 'canaries' | 'addressesOf'> {
  readonly begin: (command: ProbeCommand, ask: Ask<M>) => void
}

function createCanaryAsks<M>({ canaries, addressesOf, begin }: CanaryAskParts<M>) {
  /** the last ask of each canary, by vantage */
  const known = new Map<string, Map<string, Ask<M>>>()

  function due(vantage: string, canary: WatchedCanary, plan: CanaryPlan, at: number): Ask<M> {
    const ask: Ask<M> = { beganAt: at, plan, done: false, measurement: null }
    let here = known.get(vantage)
    if (here === undefined) known.set(vantage, (here = new Map()))
    here.set(canary.id, ask)
    begin(canaryProbe(vantage, canary, plan, addressesOf(vantage, canary.id)), ask)
    return ask
  }

  function fresh(vantage: string, { plan, notBeforeAt }: Since, at: number): readonly Ask<M>[] {
    return [...canaries()].map((canary) => {
      const last = known.get(vantage)?.get(canary.id)
      const fits = last !== undefined && (plan === 'heartbeat' || last.plan === plan)
      if (fits && last.beganAt >= notBeforeAt && last.beganAt <= at) return last
      return due(vantage, canary, plan, at)
    })
  }

  return { due, fresh }
}

function canaryProbe(
  vantage: string,
  target: WatchedCanary,
  plan: CanaryPlan,
  extraAddresses: readonly string[],
): ProbeCommand {
  return { kind: 'probe', vantage, target, plan, purpose: 'canary', extraAddresses, overdueAfterMs: null }
}

/** The probe that asks a control. */
export function controlProbe(vantage: string, { endpoint, plan, addresses }: Question): ProbeCommand {
  return {
    kind: 'probe',
    vantage,
    target: endpoint,
    plan,
    purpose: 'control',
    extraAddresses: addresses,
    overdueAfterMs: null,
  }
}
