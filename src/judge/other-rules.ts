/** other-rules: our rules with some left out or weighed otherwise, to ask what they would have said. */
import type { Verdict } from '../model/verdict.ts'
import type { Rule } from './rule.ts'
import { RULES } from './rules.ts'

/** What differs from the rules as they are, by rule id. */
export interface RuleChange {
  readonly off: readonly string[]
  /** nats */
  readonly weights: Readonly<Record<string, number>>
}

/** Ids of all rules, in order. The last one matches always and cannot be left out. */
export const RULE_IDS: readonly string[] = RULES.map(({ id }) => id)

/** The rules in their order, without those that are off, and with the weights given. */
export function rulesWith({ off, weights }: RuleChange): readonly Rule[] {
  return RULES.filter(({ id }, i) => i === RULES.length - 1 || !off.includes(id)).map((rule) => {
    const weight = weights[rule.id]
    return weight === undefined ? rule : { ...rule, weight }
  })
}

/** A verdict that was stored, with the weight its rule is given now. */
export function reweighed(verdict: Verdict, { weights }: RuleChange): Verdict {
  const weight = weights[verdict.rule]
  return weight === undefined || weight === verdict.weight ? verdict : { ...verdict, weight }
}

export const NO_CHANGE: RuleChange = { off: [], weights: {} }
