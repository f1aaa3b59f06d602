/** diagnoses: how many were made of outages, by the mechanism they told apart (`none`: they told nothing). */
import { Counter } from 'prom-client'
import type { Measurement } from '../../model/measurement.ts'
import type { Verdict } from '../../model/verdict.ts'
import { type MetricRegistry, keepOnly } from './registry.ts'
import type { Watched } from './watched.ts'

const NONE = 'none'

export function diagnosisCounts(registry: MetricRegistry) {
  const diagnoses = new Counter({
    name: 'didbon_diagnoses_total',
    help: 'Diagnoses of outages, by the mechanism they identified; none: no mechanism was identified',
    labelNames: ['service', 'vantage', 'mechanism'] as const,
    registers: [registry],
  })
  return {
    diagnosed({ vantage }: Measurement, service: string, { mechanism }: Verdict, watched: Watched): void {
      if (!watched.services.has(service) || !watched.vantages.has(vantage)) return
      diagnoses.inc({ service, vantage, mechanism: mechanism ?? NONE })
    },
    async watch({ services, vantages }: Watched): Promise<void> {
      await keepOnly(diagnoses, (vantage, service) => services.has(service) && vantages.has(vantage))
    },
  }
}
