import { execFile } from 'node:child_process'
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { SHIPPED } from './shipped.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const TYPES = '@grafana/schema/dist/esm/raw/composable'

/** Where Grafana publishes the options of each kind of panel. */
const KINDS: Readonly<Record<string, string>> = {
  'state-timeline': `${TYPES}/statetimeline/panelcfg/x/StateTimelinePanelCfg_types.gen`,
  timeseries: `${TYPES}/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen`,
  stat: `${TYPES}/stat/panelcfg/x/StatPanelCfg_types.gen`,
  bargauge: `${TYPES}/bargauge/panelcfg/x/BarGaugePanelCfg_types.gen`,
  heatmap: `${TYPES}/heatmap/panelcfg/x/HeatmapPanelCfg_types.gen`,
  table: `${TYPES}/table/panelcfg/x/TablePanelCfg_types.gen`,
}

/** What JSON can hold of a type: the words of an enum in place of its members, and no functions. */
const PLAIN = `
type Plain<T> = 0 extends 1 & T ? T
  : T extends string ? \`\${T}\`
  : T extends number | boolean | null | undefined ? T
  : T extends readonly (infer Item)[] ? Plain<Item>[]
  : T extends object ? { [Key in keyof T]: Plain<T[Key]> }
  : T

/** A query has what its data source wants, in annotations too. Their mappings the builders know, and these types do not. */
type Mappings = Record<string, { source: 'field' | 'text' | 'skip'; value?: string; regex?: string }>
type Annotation = AnnotationQuery<DataQuery & Record<string, unknown>> & { mappings?: Mappings }
type Annotations = { list?: Annotation[] }
type Whole = Omit<Dashboard, 'annotations'> & { annotations?: Annotations }
`

/** Type-checks a text against Grafana’s published types. @returns what the compiler says is wrong */
async function compile(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'didbon-types-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  await writeFile(join(folder, 'package.json'), '{"type":"module"}')
  await writeFile(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: { strict: true, noEmit: true, skipLibCheck: true, module: 'nodenext', types: [] },
      files: ['dashboards.ts'],
    }),
  )
  await writeFile(join(folder, 'dashboards.ts'), text)
  const tsc = join(ROOT, 'node_modules/.bin/tsc')
  return new Promise((resolve) => {
    execFile(process.execPath, [tsc, '--project', folder], (_error, said) => resolve(said))
  })
}

function source(
  dashboards: readonly { name: string; dashboard: unknown; panels: readonly object[] }[],
): string {
  const kinds = Object.entries(KINDS).map(([kind, path]) => `import type * as ${alias(kind)} from '${path}'`)
  const values = dashboards.flatMap(({ name, dashboard, panels }) => [
    `export const ${name}: Plain<Whole> = ${JSON.stringify(dashboard)}`,
    ...panels.map((panel, i) => {
      const { type, options, fieldConfig } = panel as PanelJson
      const custom = fieldConfig.defaults.custom ?? {}
      const field =
        type === 'table'
          ? 'TableFieldOptions'
          : type === 'stat' || type === 'bargauge'
            ? 'object'
            : `${alias(type)}.FieldConfig`
      return [
        `export const ${name}_options_${i}: Plain<Partial<${alias(type)}.Options>> = ${JSON.stringify(options)}`,
        `export const ${name}_custom_${i}: Plain<Partial<${field}>> = ${JSON.stringify(custom)}`,
      ].join('\n')
    }),
  ])
  return [
    `import type { AnnotationQuery, Dashboard, DataQuery, TableFieldOptions } from '@grafana/schema'`,
    ...kinds,
    PLAIN,
    ...values,
  ].join('\n')
}

interface PanelJson {
  readonly type: string
  readonly options: object
  readonly fieldConfig: { readonly defaults: { readonly custom?: object } }
}

function alias(kind: string): string {
  return `kind_${kind.replace('-', '_')}`
}

test(
  'every dashboard, and the options of every panel, are of the types Grafana publishes',
  { timeout: 60_000 },
  async () => {
    const kinds = new Set(SHIPPED.flatMap(({ panels }) => panels.map(({ type }) => type)))
    expect([...kinds].filter((kind) => KINDS[kind] === undefined)).toEqual([])
    expect(await compile(source(SHIPPED))).toBe('')
  },
)

test('what is not of them is refused', { timeout: 60_000 }, async () => {
  const [{ name, dashboard, panels }] = SHIPPED as [(typeof SHIPPED)[number]]
  const wrong = { ...dashboard, graphTooltip: 7, refresh: 30 }
  const said = await compile(
    source([{ name, dashboard: wrong, panels: [{ ...panels[0], options: { colorMode: 'rainbow' } }] }]),
  )
  expect(said).toMatch(/graphTooltip|not assignable to type 'DashboardCursorSync/)
  expect(said).toContain('rainbow')
})
