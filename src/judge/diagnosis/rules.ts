/** What a diagnosis means as a verdict: one rule for each thing a failure can follow. It never says whether the service is reached. */
import type { Diagnosed, Follows } from '../../model/finding.ts'
import type { Health } from '../../model/vantage.ts'
import { layerOf, type Verdict } from '../../model/verdict.ts'

/** Stored and public: a rule that changes its meaning gets a new id. */
export const DIAGNOSED_RULES = {
  name: 'diagnosed_by_name',
  'host-header': 'diagnosed_by_host_header',
  address: 'diagnosed_by_address',
  resolver: 'diagnosed_lying_resolver',
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

/** @param diagnosed `null`: nothing could be compared */
export function verdictOn(diagnosed: Diagnosed | null, health: Health): Verdict {
  if (health !== 'online') {
    const because = 'The vantage point itself was not known to be healthy, so its trials say nothing.'
    return { ...SAYS_NOTHING, rule: 'diagnosed_vantage_not_well', because }
  }
  if (diagnosed === null) {
    const because = 'The neutral servers did not answer, so there was nothing to compare with.'
    return { ...SAYS_NOTHING, rule: 'diagnosed_no_ground', because }
  }
  const { finding, hosts, healthy } = diagnosed
  if (finding === null) {
    return healthy
      ? {
          ...SAYS_NOTHING,
          outcome: 'ok',
          rule: 'diagnosed_nothing_differs',
          because: 'Nothing differs: every name of the service is answered wherever it is sent.',
        }
      : { ...SAYS_NOTHING, rule: 'diagnosed_undecided', because: 'No single change made a difference.' }
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
