import { expect, test } from 'vitest'
import type { Config } from '../../src/config/config.ts'
import { embedded } from '../../src/config/locate.ts'
import { loadConfig } from '../../src/config/load.ts'
import { roundsOf } from '../../src/run/rounds.ts'

const NOW = Date.UTC(2026, 0, 1)

async function aConfig(schedule: Partial<Config['schedule']> = {}): Promise<Config> {
  const config = await loadConfig(embedded('didbon.yaml'), {})
  const [here] = config.vantages
  const control = { ...here!, id: 'control', role: 'control' as const }
  return { ...config, vantages: [here!, control], schedule: { ...config.schedule, ...schedule } }
}

/** What each round would look at, as `<plan or canary> <vantage> <target>`. */
function measurementsOf(config: Config, heightened: readonly string[] = []) {
  const until = new Map(heightened.map((service) => [service, NOW]))
  return roundsOf(
    config,
    until,
    async () => undefined,
    () => NOW,
  ).map((round) => ({
    id: round.id,
    cron: round.cron,
    keys: round.items().map(({ key }) => key),
  }))
}

test('heartbeats and timed bytes from probes alone, full looks from controls too, canaries of both', async () => {
  const [heartbeat, full, throughput, canaries] = measurementsOf(await aConfig())
  expect(heartbeat!.keys).toContain('heartbeat here facebook/www')
  expect(heartbeat!.keys.some((key) => key.includes(' control '))).toBe(false)
  expect(full!.keys).toContain('full control facebook/www')
  expect(throughput!.keys.some((key) => key.includes(' control '))).toBe(false)
  expect(canaries).toMatchObject({ id: 'canaries' })
  expect(canaries!.keys).toEqual(
    expect.arrayContaining(['canary here canary/firefox', 'canary control canary/firefox']),
  )
})

test('bytes are timed -> of media, and of primary pages where a service has no media', async () => {
  const keys = measurementsOf(await aConfig()).find(({ id }) => id === 'throughput')!.keys
  expect(keys).toEqual([
    'throughput here facebook/scontent',
    'throughput here youtube/video',
    'throughput here odnoklassniki/www',
    'throughput here asia-plus/www',
  ])
})

test('bytes timed never, for all, a service or a vantage -> no such round for them', async () => {
  const ids = (config: Config) => measurementsOf(config).flatMap(({ keys }) => keys)
  const never = ids(await aConfig({ throughput: null }))
  expect(never.filter((key) => key.startsWith('throughput'))).toEqual([])
  const here = ids(await aConfig({ vantages: { here: { throughput: null } } }))
  expect(here.filter((key) => key.startsWith('throughput'))).toEqual([])
  const some = ids(await aConfig({ services: { youtube: { throughput: null } } }))
  expect(some.filter((key) => key.startsWith('throughput'))).toHaveLength(3)
})

test('a host that is not in force -> not looked at', async () => {
  const keys = measurementsOf(await aConfig()).flatMap((round) => round.keys)
  expect(keys).toContain('heartbeat here asia-plus/www')
  expect(keys.some((key) => key.includes('asia-plus/news-tj'))).toBe(false)
})

test('a service on heightened watch -> a round of its own, and in no other', async () => {
  const beats = measurementsOf(await aConfig(), ['facebook']).filter(({ keys }) =>
    keys[0]?.startsWith('heartbeat'),
  )
  const [raised, usual] = [
    beats.find(({ cron }) => cron === '*/10 * * * * *')!,
    beats.find(({ cron }) => cron === '*/30 * * * * *')!,
  ]
  expect(raised.keys.every((key) => key.includes(' facebook/'))).toBe(true)
  expect(usual.keys.some((key) => key.includes(' facebook/'))).toBe(false)
})

test('heightened watch where looks are quicker already -> stays as quick', async () => {
  const beats = measurementsOf(await aConfig({ heartbeat: '*/5 * * * * *' }), ['facebook']).filter(
    ({ keys }) => keys[0]?.startsWith('heartbeat'),
  )
  expect(beats.map(({ cron }) => cron)).toEqual(['*/5 * * * * *'])
})
