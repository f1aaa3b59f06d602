/** links: ways between the dashboards, and from them to the API. */
import {
  DashboardLinkBuilder,
  DashboardLinkType,
  type DashboardLink,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { API } from './sources.ts'

export const TAG = 'didbon'

export const UIDS = {
  overview: 'didbon-overview',
  service: 'didbon-service',
  history: 'didbon-history',
  vantages: 'didbon-vantages',
  prober: 'didbon-prober',
} as const

const RANGE = '${__url_time_range}'

/** A link on a value or a cell, as Grafana stores it. */
export interface CellLink {
  readonly title: string
  readonly url: string
  readonly targetBlank: boolean
}

/** To another dashboard at the same time. @param parameters of its URL, such as `var-service=…` */
export function toDashboard(title: string, name: keyof typeof UIDS, ...parameters: string[]): CellLink {
  return { title, url: `/d/${UIDS[name]}?${[RANGE, ...parameters].join('&')}`, targetBlank: false }
}

/** To another dashboard at another time. @param from Unix ms, or what stands for it */
export function toMoment(title: string, name: keyof typeof UIDS, from: string, to: string): CellLink {
  return { title, url: `/d/${UIDS[name]}?from=${from}&to=${to}`, targetBlank: false }
}

/** To an answer of the API, by way of Grafana: whoever sees the dashboard may not reach didbon itself. */
export function toApi(title: string, path: string): CellLink {
  return { title, url: `/api/datasources/proxy/uid/${API.uid}/api/v1/${path}`, targetBlank: true }
}

/** To what a cell holds. */
export function toCell(title: string): CellLink {
  return { title, url: '${__value.raw}', targetBlank: true }
}

/** Grafana keeps links on values in a shape of its own, which the builders take for that of dashboards. */
export function asDataLink(link: CellLink): { build: () => DashboardLink } {
  return { build: () => link as unknown as DashboardLink }
}

/** Links on top of a dashboard to the others, keeping time and variables. */
export function toSiblings(): DashboardLinkBuilder {
  return new DashboardLinkBuilder('didbon')
    .type(DashboardLinkType.Dashboards)
    .tags([TAG])
    .asDropdown(false)
    .includeVars(true)
    .keepTime(true)
    .targetBlank(false)
    .icon('external link')
    .tooltip('The other dashboards of didbon')
}
