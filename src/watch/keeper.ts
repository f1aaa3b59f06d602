/**
 * The watchkeeper: events in, commands out. It decides what is probed next and what comes of each measurement. No clock, no socket,
 * no disk: the daemon, a replay, the simulation, `didbon probe` and the tests of censors all drive this one.
 *
 *     due ─────► probe
 *     measured ─► judge ─► reached ──────────────────────────────► fold ─► save ─► changed
 *                   └─ not: ask controls and canaries afresh, wait, judge again ─┘ └─► doubtful: probe again soon
 *     overdue ──► probe again soon
 *     tick ─────► what has come due, and what time alone has changed
 *
 * Nothing that failed is judged alone: a fault of the vantage, or of the site itself, is ruled out first.
 */
import { blockedCanaries } from '../detect/canaries.ts'
import { openOutage, openServiceOutages } from '../detect/detector.ts'
import type { Detector, VantageState } from '../detect/state.ts'
import type { Watch } from '../detect/settings.ts'
import { statusOf } from '../detect/status.ts'
import { type ServiceSpeed, speedsOf } from '../detect/throttled.ts'
import type { RankedIncident } from '../model/correlation.ts'
import type { MeasuredIncident } from '../model/incident.ts'
import type { Outage, ServiceStatus } from '../model/outage.ts'
import type { Health } from '../model/vantage.ts'
import { createAsks } from './asks.ts'
import { createConfirmations } from './confirmations.ts'
import { createDiagnoses } from './diagnoses.ts'
import { onDue, onOverdue } from './due.ts'
import { createIncidents, type OutageInIncident } from './incidents.ts'
import { onLost, onMeasured } from './measured.ts'
import { nextWakeAt, onTick } from './passing.ts'
import { createPending } from './pending.ts'
import { endpointKey, health, type Held } from './state.ts'
import { createStateNotes, type LeftStanding } from './states.ts'
import { createSteps, TIME_PASSED } from './steps.ts'
import type { Command, Event, Reading, Watching } from './types.ts'

export interface WatchkeeperOptions<M> {
  readonly watching: Watching
  readonly reading: Reading<M>
  /** where an earlier run stood; advanced in place */
  readonly detector: Detector
  /** outages that are open or lately were, and the incidents they are in */
  readonly recent?: { readonly outages: readonly Outage[]; readonly incidents: readonly MeasuredIncident[] }
  /** states that an earlier run left standing */
  readonly leftStanding?: readonly LeftStanding[]
  /** what comes in was measured long ago: nothing is asked for */
  readonly past?: boolean
  /** how the state of a vantage is saved with each step; absent = steps carry none, and only those with changes are emitted */
  readonly save?: (state: VantageState) => string
  /** whether the states of services are noted; default: yes */
  readonly notesStates?: boolean
}

export interface Watchkeeper<M> {
  /** Takes one event. Times never go back by more than a clock that is set. */
  readonly handle: (event: Event<M>) => readonly Command<M>[]
  /** Unix ms at which a `tick` is wanted at the latest; `null` = none is before another event */
  readonly nextWakeAt: () => number | null
  readonly status: (at: number) => readonly ServiceStatus[]
  readonly health: (vantage: string) => Health
  /** ids of a vantage's canaries that were proved to be blocked themselves */
  readonly blockedCanaries: (vantage: string) => readonly string[]
  /** services and their endpoints in force */
  readonly watched: () => Watch['services']
  readonly speeds: (at: number) => readonly ServiceSpeed[]
  readonly openOutages: () => readonly OutageInIncident[]
  readonly openIncidents: (at: number) => readonly RankedIncident[]
  /** what the controls last resolved for an endpoint */
  readonly controlAddresses: (endpoint: string) => readonly string[]
  /** measurements that wait for their controls */
  readonly waiting: () => number
}

const NOTHING: readonly never[] = []
/** Further back than this the clock was set; less is order that is not kept to the millisecond. */
const CLOCK_SET_MS = 1000

export function createWatchkeeper<M>(options: WatchkeeperOptions<M>): Watchkeeper<M> {
  let out: Command<M>[] | null = null
  const held = hold(options, (command) => (out ??= []).push(command))
  const { detector } = held
  return {
    handle(event) {
      out = null
      held.watch = held.watching.watchAt(event.at)
      if (event.at < held.lastAt - CLOCK_SET_MS) clockWentBack(held, held.lastAt - event.at)
      held.lastAt = event.at
      dispatch(held, event)
      return out ?? NOTHING
    },
    nextWakeAt() {
      const at = nextWakeAt(held)
      return at === Infinity ? null : at
    },
    status: (at) => statusOf(detector, at, held.watch, held.watching.settings),
    health: (vantage) => health(held, vantage),
    blockedCanaries: (vantage) => blockedCanaries(held.detector.vantages[vantage]),
    watched: () => held.watch.services,
    speeds: (at) => speedsOf(detector, at, held.watch, held.watching.settings),
    openOutages: () => held.incidents?.outages() ?? [],
    openIncidents: (at) => held.incidents?.open(at) ?? [],
    controlAddresses: (endpoint) => held.controlAddresses.get(endpoint) ?? [],
    waiting: held.pending.count,
  }
}

function dispatch<M>(held: Held<M>, event: Event<M>): void {
  switch (event.kind) {
    case 'due':
      return onDue(held, event)
    case 'measured':
      return onMeasured(held, event)
    case 'lost':
      return onLost(held, event)
    case 'overdue':
      return onOverdue(held, event)
    case 'tick':
      return onTick(held, event.at)
    case 'configured':
      held.watching = event.watching
      held.watch = event.watching.watchAt(event.at)
      // Vantages may be elsewhere now, and their outages group otherwise.
      regroup(held, event.at)
      return onTick(held, event.at)
  }
}

function regroup<M>({ incidents, emit }: Held<M>, at: number): void {
  if (incidents === null) return
  const { grouped } = incidents.regroup([], at)
  if (grouped.changes.length === 0) return
  const nothing = { changes: [], states: [], detector: null }
  emit({ kind: 'save', step: { ...TIME_PASSED, ...nothing, incidents: grouped } })
}

/** Outages of each vantage and service that are open in a detector. */
function openIn(detector: Detector): Set<string> {
  const all = Object.values(detector.vantages).flatMap((vantage) =>
    [vantage, ...Object.values(vantage.services)].flatMap((state) => openOutage(state)?.id ?? []),
  )
  return new Set(all)
}

function hold<M>(options: WatchkeeperOptions<M>, push: (command: Command<M>) => void): Held<M> {
  const { watching, reading, detector, recent, save, past = false, notesStates = true } = options
  const open = openIn(detector)
  const world = () => held.watching.incidents!
  const incidents =
    watching.incidents === null
      ? null
      : createIncidents(world, recent?.outages ?? [], recent?.incidents ?? [])
  const emit = (command: Command<M>): void => {
    if (command.kind === 'changed') {
      const { outage } = command.change
      if (outage.closedAt === null) open.add(outage.id)
      else open.delete(outage.id)
      held.changedAt = held.lastAt
      held.diagnoses.changed(command.change, held.lastAt)
    }
    push(command)
  }
  const held: Held<M> = {
    reading,
    detector,
    watching,
    watch: watching.watchAt(0),
    past,
    every: save !== undefined,
    emit,
    incidents,
    open,
    step: createSteps({
      emit,
      status: (at) => (notesStates ? statusOf(detector, at, held.watch, held.watching.settings) : []),
      note: notesStates ? createStateNotes(options.leftStanding ?? []) : () => [],
      incidents,
      vantage: (id) => detector.vantages[id],
      save: save ?? null,
    }),
    asks: createAsks({
      canaries: () => held.watching.canaries.values(),
      controls: () => held.watching.controls,
      health: (vantage) => health(held, vantage),
      addressesOf: (vantage, canary) => held.canaryAddresses.get(endpointKey(vantage, canary)) ?? [],
      probe: emit,
    }),
    pending: createPending(),
    confirmations: createConfirmations(() => held.watching.confirmAfterMs),
    diagnoses: createDiagnoses({
      times: () => held.watching.diagnose,
      open: () => openServiceOutages(detector, held.watch),
      health: (vantage) => health(held, vantage),
    }),
    usualMs: new Map(),
    failing: new Map(),
    timing: new Set(),
    controlAddresses: new Map(),
    canaryAddresses: new Map(),
    diagnosedCanaries: new Map(),
    lastAt: 0,
    tickedAt: 0,
    changedAt: 0,
    newestAt: Infinity,
    tickedWatch: null,
    staleAt: Infinity,
  }
  return held
}

function clockWentBack<M>(held: Held<M>, byMs: number): void {
  held.confirmations.shift(-byMs)
  held.pending.shift(-byMs)
}
