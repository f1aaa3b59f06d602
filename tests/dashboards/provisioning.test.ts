import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { FOLDER, SHIPPED, texts } from './shipped.ts'

interface DataSource {
  readonly uid: string
  readonly type: string
  readonly url: string
  readonly isDefault?: boolean
  readonly jsonData: Readonly<Record<string, unknown>>
}

const read = (path: string): unknown => parse(readFileSync(`${FOLDER}provisioning/${path}`, 'utf8'))
const { datasources } = read('datasources/didbon.yaml') as { datasources: DataSource[] }

test('every data source that is used is provided, with the plugin the queries are written for', () => {
  const provided = new Map(datasources.map(({ uid, type }) => [uid, type]))
  const used = new Map(
    SHIPPED.flatMap(({ dashboard }) =>
      texts(dashboard).flatMap(({ path, text }) => {
        if (!path.endsWith('datasource.uid')) return []
        const type = texts(dashboard).find((text) => text.path === path.replace(/uid$/, 'type'))!.text
        return [[text, type] as const]
      }),
    ),
  )
  expect([...used.keys()].toSorted()).toEqual(['didbon-api', 'didbon-prometheus'])
  for (const [uid, type] of used) expect(provided.get(uid)).toBe(type)
})

test('the data sources are those of compose.yaml; alerts are shown from the Alertmanager', () => {
  expect(datasources.map(({ uid, url }) => [uid, url])).toEqual([
    ['didbon-prometheus', 'http://prometheus:9090'],
    ['didbon-api', 'http://didbon:8080'],
    ['didbon-alertmanager', 'http://alertmanager:9093'],
  ])
  const [prometheus, api] = datasources as [DataSource, DataSource]
  expect(prometheus.isDefault).toBe(true)
  expect(prometheus.jsonData['alertmanagerUid']).toBe('didbon-alertmanager')
  expect(api.jsonData['allowedHosts']).toEqual([api.url])
  const scraped = parse(readFileSync(`${FOLDER}../config/prometheus/prometheus.yml`, 'utf8')) as {
    global: { scrape_interval: string }
  }
  expect(prometheus.jsonData['timeInterval']).toBe(scraped.global.scrape_interval)
})

test('compose.yaml mounts the dashboards where their provider looks, and installs the plugin at one version', () => {
  const { providers } = read('dashboards/didbon.yaml') as {
    providers: { folder: string; options: { path: string } }[]
  }
  const compose = parse(readFileSync(`${FOLDER}../compose.yaml`, 'utf8')) as {
    services: { grafana: { volumes: string[]; environment: Record<string, string> } }
  }
  const { volumes, environment } = compose.services.grafana
  expect(providers.map(({ folder }) => folder)).toEqual(['didbon'])
  expect(volumes).toContain(`./dashboards:${providers[0]!.options.path}:ro`)
  expect(volumes).toContain('./dashboards/provisioning:/etc/grafana/provisioning:ro')
  expect(JSON.stringify(environment)).toMatch(/yesoreyeram-infinity-datasource@\d+\.\d+\.\d+/)
})
