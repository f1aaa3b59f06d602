import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { STATE_CODES } from '../../dashboards/generate/palette.ts'
import { needs } from '../chain/programs.ts'
import { rowsOf } from '../dashboards/answers.ts'
import { type Variables, inPromQL, inText } from '../dashboards/interpolate.ts'
import {
  type ApiTarget,
  type PromTarget,
  SHIPPED,
  type Shipped,
  queriesTo,
  texts,
} from '../dashboards/shipped.ts'
import { SCRAPE_S, type Watched, watchDemo } from './demo-watched.ts'

const [OK, BLOCKED] = ['ok', 'blocked'].map(
  (word) => STATE_CODES.find((stateCode) => stateCode.word === word)!.code,
) as [number, number]

/** What lasts has no end yet. */
const MAY_BE_EMPTY = new Set(['endBefore', 'durationMs'])

let started: Promise<Watched> | undefined
const watched = () => (started ??= watchDemo())

beforeEach((context) => needs(context, 'prometheus'))
afterAll(async () => (await started)?.end(), 60_000)

interface Series {
  readonly metric: Readonly<Record<string, string>>
  readonly value?: readonly [number, string]
  readonly values?: readonly (readonly [number, string])[]
}

async function series(
  { prometheus, from, to }: Watched,
  { instant, expr }: Pick<PromTarget, 'instant' | 'expr'>,
): Promise<Series[]> {
  const answer =
    instant === true
      ? await prometheus.ask('/api/v1/query', { query: expr, time: String(to / 1000) })
      : await prometheus.ask('/api/v1/query_range', {
          query: expr,
          start: String(from / 1000),
          end: String(to / 1000),
          step: String(SCRAPE_S),
        })
  return (answer as { result: Series[] }).result
}

/** What the lists of a dashboard hold, and everything of it chosen; one where one is to be. */
async function chosen(demo: Watched, { dashboard }: Shipped): Promise<Variables> {
  const values: Record<string, string | string[]> = {}
  const variables = { chosen: values, from: demo.from, to: demo.to, intervalS: SCRAPE_S }
  for (const { name, type, query, multi, current } of dashboard.templating!.list!) {
    if (type === 'custom') values[name] = current!.value
    else {
      const { query: text } = query as { query: string }
      const [, selector, label] = /^label_values\((.+), (\w+)\)$/.exec(text)!
      const found = (await demo.prometheus.ask(`/api/v1/label/${label}/values`, {
        'match[]': inPromQL(selector!, variables),
      })) as string[]
      if (found.length === 0) throw new Error(`${text} finds nothing`)
      values[name] = multi === true ? found : found.includes('facebook') ? 'facebook' : found[0]!
    }
  }
  return variables
}

/** A dashboard's own time, for the API: the record goes back further than the demo. */
function ownTime({ dashboard }: Shipped, to: number): number {
  const { from } = dashboard.time!
  return from.startsWith('now-') ? to - Number(/\d+/.exec(from)![0]) * 3_600_000 : Date.parse(from)
}

function metricsIn(expr: string): string[] {
  return [...expr.matchAll(/\b(?:didbon|process|nodejs)_[a-z0-9_]+/g)].map(([name]) => name)
}

describe.each(SHIPPED)('$name', { timeout: 300_000 }, (shipped) => {
  test('its lists offer the services, vantages and countries there are', async () => {
    const { chosen: values } = await chosen(await watched(), shipped)
    const probes = ['babilon', 'tcell']
    const all = ['asia-plus', 'facebook', 'odnoklassniki', 'youtube']
    for (const [name, value] of Object.entries(values)) {
      if (name === 'service') expect([all, 'facebook']).toContainEqual(value)
      if (name === 'country') expect([['TJ'], 'TJ', ['DE', 'TJ']]).toContainEqual(value)
      if (name === 'vantage') expect([probes, ['babilon', 'outside', 'tcell']]).toContainEqual(value)
    }
  })

  test('every expression gives data', async () => {
    const demo = await watched()
    const variables = await chosen(demo, shipped)
    const empty: string[] = []
    for (const { where, target } of queriesTo<PromTarget>(shipped, 'didbon-prometheus')) {
      const found = await series(demo, { ...target, expr: inPromQL(target.expr, variables) })
      if (found.length === 0) empty.push(where)
    }
    expect(empty).toEqual([])
  })

  test('every metric it asks for is exposed', async () => {
    const { daemon } = await watched()
    const exposed = await (await fetch(`${daemon.url}/metrics`)).text()
    const known = new Set([...exposed.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name))
    const asked = queriesTo<PromTarget>(shipped, 'didbon-prometheus').flatMap(({ target }) =>
      metricsIn(target.expr),
    )
    const unknown = asked.filter(
      (name) => !known.has(name) && !known.has(name.replace(/_(bucket|count|sum)$/, '')),
    )
    expect(unknown).toEqual([])
  })

  test('the names of its series are made of labels they have', async () => {
    const demo = await watched()
    const variables = await chosen(demo, shipped)
    for (const { target } of queriesTo<PromTarget>(shipped, 'didbon-prometheus')) {
      const found = await series(demo, { ...target, expr: inPromQL(target.expr, variables) })
      const labels = [...(target.legendFormat ?? '').matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label!)
      for (const { metric } of found) expect(Object.keys(metric)).toEqual(expect.arrayContaining(labels))
    }
  })

  test('a table of series has the columns it shows', async () => {
    const demo = await watched()
    const variables = await chosen(demo, shipped)
    for (const { targets, transformations = [] } of shipped.panels) {
      const [target] = targets as unknown as PromTarget[]
      if (target?.expr === undefined || target.format !== 'table') continue
      const organize = transformations.find(({ id }) => id === 'organize')!.options as { indexByName: object }
      const found = await series(demo, { ...target, expr: inPromQL(target.expr, variables) })
      const columns = new Set(['Value', ...found.flatMap(({ metric }) => Object.keys(metric))])
      expect(Object.keys(organize.indexByName).filter((name) => !columns.has(name))).toEqual([])
    }
  })

  test('every question to the API is answered, and every column is found in the answer', async () => {
    const demo = await watched()
    const variables = { ...(await chosen(demo, shipped)), from: ownTime(shipped, demo.to) }
    const missing: string[] = []
    for (const { where, target } of queriesTo<ApiTarget>(shipped, 'didbon-api')) {
      const answer = await fetch(demo.daemon.url + inText(target.url, variables))
      const text = await answer.text()
      if (!answer.ok) missing.push(`${where}: ${text}`)
      else {
        const rows = rowsOf(target, text)
        if (rows.length === 0) missing.push(`${where}: no rows`)
        for (const { selector, type } of target.columns) {
          const values = rows
            .map((row) => row.get(selector))
            .filter((value) => value !== null && value !== undefined)
          if (values.length === 0 && !MAY_BE_EMPTY.has(selector))
            missing.push(`${where}: ${selector} is nowhere`)
          if (type === 'timestamp' && values.some((value) => Number.isNaN(Date.parse(value as string))))
            missing.push(`${where}: ${selector} is not a time`)
          if (type === 'number' && values.some((value) => Number.isNaN(Number(value))))
            missing.push(`${where}: ${selector} is no number`)
        }
      }
    }
    expect(missing).toEqual([])
  })

  test('every way to the API leads somewhere', async () => {
    const { daemon } = await watched()
    const configs = shipped.panels.map(({ fieldConfig }) => fieldConfig)
    const proxy = '/api/datasources/proxy/uid/didbon-api'
    const paths = texts(configs).flatMap(({ text }) =>
      text.startsWith(proxy) ? [text.slice(proxy.length)] : [],
    )
    for (const path of new Set(paths)) {
      const list = path.replace(/\/\$\{.*$/, '')
      const kind = list.endsWith('outages') ? '?kind=measured' : ''
      const { rows } = (await (await fetch(daemon.url + list + kind)).json()) as { rows: { id: string }[] }
      const one = await fetch(daemon.url + path.replace(/\$\{.*\}$/, rows[0]!.id))
      expect([path, one.status]).toEqual([path, 200])
    }
  })
})

test(
  'blocked hours count what was blocked, and the timeline says blocked where it was',
  { timeout: 300_000 },
  async () => {
    const demo = await watched()
    const overview = SHIPPED.find(({ name }) => name === 'overview')!
    const variables = await chosen(demo, overview)
    const ask = (title: string) => {
      const [target] = overview.panels.find((panel) => panel.title === title)!
        .targets as unknown as PromTarget[]
      return series(demo, { ...target!, expr: inPromQL(target!.expr, variables) })
    }
    const hours = await ask('Hours blocked, by service')
    expect(hours.map(({ metric }) => metric['service']!).toSorted()).toEqual([
      'asia-plus',
      'facebook',
      'odnoklassniki',
      'youtube',
    ])
    const most = (demo.to - demo.from) / 3_600_000
    for (const { value } of hours) {
      expect(Number(value![1])).toBeGreaterThan(0)
      expect(Number(value![1])).toBeLessThanOrEqual(most)
    }
    const states = await ask('State of every service, by vantage')
    const pairs = (having: (codes: readonly number[]) => boolean) =>
      states
        .filter(({ values }) => having(values!.map(([, value]) => Number(value))))
        .map(({ metric }) => `${metric['service']} ${metric['vantage']}`)
        .toSorted()
    expect(pairs((codes) => codes.includes(OK))).toHaveLength(8)
    expect(pairs((codes) => codes.includes(BLOCKED))).toEqual([
      'asia-plus babilon',
      'facebook babilon',
      'facebook tcell',
      'odnoklassniki babilon',
      'youtube babilon',
    ])
    expect(
      pairs((codes) => codes.some((code) => !STATE_CODES.some((stateCode) => stateCode.code === code))),
    ).toEqual([])
  },
)
