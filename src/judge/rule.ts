/** What a rule is. Rules are data: an ordered list, and the first that matches decides. */
import type { Mechanism, Outcome, Verdict } from '../model/verdict.ts'
import type { Evidence } from './evidence.ts'
import { WEIGHTS } from './weights.ts'

export interface Rule {
  /** stored and public for ever: a rule that changes its meaning gets a new id */
  readonly id: string
  readonly when: (evidence: Evidence) => boolean
  readonly outcome: Outcome
  readonly reached: Verdict['reached']
  readonly mechanism: Mechanism | null
  /** nats for interference against a fault; see weights.ts */
  readonly weight: number
  /** nothing came back: repeated within a minute it is one observation */
  readonly silent: boolean | ((evidence: Evidence) => boolean)
  /** what happened here and for the control, for people */
  readonly because: string
}

/** Of a rule for what fails here and not for the control. */
export const HERE_ONLY = { outcome: 'anomaly', reached: 'no', silent: false } as const

/** Of a rule for what says nothing about the service. */
export const CANNOT_SAY = {
  outcome: 'insufficient',
  reached: 'unknown',
  mechanism: null,
  weight: WEIGHTS.none,
  silent: false,
} as const
