/** Measurements that say nothing about the service: our own fault, or the vantage's. */
import type { Unfit } from '../../model/measurement.ts'
import type { Trouble } from '../../model/vantage.ts'
import { CANNOT_SAY, type Rule } from '../rule.ts'

/** Come first of all: what is unfit is never judged. */
export const FITNESS: readonly Rule[] = [
  unfit(
    'late_thread',
    'measured_on_late_thread',
    'The prober itself was late, so its timings cannot be trusted.',
  ),
  unfit(
    'our_error',
    'measured_with_our_error',
    'The prober itself ran into an error, so the measurement says nothing.',
  ),
  unfit(
    'vantage_unreachable',
    'vantage_unreachable',
    'The connection to or from the vantage point failed, so the service was never probed.',
  ),
  unfit('interrupted', 'measurement_interrupted', 'The measurement was stopped before it was finished.'),
  {
    ...CANNOT_SAY,
    id: 'nothing_measured',
    when: (e) => e.observations === 0,
    because: 'The measurement contains no network step at all.',
  },
]

/** Come after the rules for what was plainly reached: a failure counts only where the vantage is known to be well. */
export const HEALTH: readonly Rule[] = [
  {
    ...CANNOT_SAY,
    id: 'vantage_offline',
    when: (e) => e.health === 'offline',
    because:
      'The vantage point reached nothing at all at that time, so the failure says nothing about this service.',
  },
  {
    ...CANNOT_SAY,
    id: 'vantage_shutdown',
    when: (e) => e.health === 'shutdown',
    because:
      'The vantage point had lost the whole outside world, so the failure says nothing about this service.',
  },
  troubled(
    'no_names',
    'The resolver of the vantage point answered for no name at that time, so the failure says nothing about this service.',
  ),
  troubled(
    'no_https',
    'HTTPS did not pass on the line of the vantage point at that time, so the failure says nothing about this service.',
  ),
  troubled(
    'no_ipv4',
    'IPv4 did not pass on the line of the vantage point at that time, so the failure says nothing about this service.',
  ),
  troubled(
    'intercepted',
    'TLS was intercepted on the line of the vantage point whatever the name, so the failure says nothing about this service.',
  ),
  troubled(
    'slow',
    'The line of the vantage point was too slow at that time, so the failure says nothing about this service.',
  ),
  {
    ...CANNOT_SAY,
    id: 'vantage_health_unknown',
    when: (e) => e.health === 'unknown',
    because:
      'It is not known whether the vantage point itself was connected, so the failure cannot be judged.',
  },
  {
    ...CANNOT_SAY,
    id: 'clock_off_here',
    when: (e) => e.clockOff,
    because:
      'The certificate is outside its validity period by the clock here and within it by the server’s: our clock is wrong, and certificates cannot be checked.',
  },
  {
    ...CANNOT_SAY,
    id: 'only_ipv6_unreached',
    when: (e) => e.onlyIpv6 && e.fault?.layer !== 'dns',
    because: 'Only IPv6 addresses were tried and none connected, as happens where IPv6 does not work.',
  },
]

function troubled(trouble: Trouble, because: string): Rule {
  return { ...CANNOT_SAY, id: `vantage_${trouble}`, when: (e) => e.health === trouble, because }
}

function unfit(reason: Unfit, id: string, because: string): Rule {
  return { ...CANNOT_SAY, id, when: (e) => e.unfit === reason, because }
}
