/** The dashboards as they are shipped: read from their files, taken apart. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Dashboard, Panel, RowPanel } from '@grafana/schema'

export const FOLDER = fileURLToPath(new URL('../../dashboards/', import.meta.url))
export const NAMES = ['overview', 'service', 'history', 'vantages', 'prober'] as const

export interface Shipped {
  readonly name: (typeof NAMES)[number]
  readonly text: string
  readonly dashboard: Dashboard
  /** panels, without the rows that head them */
  readonly panels: readonly Panel[]
  readonly rows: readonly RowPanel[]
}

export const SHIPPED: readonly Shipped[] = NAMES.map((name) => {
  const text = readFileSync(`${FOLDER}${name}.json`, 'utf8')
  const dashboard = JSON.parse(text) as Dashboard
  const all = dashboard.panels ?? []
  return {
    name,
    text,
    dashboard,
    panels: all.filter((panel): panel is Panel => panel.type !== 'row'),
    rows: all.filter((panel): panel is RowPanel => panel.type === 'row'),
  }
})

/** A query to Prometheus, as far as it matters here. */
export interface PromTarget {
  readonly refId: string
  readonly expr: string
  readonly instant?: boolean
  readonly format?: string
  readonly legendFormat?: string
}

/** A query to the API. */
export interface ApiTarget {
  readonly refId: string
  readonly type: 'json' | 'csv'
  readonly url: string
  readonly root_selector: string
  readonly columns: readonly { readonly selector: string; readonly text: string; readonly type: string }[]
}

export interface Query<Target> {
  /** dashboard, panel or annotation, and letter: to find it by */
  readonly where: string
  readonly target: Target
}

/** Every query of a dashboard to a data source, those of annotations included. */
export function queriesTo<Target>({ name, dashboard, panels }: Shipped, uid: string): Query<Target>[] {
  const ofPanels = panels.flatMap(({ title, targets = [] }) =>
    targets.map((target) => ({ where: `${name} / ${title} / ${String(target['refId'])}`, target })),
  )
  const ofAnnotations = (dashboard.annotations?.list ?? []).map(({ name: title, target }) => ({
    where: `${name} / ${title} (annotation)`,
    target,
  }))
  const all = [...ofPanels, ...ofAnnotations] as { where: string; target: { datasource: { uid: string } } }[]
  return all.filter(({ target }) => target.datasource.uid === uid) as unknown as Query<Target>[]
}

export interface Leaf {
  readonly path: string
  readonly key: string
  readonly value: unknown
}

/** Every value in it that is no object, with the way there. */
export function leaves(value: unknown, path = ''): Leaf[] {
  if (typeof value !== 'object' || value === null) return [{ path, key: path.split('.').at(-1)!, value }]
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, path === '' ? key : `${path}.${key}`))
}

/** Every text in it, with the way there. */
export function texts(value: unknown): { readonly path: string; readonly text: string }[] {
  return leaves(value).flatMap(({ path, value: text }) => (typeof text === 'string' ? [{ path, text }] : []))
}
