/** What is exported, loaded by the real promtool and asked for from a real Prometheus. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { needs } from '../chain/programs.ts'
import { aLookout, type Lookout } from '../commands/record-cli.ts'
import { type Prometheus, runTool, startPrometheus } from '../real-prometheus.ts'
import { aStore } from '../store/given.ts'
import { aMeasurement, anOutage, opened, saved } from '../store/nouns.ts'
import { aRecord } from '../store/record-nouns.ts'

const CLI = fileURLToPath(new URL('../../src/cli.ts', import.meta.url))
const HOUR_S = 3_600
const MAY_2015 = ['--since', '2015-05-01', '--until', '2015-07-01']
const onDay = (month: number, day: number, hour = 0) => Date.UTC(2015, month - 1, day, hour) / 1000

async function exported({ run }: Lookout, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await run('export', '--format', 'openmetrics', ...args)
  expect(code).toBe(0)
  expect(stderr).toMatch(/^\d+ samples, one every \d+ s while something held\n$/)
  return stdout
}

/** Turns a text into blocks, as config/README.md says, and starts a Prometheus on them. */
async function loaded({ folder }: Lookout, text: string): Promise<Prometheus> {
  const [file, data] = [join(folder, 'history.om'), join(folder, 'data')]
  await writeFile(file, text)
  const made = await runTool('promtool', [
    'tsdb',
    'create-blocks-from',
    'openmetrics',
    '--max-block-duration=720h',
    file,
    data,
  ])
  expect(made).toMatchObject({ code: 0 })
  return startPrometheus({ data, flags: ['--storage.tsdb.retention.time=100y'] })
}

interface Found {
  readonly metric: Readonly<Record<string, string>>
  readonly values: readonly (readonly [number, string])[]
}

async function range(
  { ask }: Prometheus,
  query: string,
  start: number,
  end: number,
  step: number,
): Promise<readonly Found[]> {
  const parameters = { query, start: String(start), end: String(end), step: String(step) }
  const { result } = (await ask('/api/v1/query_range', parameters)) as { result: readonly Found[] }
  return result
}

test('the shipped record, the daemon never ran -> May 2015 in Prometheus: facebook reported blocked, and never measured', async (context) => {
  needs(context, 'prometheus', 'promtool')
  const lookout = await aLookout()
  const prometheus = await loaded(lookout, await exported(lookout, ...MAY_2015))

  const query = 'didbon_outage_active{service="facebook"}'
  const at = (seconds: number) => prometheus.ask('/api/v1/query', { query, time: String(seconds) })
  expect(await at(onDay(5, 26))).toMatchObject({ result: [] })
  expect(await at(onDay(5, 30))).toMatchObject({
    result: [
      {
        metric: { kind: 'reported', cause: 'blocked', country: 'TJ', outage: 'tj-2015-05-28-facebook' },
        value: [onDay(5, 30), '1'],
      },
    ],
  })
  expect(
    await prometheus.ask('/api/v1/query', {
      query: 'count by (kind) ({__name__=~"didbon_.+"})',
      time: String(onDay(5, 30)),
    }),
  ).toMatchObject({
    result: [{ metric: { kind: 'reported' } }],
  })
})

test('a graph at any step -> unbroken from onset to end, and no longer', async (context) => {
  needs(context, 'prometheus', 'promtool')
  const lookout = await aLookout()
  const prometheus = await loaded(lookout, await exported(lookout, ...MAY_2015))
  const query = 'didbon_service_state{service="facebook",state="blocked"}'
  // 2015-05-28T00:00 in Dushanbe to 2015-06-08T23:59:59; then two hours on 18 June
  const [from, until] = [onDay(5, 27, 19), onDay(6, 8, 19) - 1]
  const [odd] = await range(prometheus, query, from + 1, until - 1, 127)
  expect(odd!.values).toHaveLength(Math.floor((until - from - 2) / 127) + 1)
  expect(odd!.values.every(([, value]) => value === '1')).toBe(true)
  expect((await range(prometheus, query, until, until, 60))[0]!.values).toEqual([[until, '0']])
  expect(await range(prometheus, query, until + 301, onDay(6, 18, 6) - 1, 127)).toEqual([])
})

test('a longer span, a sample an hour -> unbroken at multiples of an hour, and a hundredth of the text', async (context) => {
  needs(context, 'prometheus', 'promtool')
  const lookout = await aLookout()
  const text = await exported(lookout, '--since', '2015-01-01', '--until', '2016-01-01')
  expect(text.length).toBeLessThan(2_000_000)
  const prometheus = await loaded(lookout, text)
  const [graph] = await range(
    prometheus,
    'didbon_service_state{service="facebook",state="blocked"}',
    onDay(5, 28),
    onDay(6, 8),
    6 * HOUR_S,
  )
  expect(graph!.values).toHaveLength(11 * 4 + 1)
})

test('measured and reported at one time -> two series; nobody looked later -> no series goes on', async (context) => {
  needs(context, 'prometheus', 'promtool')
  const lookout = await aLookout()
  const onsetBeforeAt = onDay(5, 30) * 1000
  const endBeforeAt = onsetBeforeAt + 3_600_000
  const store = await aStore({ path: lookout.store })
  const outage = anOutage({ onsetBeforeAt, endBeforeAt, closedAt: endBeforeAt, causes: [] })
  store.save(saved(aMeasurement(1, { startedAt: endBeforeAt }), { changes: [opened(outage)] }))
  store.flush()
  const record = await aRecord({ path: lookout.store })
  record.saveVantages([{ id: 'babilon', role: 'probe', country: 'TJ', asn: 24_722 }])
  const strip = { service: 'facebook', vantage: 'babilon', mechanism: null }
  record.saveStates([
    { ...strip, at: onsetBeforeAt, state: 'blocked', ref: outage.id },
    { ...strip, at: endBeforeAt, state: 'ok', ref: null },
  ])
  const prometheus = await loaded(lookout, await exported(lookout, ...MAY_2015))

  const during = await range(
    prometheus,
    'didbon_service_state{service="facebook",state="blocked"} == 1',
    onDay(5, 30),
    onDay(5, 30) + 1800,
    300,
  )
  expect(during.map(({ metric, values }) => [metric['kind'], metric['vantage'], values.length])).toEqual([
    ['measured', 'babilon', 7],
    ['reported', undefined, 7],
  ])
  const [active] = await range(
    prometheus,
    'didbon_outage_active{kind="measured"}',
    onDay(5, 30),
    onDay(5, 31),
    300,
  )
  expect(active!.metric).toMatchObject({
    service: 'facebook',
    vantage: 'babilon',
    country: 'TJ',
    outage: outage.id,
  })
  expect(active!.values.map(([, value]) => value)).toEqual([
    ...Array.from({ length: 12 }, () => '1'),
    '0',
    '0',
  ])

  const later = await exported(lookout, '--since', '2021-11-01', '--until', '2022-04-01')
  expect(later).not.toContain('kind="measured"')
  expect(later).toContain('{kind="reported",service="facebook",vantage="",country="TJ",cause="shutdown"')
})

test(
  'more text than the heap may hold -> nothing is kept; a reader that has seen enough -> no error',
  { timeout: 120_000 },
  async () => {
    const { folder } = await aLookout()
    const config = join(folder, 'didbon.yaml')
    const args = [
      'export',
      '--format',
      'openmetrics',
      '--since',
      '2010-01-01',
      '--until',
      '2023-01-01',
      '--step',
      '10m',
      '--config',
      config,
    ]
    const start = () =>
      spawn(process.execPath, ['--max-old-space-size=64', CLI, ...args], {
        stdio: ['ignore', 'pipe', 'pipe'],
      })

    const whole = start()
    whole.stderr.resume()
    let bytes = 0
    let last = ''
    for await (const chunk of whole.stdout.setEncoding('utf8') as AsyncIterable<string>) {
      bytes += chunk.length
      last = (last + chunk).slice(-10)
    }
    expect(last.endsWith('\n# EOF\n')).toBe(true)
    expect(bytes).toBeGreaterThan(80_000_000)

    const headed = start()
    const ended = once(headed, 'close')
    let complaint = ''
    headed.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text))
    const [first] = (await once(headed.stdout, 'data')) as [Buffer]
    headed.stdout.destroy()
    expect(first.toString()).toMatch(
      /^# HELP didbon_service_state .*\n# TYPE didbon_service_state gauge\ndidbon_service_state\{kind="reported"/,
    )
    expect([await ended, complaint]).toEqual([[0, null], ''])
  },
)

test.each([
  { args: ['--format', 'openmetrics'], says: '--format openmetrics needs --since' },
  { args: ['--since', '7d'], says: "required option '--format <format>' not specified" },
  { args: ['--format', 'parquet', '--since', '7d'], says: 'Allowed choices are openmetrics' },
  {
    args: ['--format', 'openmetrics', '--since', '7d', '--step', '0s'],
    says: "--step: '0s' is not a length of time",
  },
  {
    args: ['--format', 'openmetrics', '--since', '2015-07-01', '--until', '2015-05-01'],
    says: 'must lie before --until',
  },
])('export $args -> 2, and says what is wrong', async ({ args, says }) => {
  const { feed } = await aLookout()
  const { code, stdout, stderr } = await feed('', 'export', ...args)
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toContain(says)
})
