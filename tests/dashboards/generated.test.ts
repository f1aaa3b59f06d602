import { expect, test } from 'vitest'
import { assemble, line } from '../../dashboards/generate/assemble.ts'
import { dashboardFiles } from '../../dashboards/generate/dashboards.ts'
import { overview } from '../../dashboards/generate/overview/overview.ts'
import { number } from '../../dashboards/generate/panels.ts'
import { now } from '../../dashboards/generate/prometheus.ts'
import { SHIPPED } from './shipped.ts'

test('the files are what the generator writes: npm run dashboards', () => {
  expect(dashboardFiles().map(({ name }) => name)).toEqual(SHIPPED.map(({ name }) => `${name}.json`))
  for (const { name, text } of dashboardFiles()) {
    const { text: kept } = SHIPPED.find((shipped) => `${shipped.name}.json` === name)!
    expect(kept).toBe(text)
  }
})

test('a line that is too wide for the page -> refused, by name', () => {
  const panel = number({ title: 'One', description: 'One.', unit: 'none', targets: [now('1', 'one')] })
  const sections = [{ title: 'Wide', lines: [line(4, [panel, 20], [panel, 5])] }]
  expect(() => assemble({ ...overview, sections })).toThrow('overview: a line of “Wide” is 25 columns wide')
})
