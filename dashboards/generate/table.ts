/** table: rows from the API or from Prometheus, with columns in a stated order under names that people read. */
import { TableCellDisplayMode, TableCellHeight } from '@grafana/grafana-foundation-sdk/common'
import type { DataTransformerConfig, DynamicConfigValue } from '@grafana/grafana-foundation-sdk/dashboard'
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/table'
import type { ApiColumn } from './infinity.ts'
import type { CellLink } from './links.ts'
import { COLOURS, wordMappings } from './palette.ts'
import { type About, type Steps, basics, fixed, thresholds } from './basics.ts'

export interface Column {
  /** its name in the answer: a label, a selector, or `Value` */
  readonly field: string
  readonly title: string
  /** where it is not the table's */
  readonly unit?: string
  readonly decimals?: number
  /** what the API gives; left out for labels */
  readonly type?: ApiColumn['type']
  readonly width?: number
  /** colours of the words it holds */
  readonly colours?: Readonly<Record<string, string>>
  readonly links?: readonly CellLink[]
  /** colours of the numbers it holds */
  readonly steps?: Steps
  /** what an empty cell says; a dash when left out */
  readonly empty?: string
}

/** Of columns that hold moments. */
export const DATED = { type: 'timestamp', unit: 'dateTimeAsIso', width: 170 } as const

/** Columns as the API is asked for them. */
export function requestedColumns(columns: readonly Column[]): ApiColumn[] {
  return columns.map(({ field, type = 'string' }) => ({ selector: field, type }))
}

/** @param columns those shown, from the left; all others are left out */
export function table(about: About, columns: readonly Column[]): PanelBuilder {
  return filled(about, columns, [])
}

/**
 * One row for each id, from answers that have the id, and nothing else, in common.
 *
 * @param sure a field that each row of the first answer has; rows that only another answer has are left out
 */
export function merged(about: About, sure: string, columns: readonly Column[]): PanelBuilder {
  const filters = [{ fieldName: sure, config: { id: 'isNotNull', options: {} } }]
  return filled(about, columns, [
    { id: 'merge', options: {} },
    { id: 'filterByValue', options: { type: 'include', match: 'all', filters } },
  ])
}

function filled(
  about: About,
  columns: readonly Column[],
  before: readonly DataTransformerConfig[],
): PanelBuilder {
  const panel = basics(new PanelBuilder(), about)
    .colorScheme(fixed(COLOURS.grey))
    .transformations([
      ...before,
      {
        id: 'filterFieldsByName',
        options: { include: { names: columns.map(({ field }) => field) } },
      },
      {
        id: 'organize',
        options: {
          indexByName: Object.fromEntries(columns.map(({ field }, index) => [field, index])),
          renameByName: Object.fromEntries(columns.map(({ field, title }) => [field, title])),
          excludeByName: {},
        },
      },
    ])
    .cellHeight(TableCellHeight.Sm)
    .filterable(true)
  for (const column of columns) panel.overrideByName(column.title, looksOf(column))
  return panel
}

function looksOf({
  unit,
  decimals,
  width,
  colours,
  links,
  steps,
  empty = '–',
}: Column): DynamicConfigValue[] {
  return [
    // Else it would say what the panel says when it has no rows.
    { id: 'noValue', value: empty },
    ...(unit === undefined ? [] : [{ id: 'unit', value: unit }]),
    ...(decimals === undefined ? [] : [{ id: 'decimals', value: decimals }]),
    ...(width === undefined ? [] : [{ id: 'custom.width', value: width }]),
    ...(links === undefined ? [] : [{ id: 'links', value: links }]),
    ...(colours === undefined ? [] : [{ id: 'mappings', value: wordMappings(colours) }]),
    ...(steps === undefined
      ? []
      : [
          { id: 'thresholds', value: { mode: 'absolute', steps: thresholds(steps) } },
          { id: 'color', value: { mode: 'thresholds' } },
        ]),
    ...(colours === undefined && steps === undefined
      ? []
      : [{ id: 'custom.cellOptions', value: { type: TableCellDisplayMode.ColorText } }]),
  ]
}
