/** assemble: a dashboard from its sections: places every panel, numbers them, names their queries. */
import type { Builder } from '@grafana/grafana-foundation-sdk/cog'
import {
  type AnnotationQuery,
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  type GridPos,
  type Panel,
  RowBuilder,
  type RowPanel,
  TimePickerBuilder,
  type VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { TAG, UIDS, toSiblings } from './links.ts'
import type { PanelBuilder } from './basics.ts'

/** The newest form of dashboard that Grafana 11 knows; later ones bring it up to date when they load it. */
const SCHEMA_VERSION = 39
const COLUMNS = 24

type Placed = readonly [panel: PanelBuilder, width: number]

/** Panels beside each other. */
export interface Line {
  readonly height: number
  readonly panels: readonly Placed[]
}

export interface Section {
  readonly title: string
  readonly lines: readonly Line[]
}

/** One height, and for each panel its width in columns of 24. */
export function line(height: number, ...panels: Placed[]): Line {
  return { height, panels }
}

export interface Plan {
  readonly name: keyof typeof UIDS
  readonly title: string
  readonly description: string
  readonly from: string
  /** how often it asks anew; empty for never */
  readonly refresh: string
  readonly variables: readonly Builder<VariableModel>[]
  readonly annotations: readonly Builder<AnnotationQuery>[]
  readonly sections: readonly Section[]
}

/** @throws Error when a line is wider than the page */
export function assemble(plan: Plan): Dashboard {
  const dashboard = new DashboardBuilder(plan.title)
    .uid(UIDS[plan.name])
    .description(plan.description)
    .tags([TAG])
    .time({ from: plan.from, to: 'now' })
    .refresh(plan.refresh)
    .timepicker(new TimePickerBuilder().refreshIntervals(['10s', '30s', '1m', '5m', '15m', '1h']))
    .timezone('browser')
    .tooltip(DashboardCursorSync.Crosshair)
    .variables([...plan.variables])
    .annotations([...plan.annotations])
    .links([toSiblings()])
    .build()
  return {
    ...dashboard,
    schemaVersion: SCHEMA_VERSION,
    version: 1,
    panels: placed(plan),
    links: dashboard.links!.map(inSight),
    annotations: { list: dashboard.annotations.list!.map(inSight) },
    templating: { list: dashboard.templating.list!.map(ofItsKind) },
  }
}

/** The builders would put links and annotations away in a menu that only the newest Grafana has. */
function inSight<T extends { placement?: unknown }>({ placement: _menu, ...rest }: T) {
  return rest
}

/** The builders give every variable what only those of intervals have. */
function ofItsKind({ auto: _auto, auto_min: _min, auto_count: _count, ...rest }: VariableModel) {
  return rest
}

function placed({ name, sections }: Plan): (Panel | RowPanel)[] {
  const panels: (Panel | RowPanel)[] = []
  let y = 0
  for (const { title, lines } of sections) {
    const gridPos = { h: 1, w: COLUMNS, x: 0, y }
    panels.push(
      new RowBuilder(title)
        .id(panels.length + 1)
        .gridPos(gridPos)
        .collapsed(false)
        .build(),
    )
    y += 1
    for (const { height, panels: beside } of lines) {
      let x = 0
      for (const [panel, width] of beside) {
        panels.push(finished(panel, panels.length + 1, { h: height, w: width, x, y }))
        x += width
      }
      if (x > COLUMNS) throw new Error(`${name}: a line of “${title}” is ${x} columns wide`)
      y += height
    }
  }
  return panels
}

function finished(builder: PanelBuilder, id: number, gridPos: GridPos): Panel {
  const panel = builder.build()
  const targets = (panel.targets ?? []).map((target, i) => ({
    ...target,
    refId: String.fromCodePoint('A'.codePointAt(0)! + i),
  }))
  const [first] = targets as { datasource?: Panel['datasource'] }[]
  // Where a table has its footer has changed between versions, and none is wanted.
  const { footer: _footer, ...options } = panel.options as { footer?: unknown }
  return {
    ...panel,
    options,
    id,
    gridPos,
    targets,
    ...(first?.datasource && { datasource: first.datasource }),
  }
}
