import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { FOLDER, SHIPPED, type Shipped, texts } from './shipped.ts'

const PROXY = '/api/datasources/proxy/uid/didbon-api/api/v1/'
const UIDS = new Set(SHIPPED.map(({ dashboard }) => dashboard.uid))

/** Where cells and values lead. */
function urls({ panels }: Shipped): string[] {
  const configs = panels.map(({ fieldConfig }) => fieldConfig)
  return texts(configs).flatMap(({ path, text }) => (path.endsWith('.url') ? [text] : []))
}

describe.each(SHIPPED)('$name', (shipped) => {
  test('every link leads to a dashboard there is, to the API, or to what the cell holds', () => {
    const lost = urls(shipped).filter((url) => {
      const uid = /^\/d\/([\w-]+)\?/.exec(url)?.[1]
      return !(uid !== undefined && UIDS.has(uid)) && !url.startsWith(PROXY) && url !== '${__value.raw}'
    })
    expect(lost).toEqual([])
  })

  test('what a link sets is a variable of the dashboard it leads to', () => {
    const inner = urls(shipped).filter((url) => url.startsWith('/d/'))
    const set = inner.flatMap((url) =>
      [...url.matchAll(/[?&]var-(\w+)=/g)].map(([, name]) => ({ url, name })),
    )
    const unknown = set.filter(({ url, name }) => {
      const { dashboard } = SHIPPED.find((to) => url.startsWith(`/d/${to.dashboard.uid}?`))!
      return !dashboard.templating!.list!.some((variable) => variable.name === name)
    })
    expect(unknown).toEqual([])
  })

  test('a link that needs a column or a label finds it', () => {
    for (const { fieldConfig, targets } of shipped.panels) {
      const columns = new Set(fieldConfig!.overrides.map(({ matcher }) => String(matcher.options)))
      const queries = JSON.stringify(targets)
      const all = texts(fieldConfig).map(({ text }) => text)
      const needed = all.flatMap((text) =>
        [...text.matchAll(/\$\{__data\.fields\.(\w+)/g)].map(([, name]) => name!),
      )
      const labels = all.flatMap((text) =>
        [...text.matchAll(/\$\{__field\.labels\.(\w+)\}/g)].map(([, name]) => name!),
      )
      expect(needed.filter((name) => !columns.has(name))).toEqual([])
      expect(labels.filter((name) => !queries.includes(name))).toEqual([])
    }
  })

  test('the dashboards lead to each other, in sight of everybody', () => {
    const { tags, links } = shipped.dashboard
    expect(tags).toContain('didbon')
    expect(links).toMatchObject([{ type: 'dashboards', tags: ['didbon'], keepTime: true }])
    expect(links![0]).not.toHaveProperty('placement')
  })
})

test('a panel leads to the incident, and the incident back to the time it was seen', () => {
  const of = (name: string) => urls(SHIPPED.find((shipped) => shipped.name === name)!)
  expect(of('overview')).toContain(`${PROXY}incidents/\${__value.raw}`)
  expect(of('service')).toContain(`${PROXY}incidents/\${__value.raw}`)
  expect(of('history')).toContain('/d/didbon-overview?from=${__data.fields.Began.numeric}&to=now')
})

test('an alert leads to a dashboard there is, by variables it has', () => {
  const rules = readFileSync(`${FOLDER}../config/prometheus/outages.rules.yml`, 'utf8')
  const links = [...rules.matchAll(/\/d\/([\w-]+)\?((?:[^'"\n]|\n\s)*)/g)]
  expect(links.length).toBeGreaterThan(0)
  for (const [, uid, parameters] of links) {
    const { dashboard } = SHIPPED.find((to) => to.dashboard.uid === uid)!
    const names = dashboard.templating!.list!.map(({ name }) => name)
    for (const [, name] of parameters!.matchAll(/var-(\w+)=/g)) expect(names).toContain(name)
  }
})
