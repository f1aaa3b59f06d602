/** vantages: the places from which is looked: are they online, when were they last heard of, and can their measurements be trusted. */
import { measuredIncidents } from '../annotations.ts'
import type { Plan } from '../assemble.ts'
import { countries, vantages as vantageVariable } from '../variables.ts'
import { HEALTH } from './health.ts'
import { NETWORKS } from './networks.ts'
import { TRUST } from './trust.ts'

export const vantages: Plan = {
  name: 'vantages',
  title: 'didbon: vantages',
  description:
    'Whether each vantage is online by its canaries, when it last gave a measurement, and how far its measurements can be trusted.',
  from: 'now-24h',
  refresh: '1m',
  variables: [countries(), vantageVariable()],
  annotations: [measuredIncidents()],
  sections: [HEALTH, NETWORKS, TRUST],
}
