/**
 * asks: controls and canaries asked afresh, each answer shared by everything that wants it at about the same time. Pure.
 *
 * When five services fail at once, each wants a fresh control and fresh canaries; one asking serves them all. A control that
 * fails its own canaries is not asked; one that is not known yet has its canaries asked first.
 */
import type { Health } from '../model/vantage.ts'
import type { ProbeCommand, WatchedCanary, WatchedEndpoint } from './types.ts'

/** One question, and what came of it. */
export interface Ask<M> {
  /** Unix ms */
  readonly beganAt: number
  done: boolean
  /** of a control; `null` = not asked, not answered, or of a canary */
  measurement: M | null
}

interface ControlAsk<M> extends Ask<M> {
  readonly command: ProbeCommand
  /** the control's canaries, while its health is not known */
  readonly after: readonly Ask<M>[]
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
  readonly probe: (command: ProbeCommand) => void
}

export interface Asks<M> {
  /** A vantage's canaries, each asked unless it was since `notBeforeAt`. */
  readonly canaries: (vantage: string, notBeforeAt: number, at: number) => readonly Ask<M>[]
  /** The same endpoint from every control that is well, asked unless it was since `notBeforeAt`. */
  readonly controls: (question: Question, notBeforeAt: number, at: number) => readonly Ask<M>[]
  /** A probe of a canary that the schedule had its turn for. */
  readonly canaryDue: (command: ProbeCommand, at: number) => void
  /** Notes an answer, or that there will be none (`null`). */
  readonly answered: (command: ProbeCommand, measurement: M | null) => void
  /** Forgets what nobody will want any more, and what lies ahead because the clock was set back. */
  readonly forget: (at: number) => void
}

/** Nobody wants an older answer. */
const KEEP_MS = 60_000

export function createAsks<M>({ canaries, controls, health, probe }: AskParts): Asks<M> {
  /** the last ask of each canary, by vantage */
  const ofCanaries = new Map<string, Map<string, Ask<M>>>()
  const ofControls = new Map<string, ControlAsk<M>>()
  const underWay = new Map<ProbeCommand, Ask<M>>()
  /** controls whose health is being asked for first */
  const waiting = new Set<ControlAsk<M>>()

  function begin(command: ProbeCommand, ask: Ask<M>): void {
    underWay.set(command, ask)
    probe(command)
  }

  function canaryDue(command: ProbeCommand, at: number): void {
    const ask: Ask<M> = { beganAt: at, done: false, measurement: null }
    let known = ofCanaries.get(command.vantage)
    if (known === undefined) ofCanaries.set(command.vantage, (known = new Map()))
    known.set(command.target.id, ask)
    begin(command, ask)
  }

  function freshCanaries(vantage: string, notBeforeAt: number, at: number): readonly Ask<M>[] {
    return [...canaries()].map((canary) => {
      const last = ofCanaries.get(vantage)?.get(canary.id)
      if (last !== undefined && last.beganAt >= notBeforeAt && last.beganAt <= at) return last
      canaryDue(canaryProbe(vantage, canary), at)
      return ofCanaries.get(vantage)!.get(canary.id)!
    })
  }

  function askControl(control: string, question: Question, notBeforeAt: number, at: number): Ask<M> {
    const { endpoint, plan, addresses } = question
    const key = [control, endpoint.id, plan, ...addresses.toSorted()].join(' ')
    const last = ofControls.get(key)
    if (last !== undefined && last.beganAt >= notBeforeAt && last.beganAt <= at) return last
    const after = health(control) === 'unknown' ? freshCanaries(control, notBeforeAt, at) : []
    const command = controlProbe(control, question)
    const ask: ControlAsk<M> = { beganAt: at, done: false, measurement: null, command, after }
    ofControls.set(key, ask)
    goOn(ask)
    return ask
  }

  /** Asks once the canaries have said how the control is; one that is not well is not asked. */
  function goOn(ask: ControlAsk<M>): void {
    if (ask.after.some(({ done }) => !done)) {
      waiting.add(ask)
      return
    }
    waiting.delete(ask)
    if (health(ask.command.vantage) === 'online') begin(ask.command, ask)
    else ask.done = true
  }

  return {
    canaries: freshCanaries,
    controls: (question, notBeforeAt, at) =>
      controls().map((control) => askControl(control, question, notBeforeAt, at)),
    canaryDue,
    answered(command, measurement) {
      const ask = underWay.get(command)
      if (ask === undefined) return
      underWay.delete(command)
      ask.done = true
      ask.measurement = command.purpose === 'control' ? measurement : null
      for (const controlAsk of waiting) goOn(controlAsk)
    },
    forget(at) {
      for (const [key, { beganAt }] of ofControls)
        if (beganAt > at || beganAt < at - KEEP_MS) ofControls.delete(key)
    },
  }
}

/** The probe that asks a canary of a vantage. */
export function canaryProbe(vantage: string, target: WatchedCanary): ProbeCommand {
  const how = { plan: 'heartbeat', purpose: 'canary', extraAddresses: [], overdueAfterMs: null } as const
  return { kind: 'probe', vantage, target, ...how }
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
