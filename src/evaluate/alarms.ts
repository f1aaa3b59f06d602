/** alarms: what a rule said, and what was really the matter, in the same shape for every rule. */
import type { Mechanism } from '../model/verdict.ts'

/** A stretch of time in which a rule held that something was wrong. Unix ms; `untilAt` `null` = to the end. */
export interface Alarm {
  readonly service: string
  readonly vantage: string
  readonly fromAt: number
  readonly untilAt: number | null
  /** as last named; `null` = the rule names none */
  readonly mechanism: Mechanism | null
}

/**
 * What was really the matter. `block`: interference. `gone`: the service could not be reached for another reason. `trouble`: looks
 * failed now and then though it could be.
 */
export interface Truth {
  readonly kind: 'block' | 'gone' | 'trouble'
  /** `null` = the whole vantage */
  readonly service: string | null
  readonly vantage: string
  readonly fromAt: number
  readonly untilAt: number
  readonly mechanism: Mechanism | null
  /** of a block: share of the measurements it hits */
  readonly share: number
  /** of a block: only endpoints the service can do without */
  readonly partial: boolean
  /** name of the fault of a line or a server; absent = none of those */
  readonly fault?: string
}

/** Everything one rule said of one trace. */
export interface RuleResult {
  readonly rule: string
  readonly alarms: readonly Alarm[]
}
