/** controls: whether each control reaches a service, and what the control said of measurements that failed here. */
import { Counter } from 'prom-client'
import { AGREEMENTS, type Agreement } from '../../model/verdict.ts'
import type { LiveGauge } from './live.ts'
import { type MetricRegistry, keepOnly } from './registry.ts'
import { type Watched, pairsOf } from './watched.ts'

export function controlCounts(registry: MetricRegistry) {
  const agreement = new Counter({
    name: 'didbon_control_agreement_total',
    help: 'Measurements that failed here, by the control: it reached the service, it failed too, or none was available',
    labelNames: ['service', 'vantage', 'agreement'],
    registers: [registry],
  })
  /** by control and endpoint */
  const reached = new Map<string, boolean>()

  const gauge: LiveGauge = {
    name: 'didbon_control_reached',
    help: 'Whether the last measurement by each control reached the primary endpoints of a service; absent before the first',
    labelNames: ['service', 'control'],
    read(put, { services, vantages }) {
      for (const { id: service, endpoints } of services) {
        const primary = endpoints.filter(({ role }) => role === 'primary')
        for (const { id: control } of vantages) {
          const said = primary.flatMap(({ id }) => reached.get(`${control} ${id}`) ?? [])
          if (said.length > 0) put(said.every(Boolean) ? 1 : 0, service, control)
        }
      }
    },
  }

  return {
    gauge,

    observe(control: string, endpoint: string, answer: boolean): void {
      reached.set(`${control} ${endpoint}`, answer)
    },

    compared(service: string, vantage: string, said: Agreement, watched: Watched): void {
      if (!watched.services.has(service) || !watched.probes.has(vantage)) return
      agreement.inc({ service, vantage, agreement: said })
    },

    async watch(watched: Watched): Promise<void> {
      for (const key of reached.keys()) {
        const [control, endpoint] = key.split(' ') as [string, string]
        if (!watched.controls.has(control) || !watched.roles.has(endpoint)) reached.delete(key)
      }
      await keepOnly(
        agreement,
        (vantage, service) => watched.services.has(service) && watched.probes.has(vantage),
      )
      for (const pair of pairsOf(watched)) {
        for (const each of AGREEMENTS) agreement.inc({ ...pair, agreement: each }, 0)
      }
    },
  }
}
