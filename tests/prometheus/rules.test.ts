import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { parse } from 'yaml'
import { needs, run } from '../chain/programs.ts'
import { PROMETHEUS } from '../chain/shipped.ts'
import { givenMetrics } from '../serve/metrics/given.ts'

interface Rule {
  readonly alert?: string
  readonly record?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
}

interface Tested {
  readonly alert_rule_test?: readonly {
    readonly alertname: string
    readonly exp_alerts: readonly unknown[]
  }[]
  readonly promql_expr_test?: readonly { readonly expr: string }[]
}

const named = (ending: string) =>
  readdir(PROMETHEUS).then((names) => names.filter((name) => name.endsWith(ending)))

async function rules(): Promise<readonly Rule[]> {
  const texts = await Promise.all(
    (await named('.rules.yml')).map((name) => readFile(join(PROMETHEUS, name), 'utf8')),
  )
  return texts.flatMap((text) =>
    (parse(text) as { groups: { rules: Rule[] }[] }).groups.flatMap((group) => group.rules),
  )
}

async function tests(): Promise<readonly Tested[]> {
  const texts = await Promise.all(
    (await named('.test.yml')).map((name) => readFile(join(PROMETHEUS, name), 'utf8')),
  )
  return texts.flatMap((text) => (parse(text) as { tests: Tested[] }).tests)
}

const alerts = async () => (await rules()).filter(({ alert }) => alert !== undefined)

beforeEach((context) => needs(context, 'promtool'))

test('prometheus.yml and every rule file are sound', async () => {
  expect(await run('promtool', ['check', 'config', 'prometheus.yml'], PROMETHEUS)).toContain(
    '3 rule files found',
  )
  const printed = await run('promtool', ['check', 'rules', ...(await named('.rules.yml'))], PROMETHEUS)
  expect(printed.match(/SUCCESS/g)).toHaveLength(3)
})

test('every rule does what its tests say', { timeout: 60_000 }, async () => {
  const files = await named('.test.yml')
  const printed = await run('promtool', ['test', 'rules', ...files], PROMETHEUS)
  expect(printed.match(/SUCCESS/g)).toHaveLength(files.length)
})

test('every alert is seen to fire, and not to', async () => {
  const cases = (await tests()).flatMap((test) => test.alert_rule_test ?? [])
  const seen = (fires: boolean) =>
    new Set(cases.flatMap((each) => (each.exp_alerts.length > 0 === fires ? [each.alertname] : [])))
  const names = new Set((await alerts()).map(({ alert }) => alert))
  expect([seen(true), seen(false)]).toEqual([names, names])
})

test('every recording rule is looked at', async () => {
  const asked = (await tests())
    .flatMap((test) => test.promql_expr_test ?? [])
    .map(({ expr }) => expr)
    .join('\n')
  const unasked = (await rules()).flatMap(({ record }) =>
    record === undefined || asked.includes(record) ? [] : [record],
  )
  expect(unasked).toEqual([])
})

test('every alert says how bad it is, what it is about, what happened and what to do', async () => {
  for (const { alert, labels, annotations } of await alerts()) {
    expect({ alert, ...labels }).toEqual({
      alert,
      severity: expect.stringMatching(/^(critical|warning|info|none)$/),
      about: expect.stringMatching(/^(access|didbon)$/),
    })
    expect({ alert, ...annotations }).toMatchObject({
      summary: expect.stringMatching(/\S/),
      description: expect.stringMatching(/\S/),
      runbook: expect.stringMatching(/\.$/),
    })
  }
})

test('every metric that a rule asks for is one that didbon has', async () => {
  const asked = (await rules())
    .map((rule) => JSON.stringify(rule))
    .join('\n')
    .matchAll(/(?<![\w:])didbon_\w+(?![\w:])/g)
  const names = new Set([...asked].map(([name]) => name.replace(/_bucket$/, '')))
  names.delete('didbon_url') // an external label
  const { metrics } = await givenMetrics()
  const exposed = new Set(
    [...(await metrics.expose('text')).matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name),
  )
  expect(names.size).toBeGreaterThan(15)
  expect([...names].filter((name) => !exposed.has(name))).toEqual([])
})
