import type { VariableModel } from '@grafana/schema'
import { describe, expect, test } from 'vitest'
import { SHIPPED, texts } from './shipped.ts'

/** What Grafana itself puts in. */
const BUILT_IN = /^(__.*)$/
const USES = /\$(?:\{(\w+)[^}]*\}|(\w+))/g
/** `$1` in a label_replace is no variable. */
const NUMBER = /^\d+$/

function used(value: unknown): string[] {
  const names = texts(value).flatMap(({ text }) => [...text.matchAll(USES)].map((use) => use[1] ?? use[2]!))
  return [...new Set(names)].filter((name) => !BUILT_IN.test(name) && !NUMBER.test(name)).toSorted()
}

describe.each(SHIPPED)('$name', ({ dashboard }) => {
  const variables = dashboard.templating!.list!

  test('every variable that is used is defined, and every one that is defined is used', () => {
    const { templating: _own, ...rest } = dashboard
    const lists = variables.map(({ query }) => query)
    expect(used([rest, lists])).toEqual(variables.map(({ name }) => name).toSorted())
  })

  test('a list that narrows another comes before it', () => {
    for (const [i, { query }] of variables.entries()) {
      const before = variables.slice(0, i).map((variable) => variable.name)
      for (const needed of used(query)) expect(before).toContain(needed)
    }
  })

  test('one of which several may be chosen is matched as a pattern; “All” means those listed', () => {
    const several = variables.filter(({ multi }) => multi)
    for (const { includeAll, allValue } of several) {
      expect(includeAll).toBe(true)
      expect(allValue).toBeUndefined()
    }
    const exprs = texts(dashboard).filter(({ path }) => path.endsWith('.expr'))
    for (const { text } of exprs) {
      const asEqual = several.filter(({ name }) => new RegExp(`[^~]"\\$\\{?${name}\\b`).test(text))
      expect(asEqual).toEqual([])
    }
  })

  test('the API, which answers about one at a time, is asked for one', () => {
    const urls = texts(dashboard).filter(({ path }) => path.endsWith('.url') && path.includes('targets'))
    const asked = used(urls)
    const several = variables.filter(
      (variable: VariableModel) => variable.multi && asked.includes(variable.name),
    )
    expect(several).toEqual([])
  })
})
