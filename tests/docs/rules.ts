/** rules: every rule of the judge, in the order in which they are tried. */
import { RULES } from '../../src/judge/rules.ts'
import { plain } from './plain.ts'

export function ruleReference(): string {
  return RULES.map(({ id, outcome, mechanism, weight, because }, i) => {
    const facts = [outcome, mechanism, weight === 0 ? null : `${weight} nats`]
      .filter((fact) => fact !== null)
      .join(', ')
    return `${i + 1}. \`${id}\` (${facts}): ${plain(because)}`
  }).join('\n')
}
