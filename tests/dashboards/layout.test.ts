import type { GridPos } from '@grafana/schema'
import { describe, expect, test } from 'vitest'
import { SHIPPED } from './shipped.ts'

const COLUMNS = 24
const LEAST = 4

function overlap(a: GridPos, b: GridPos): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h
}

describe.each(SHIPPED)('$name', ({ dashboard, panels, rows }) => {
  const all = dashboard.panels!

  test('no two panels lie on each other', () => {
    const pairs = all.flatMap((one, i) => all.slice(i + 1).map((other) => [one, other] as const))
    const lying = pairs.filter(([one, other]) => overlap(one.gridPos!, other.gridPos!))
    expect(lying.map(([one, other]) => [one.title, other.title])).toEqual([])
  })

  test('panels fill the page from its left edge to its right, and are large enough to read', () => {
    const cells = all.reduce((sum, { gridPos }) => sum + gridPos!.w * gridPos!.h, 0)
    const bottom = Math.max(...all.map(({ gridPos }) => gridPos!.y + gridPos!.h))
    expect(cells).toBe(COLUMNS * bottom)
    expect(all.filter(({ gridPos }) => gridPos!.x < 0 || gridPos!.x + gridPos!.w > COLUMNS)).toEqual([])
    expect(panels.filter(({ gridPos }) => gridPos!.w < LEAST || gridPos!.h < LEAST)).toEqual([])
  })

  test('every panel has a number and a title of its own, a description and a unit', () => {
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)
    expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length)
    expect(rows.filter(({ title }) => !/^\S/.test(title!))).toEqual([])
    expect(panels.filter(({ description }) => !/^\S.{20,}[.]$/.test(description!))).toEqual([])
    const units = panels.map(({ title, fieldConfig }) => [title, fieldConfig!.defaults.unit])
    expect(units.filter(([, unit]) => !/^\w+$/.test(unit ?? ''))).toEqual([])
  })

  test('every panel has thresholds, and says so where there is no data', () => {
    for (const { fieldConfig } of panels) {
      expect(fieldConfig!.defaults.thresholds!.steps.length).toBeGreaterThan(0)
      expect(fieldConfig!.defaults.noValue).toBe('no data')
    }
  })

  test('the queries of a panel have letters of their own, and one data source: the panel’s', () => {
    for (const { targets, datasource } of panels) {
      expect(targets!.length).toBeGreaterThan(0)
      expect(new Set(targets!.map((target) => target['refId'])).size).toBe(targets!.length)
      for (const target of targets!) expect(target['datasource']).toEqual(datasource)
    }
  })
})

test('each dashboard has the uid that others link to, and a form that Grafana 11 knows', () => {
  expect(SHIPPED.map(({ dashboard }) => dashboard.uid)).toEqual([
    'didbon-overview',
    'didbon-service',
    'didbon-history',
    'didbon-vantages',
    'didbon-prober',
  ])
  for (const { dashboard } of SHIPPED) expect(dashboard.schemaVersion).toBe(39)
})
