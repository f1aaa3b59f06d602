import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { STATE_CODES } from '../../dashboards/generate/palette.ts'
import { coded, hoursOf, quantile } from '../../dashboards/generate/prometheus.ts'
import { needs, run } from '../chain/programs.ts'
import { inPromQL } from './interpolate.ts'

interface Expected {
  readonly expr: string
  readonly eval_time: string
  readonly exp_samples: readonly { readonly labels: string; readonly value: number }[]
}

beforeEach((context) => needs(context, 'promtool'))

/** Has promtool evaluate expressions over series, a sample each 15 s. @param series values by name, as promtool writes them */
async function evaluate(
  series: Readonly<Record<string, string>>,
  expected: readonly Expected[],
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'didbon-expressions-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const input_series = Object.entries(series).map(([name, values]) => ({ series: name, values }))
  const tests = [{ interval: '15s', input_series, promql_expr_test: expected }]
  await writeFile(
    join(folder, 'test.yml'),
    JSON.stringify({ rule_files: [], evaluation_interval: '15s', tests }),
  )
  return run('promtool', ['test', 'rules', 'test.yml'], folder)
}

const state = (service: string, is: string) =>
  `didbon_service_state{service="${service}",vantage="v",state="${is}"}`

test('a state is shown as its code, insufficient and none at all as 0, and no series as a gap', async () => {
  const expr = coded('didbon_service_state', 'state', STATE_CODES, 'service=~".+"', 'service, vantage')
  const code = (word: string) => STATE_CODES.find((stateCode) => stateCode.word === word)!.code
  const series = {
    [state('a', 'ok')]: '1 0 0 stale',
    [state('a', 'blocked')]: '0 1 0 stale',
    [state('a', 'insufficient')]: '0 0 1 stale',
    [state('b', 'ok')]: '0 0 0 0',
    [state('b', 'down')]: '0 0 1 1',
  }
  const at = (eval_time: string, a: number | null, b: number): Expected => ({
    expr,
    eval_time,
    exp_samples: [
      ...(a === null ? [] : [{ labels: '{service="a",vantage="v"}', value: a }]),
      { labels: '{service="b",vantage="v"}', value: b },
    ],
  })
  const said = await evaluate(series, [
    at('0s', code('ok'), 0),
    at('15s', code('blocked'), 0),
    at('30s', 0, code('down')),
    at('45s', null, code('down')),
  ])
  expect(said).toContain('SUCCESS')
})

test('hours count what was so, and neither what was not nor what nobody recorded', async () => {
  const expr = hoursOf('max by (service) (didbon_service_state{state="blocked"})')
  const variables = { chosen: {}, from: 0, to: 3_600_000, intervalS: 15 }
  const said = await evaluate(
    // 15 minutes blocked, 15 minutes fine, then nothing
    { [state('a', 'blocked')]: '1x59 0x59 stale', [state('b', 'blocked')]: '0x240' },
    [
      {
        expr: inPromQL(expr, variables),
        eval_time: '1h',
        exp_samples: [
          { labels: '{service="a"}', value: 0.25 },
          { labels: '{service="b"}', value: 0 },
        ],
      },
    ],
  )
  expect(said).toContain('SUCCESS')
})

test('a quantile is that of what is chosen, by the labels named', async () => {
  const expr = inPromQL(quantile(0.5, 'd', 'vantage="v"', 'vantage'), {
    chosen: {},
    from: 0,
    to: 1,
    intervalS: 15,
  })
  const said = await evaluate(
    {
      'd_bucket{vantage="v",le="1"}': '0+10x10',
      'd_bucket{vantage="v",le="2"}': '0+20x10',
      'd_bucket{vantage="v",le="+Inf"}': '0+20x10',
      'd_bucket{vantage="w",le="1"}': '0+0x10',
      'd_bucket{vantage="w",le="+Inf"}': '0+9x10',
    },
    [{ expr, eval_time: '2m', exp_samples: [{ labels: '{vantage="v"}', value: 1 }] }],
  )
  expect(said).toContain('SUCCESS')
})
