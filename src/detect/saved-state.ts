/**
 * saved-state: the state of a vantage as text and back.
 *
 *     VantageState ─► saveState ─► JSON text with a version ─► loadState ─► VantageState as this version knows it
 *
 * To change a shape of state.ts: raise `VERSION`, and teach `loadState` what to make of the old one.
 */
import { AppError } from '../model/error.ts'
import { newCauseEvidence, newIntermittentBlock, newLine, NO_HTTP } from './new-state.ts'
import type {
  CanaryState,
  CauseEvidence,
  EndpointState,
  IntermittentBlock,
  ServiceState,
  VantageState,
} from './state.ts'

/** Of what is saved. 1 had no number in it; 2 knew of a canary only whether it had answered, and of no strays, families or addresses. */
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
  return upgraded(state as Earlier)
}

/** As 1 and 2 saved it. */
type Earlier = Omit<
  VantageState,
  | 'canaries'
  | 'line'
  | 'speeds'
  | 'quic'
  | 'groundlessAt'
  | 'strays'
  | 'families'
  | 'served'
  | 'cuts'
  | 'services'
  | 'endpoints'
> &
  Partial<Pick<VantageState, 'line' | 'speeds' | 'quic'>> & {
    canaries: Record<string, Omit<CanaryState, 'answered' | 'proven' | 'needsHttp'> & { answered: boolean }>
    services: Record<string, Omit<ServiceState, 'case'> & { case: Partial<CauseEvidence> | null }>
    endpoints: Record<
      string,
      Omit<EndpointState, 'leak' | keyof typeof NO_HTTP> & { leak?: Partial<IntermittentBlock> }
    >
  }

/** 1 left out what had never been seen; 2 knew of a canary only whether it had answered; what neither knew is as new. */
function upgraded({ canaries, services, endpoints, ...rest }: Earlier): VantageState {
  return {
    line: newLine(),
    speeds: {},
    quic: {},
    ...rest,
    groundlessAt: null,
    strays: {},
    families: {},
    served: {},
    cuts: {},
    canaries: mapValues(canaries, ({ answered, ...canary }) => ({
      ...canary,
      answered: answered ? ('yes' as const) : ('no' as const),
      proven: answered,
      needsHttp: false,
    })),
    services: mapValues(services, (service) => ({
      ...service,
      case: service.case && { ...newCauseEvidence(), ...service.case },
    })),
    endpoints: mapValues(endpoints, (endpoint) => ({
      ...NO_HTTP,
      ...endpoint,
      leak: { ...newIntermittentBlock(), ...endpoint.leak },
    })),
  }
}

function mapValues<A, B>(record: Record<string, A>, change: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]))
}
