/**
 * saved-state: the state of a vantage as text and back.
 *
 *     VantageState ─► saveState ─► JSON text with a version ─► loadState ─► VantageState as this version knows it
 *
 * To change a shape of state.ts: raise `VERSION`, and teach `loadState` what to make of the old one.
 */
import { AppError } from '../model/error.ts'
import {
  type CanaryState,
  type EndpointState,
  type IntermittentBlock,
  newIntermittentBlock,
  newLine,
  type VantageState,
} from './state.ts'

/** Of what is saved. 1 had no number in it; 2 knew of a canary only whether it had answered. */
const VERSION = 3

/** The state of one vantage as text, for the store. */
export function saveState(state: VantageState): string {
  return JSON.stringify({ version: VERSION, ...state })
}

/**
 * The state of one vantage from what `saveState` of this version, or of an earlier one, made of it.
 *
 * @throws AppError `store_newer` when a later version made it: this one would misread it
 */
export function loadState(text: string): VantageState {
  const { version = 1, ...state } = JSON.parse(text) as { version?: number }
  if (version > VERSION) {
    throw new AppError(
      'store_newer',
      `The detector's state was saved by a later version of didbon (format ${version}; this one reads up to ${VERSION}). Run that version, or restore a backup made before it.`,
    )
  }
  if (version === VERSION) return state as VantageState
  return withAnswers(version < 2 ? upgraded(state as Version1) : (state as Version2))
}

type Version2 = Omit<VantageState, 'canaries'> & {
  canaries: Record<string, Omit<CanaryState, 'answered' | 'proven' | 'needsHttp'> & { answered: boolean }>
}

/** 2 knew of a canary only whether it had answered. */
function withAnswers({ canaries, ...rest }: Version2): VantageState {
  const all = Object.entries(canaries).map(([id, { answered, ...canary }]): [string, CanaryState] => [
    id,
    { ...canary, answered: answered ? 'yes' : 'no', proven: answered, needsHttp: false },
  ])
  return { ...rest, canaries: Object.fromEntries(all) }
}

type Version1 = Omit<Version2, 'line' | 'speeds' | 'quic' | 'endpoints'> &
  Partial<Pick<Version2, 'speeds' | 'quic'>> & {
    endpoints: Record<string, Omit<EndpointState, 'leak'> & { leak?: Partial<IntermittentBlock> }>
  }

/** 1 left out what had never been seen, and what the versions before it did not know. */
function upgraded({ endpoints, speeds = {}, quic = {}, ...rest }: Version1): Version2 {
  const all = Object.entries(endpoints).map(
    ([id, { leak: intermittent, ...endpoint }]): [string, EndpointState] => [
      id,
      { ...endpoint, leak: { ...newIntermittentBlock(), ...intermittent } },
    ],
  )
  return { ...rest, line: newLine(), endpoints: Object.fromEntries(all), speeds, quic }
}
