/**
 * steps: what one event brought about, as commands. An outage, the incidents it regroups and the states it changes are one step,
 * saved before anybody hears of it. Pure.
 */
import type { VantageState } from '../detect/state.ts'
import type { RankedIncident } from '../model/correlation.ts'
import type { OutageChange, ServiceStatus } from '../model/outage.ts'
import type { Incidents } from './incidents.ts'
import type { StateNotes } from './states.ts'
import type { Command, Step } from './types.ts'

export interface StepParts<M> {
  readonly emit: (command: Command<M>) => void
  readonly status: (at: number) => readonly ServiceStatus[]
  readonly note: StateNotes
  /** `null`: outages are not grouped */
  readonly incidents: Incidents | null
  readonly vantage: (id: string) => VantageState | undefined
  /** the state of a vantage as it is saved; `null` = nobody goes on from it */
  readonly save: ((state: VantageState) => string) | null
}

/** What a step is made of, beside what it brought about. */
export type Occurrence<M> = Pick<
  Step<M>,
  'measurement' | 'service' | 'verdict' | 'controls' | 'rates' | 'answered' | 'tickAt'
>

export const TIME_PASSED: Occurrence<never> = {
  measurement: null,
  service: null,
  verdict: null,
  controls: [],
  rates: null,
  answered: null,
  tickAt: null,
}

/** @returns emits the step, and after it each change it holds */
export function createSteps<M>(parts: StepParts<M>) {
  const { emit, status, note, incidents, save } = parts

  return function step(
    what: Occurrence<M>,
    moved: string | null,
    changes: readonly OutageChange[],
    at: number,
  ): void {
    const isQuiet = changes.length === 0
    const states = isQuiet && what.measurement !== null ? [] : note(status(at), at)
    if (isQuiet && states.length === 0 && what.measurement === null && moved === null) return
    const regrouped = isQuiet || incidents === null ? null : incidents.regroup(changes.map(outageOf), at)
    const state = moved === null || save === null ? undefined : parts.vantage(moved)
    emit({
      kind: 'save',
      step: {
        ...what,
        changes,
        incidents: regrouped?.grouped ?? null,
        states,
        detector: state === undefined ? null : { vantage: moved!, state: save!(state) },
      },
    })
    changes.forEach((change, i) => {
      // What one step opened is told with the last of its changes: only then is all of it at hand.
      const opened: readonly RankedIncident[] = i === changes.length - 1 ? (regrouped?.opened ?? []) : []
      emit({ kind: 'changed', change, opened })
    })
  }
}

function outageOf({ outage }: OutageChange): OutageChange['outage'] {
  return outage
}
