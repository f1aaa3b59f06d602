import { describe, expect, test } from 'vitest'
import { type ApiTarget, type PromTarget, SHIPPED, queriesTo } from './shipped.ts'

interface Organize {
  readonly indexByName: Readonly<Record<string, number>>
  readonly renameByName: Readonly<Record<string, string>>
}

describe.each(SHIPPED)('$name', (shipped) => {
  const api = queriesTo<ApiTarget>(shipped, 'didbon-api')
  const prometheus = queriesTo<PromTarget>(shipped, 'didbon-prometheus')

  test('the API is asked by path, and its answers are read by keys and positions alone', () => {
    for (const { target } of api) {
      expect(target.url).toMatch(/^\/api\/v1\/[a-z]+(\?|$)/)
      expect(target.root_selector).toMatch(target.type === 'csv' ? /^$/ : /^[a-z]+$/)
      expect(target.url.endsWith('format=csv')).toBe(target.type === 'csv')
      for (const { selector, text } of target.columns) {
        expect(selector).toMatch(/^[A-Za-z]+(\.[A-Za-z]+|\.\d+)*$/)
        expect(text).toBe(selector)
      }
    }
  })

  test('answers that are merged have the id in common, and nothing else', () => {
    const panels = shipped.panels.filter(({ transformations = [] }) =>
      transformations.some(({ id }) => id === 'merge'),
    )
    for (const { targets } of panels) {
      const names = (targets as unknown as ApiTarget[]).map(({ columns }) =>
        columns.map(({ selector }) => selector),
      )
      const [first, second] = names.map((name) => new Set(name))
      expect(names).toHaveLength(2)
      expect([...first!.intersection(second!)]).toEqual(['id'])
    }
  })

  test('a table shows columns that were asked for, each under a name of its own, and says what an empty cell means', () => {
    for (const { transformations = [], targets, fieldConfig } of shipped.panels.filter(
      ({ type }) => type === 'table',
    )) {
      const { options } = transformations.find(({ id }) => id === 'organize') as { options: Organize }
      const shown = Object.keys(options.indexByName)
      const columns = (targets as unknown as ApiTarget[]).flatMap(({ columns }) => columns ?? [])
      const asked = new Set(columns.map(({ selector }) => selector))
      expect(shown.filter((name) => asked.size > 0 && !asked.has(name))).toEqual([])
      const titles = new Set(Object.values(options.renameByName))
      expect(titles.size).toBe(shown.length)
      const styled = fieldConfig!.overrides.map(({ matcher }) => String(matcher.options))
      expect(new Set(styled)).toEqual(titles)
      const empty = fieldConfig!.overrides.map(({ properties }) =>
        properties.find(({ id }) => id === 'noValue'),
      )
      expect(empty.filter((said) => !said?.value || said.value === 'no data')).toEqual([])
    }
  })

  test('a query is either over time or at its end, and series over time have names', () => {
    for (const { target } of prometheus) {
      if (target.instant !== true) expect(target.legendFormat).toMatch(/\S/)
      else if (target.format !== 'table') expect(target.legendFormat).toMatch(/\S/)
    }
  })
})
