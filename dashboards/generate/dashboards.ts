/** dashboards: all there are, and the text of the file each is kept in. */
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard'
import { assemble } from './assemble.ts'
import { history } from './history/history.ts'
import { overview } from './overview/overview.ts'
import { prober } from './prober/prober.ts'
import { service } from './service/service.ts'
import { vantages } from './vantages/vantages.ts'

export const PLANS = [overview, service, history, vantages, prober]

export interface DashboardFile {
  readonly name: string
  readonly dashboard: Dashboard
  readonly text: string
}

export function dashboardFiles(): DashboardFile[] {
  return PLANS.map((plan) => {
    const dashboard = assemble(plan)
    return { name: `${plan.name}.json`, dashboard, text: `${JSON.stringify(dashboard, null, 2)}\n` }
  })
}
