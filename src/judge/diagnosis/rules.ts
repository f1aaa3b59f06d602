/** What a diagnosis means as a verdict: one rule for each thing a failure can follow. It never says whether the service is reached. */
import type { Follows } from '../../model/finding.ts'
import type { Health } from '../../model/vantage.ts'
import { layerOf, type Verdict } from '../../model/verdict.ts'
import { WEIGHTS } from '../weights.ts'
import type { Compared } from './find.ts'

/** Stored and public: a rule that changes its meaning gets a new id. */
export const DIAGNOSED_RULES = {
  name: 'diagnosed_by_name',
  'host-header': 'diagnosed_by_host_header',
  address: 'diagnosed_by_address',
  resolver: 'diagnosed_lying_resolver',
  'resolver-failure': 'diagnosed_resolver_fails_for_name',
  'resolver-address': 'diagnosed_resolver_gives_dead_address',
  path: 'diagnosed_forged_on_path',
} as const satisfies Record<Follows, string>

const SAYS_NOTHING = {
  reached: 'unknown',
  outcome: 'insufficient',
  layer: null,
  mechanism: null,
  failure: null,
  weight: 0,
  silent: false,
  blocking: null,
  accessible: null,
} as const

/** @param found how far anything could be compared, and what was told apart; `null`: there were no trials */
export function verdictOn(found: Compared | null, health: Health): Verdict {
  if (health !== 'online') {
    const because = 'The vantage point itself was not known to be healthy, so its trials say nothing.'
    return { ...SAYS_NOTHING, rule: 'diagnosed_vantage_not_well', because }
  }
  const diagnosed = found?.diagnosed ?? null
  if (found?.ground === 'alike') {
    const because = 'The neutral servers fail as the service does, so it is the line that fails.'
    return { ...SAYS_NOTHING, rule: 'diagnosed_neutral_fail_alike', because, weight: WEIGHTS.failsAlike }
  }
  if (diagnosed === null) {
    const because =
      found?.asked === false
        ? 'No address of a neutral server was known, so there was nothing to compare with.'
        : 'The neutral servers did not answer, so there was nothing to compare with.'
    return { ...SAYS_NOTHING, rule: 'diagnosed_no_ground', because }
  }
  const { finding, hosts, healthy } = diagnosed
  if (finding === null && found?.nameless === true) {
    const because =
      'Its address takes connections and then falls silent, whatever name is sent: it is not the name that is filtered.'
    return { ...SAYS_NOTHING, rule: 'diagnosed_whatever_the_name', because }
  }
  if (finding === null) {
    return healthy
      ? {
          ...SAYS_NOTHING,
          outcome: 'ok',
          rule: 'diagnosed_nothing_differs',
          because: [
            'Nothing differs: every name of the service is answered wherever it is sent.',
            ...diagnosed.notes,
          ].join(' '),
        }
      : {
          ...SAYS_NOTHING,
          rule: 'diagnosed_undecided',
          because: ['No single change made a difference.', ...diagnosed.notes].join(' '),
        }
  }
  const primary = hosts.some(
    ({ role, hit, host }) => role === 'primary' && (hit === true || host === diagnosed.focus),
  )
  return {
    ...SAYS_NOTHING,
    outcome: finding.decisive ? 'confirmed' : finding.nats > 0 ? 'anomaly' : 'insufficient',
    layer: layerOf(finding.mechanism),
    mechanism: finding.mechanism,
    rule: primary ? DIAGNOSED_RULES[finding.follows] : 'diagnosed_elsewhere',
    because: primary ? finding.sentence : `${finding.sentence} The primary hosts are not affected.`,
    weight: primary ? Math.round(finding.nats * 100) / 100 : 0,
  }
}
