import { expect, test } from 'vitest'
import type { Config } from '../../src/config/config.ts'
import { loadConfig } from '../../src/config/load.ts'
import { canaryRoundOf, roundOf } from '../../src/detect/settings.ts'
import { watchingOf } from '../../src/run/watching.ts'
import { aFolder } from '../config/folder.ts'

const NOW = Date.UTC(2015, 4, 28, 12)

async function aConfig(didbon: string, services?: string): Promise<Config> {
  const { path } = await aFolder({
    'didbon.yaml': didbon,
    ...(services === undefined ? {} : { 'services.yaml': services }),
  })
  return loadConfig(path, {})
}

const CANARIES = `
canaries:
  international: { one: { url: http://one.example/ }, two: { url: http://two.example/ } }
  domestic: { home: { url: http://home.example/ } }
`

test('endpoints that come into force and leave it -> watched only in between', async () => {
  const config = await aConfig(
    '# nothing\n',
    `
services:
  news:
    name: News
    endpoints:
      old: { url: https://old.example, role: primary, validUntil: 2015-05-28 }
      new: { url: https://new.example, role: primary, validFrom: 2015-05-28 }
      static: { url: https://static.example, role: asset }
${CANARIES}`,
  )
  const { watchAt } = watchingOf(config)
  const ids = (at: number) => watchAt(at).services.map(({ endpoints }) => endpoints.map(({ id }) => id))
  const midnight = Date.UTC(2015, 4, 28)
  expect(ids(midnight - 1)).toEqual([['news/old', 'news/static']])
  expect(ids(midnight)).toEqual([['news/new', 'news/static']])
})

test('a service with nothing in force -> still in the list, so that it shows as not known', async () => {
  const config = await aConfig(
    '# nothing\n',
    `
services:
  news:
    name: News
    endpoints: { old: { url: https://old.example, role: primary, validUntil: 2015-05-28 } }
${CANARIES}`,
  )
  expect(watchingOf(config).watchAt(NOW).services).toEqual([{ id: 'news', endpoints: [] }])
})

test('controls -> not watched', async () => {
  const config = await aConfig(`
vantages:
  - { id: here, country: TJ }
  - { id: far, country: DE, role: control }
`)
  expect(watchingOf(config).watchAt(NOW).vantages).toEqual([{ id: 'here', country: 'TJ' }])
})

test('heartbeats that differ by vantage and service -> so do the rounds; the canaries have their own', async () => {
  const config = await aConfig(
    `
schedule:
  canary: '0 */5 * * * *'
  services: { mail: { heartbeat: '*/10 * * * * *' } }
vantages:
  - { id: here, country: TJ }
  - { id: slow, country: TJ, schedule: { heartbeat: '*/2 * * * *' } }
`,
    `
services:
  news: { name: News, endpoints: { www: { url: https://news.example, role: primary } } }
  mail: { name: Mail, endpoints: { www: { url: https://mail.example, role: primary } } }
${CANARIES}`,
  )
  const watch = watchingOf(config).watchAt(NOW)
  expect([roundOf(watch, 'news', 'here'), roundOf(watch, 'mail', 'here')]).toEqual([30_000, 10_000])
  // what a vantage sets is stronger than what a service sets
  expect([roundOf(watch, 'news', 'slow'), roundOf(watch, 'mail', 'slow')]).toEqual([120_000, 120_000])
  expect(canaryRoundOf(watch)).toBe(300_000)
})

test.each([
  { heartbeat: '*/30 * * * * *', seconds: 30, why: 'even' },
  { heartbeat: '*/40 * * * *', seconds: 2400, why: 'at 0 and 40 past the hour: 40 minutes, then 20' },
  { heartbeat: '0,10,20 * * * * *', seconds: 40, why: 'three looks, then a pause, every minute' },
  { heartbeat: '0 8,20 * * *', seconds: 43_200, why: 'twice a day' },
  { heartbeat: '0 9 * * *', seconds: 86_400, why: 'once a day' },
  { heartbeat: '0 6,18 * * mon-fri', seconds: 43_200, why: 'a day without looks is a gap, not a round' },
  { heartbeat: '*/2 9-20 * * *', seconds: 120, why: 'a night without looks is a gap, not a round' },
  { heartbeat: '*/30 8-11,13-19 * * *', seconds: 5400, why: 'a pause at noon as well: that one is a round' },
])(
  'heartbeat $heartbeat -> a round of $seconds s, whenever it is asked: $why',
  async ({ heartbeat, seconds }) => {
    const watch = watchingOf(await aConfig(`schedule: { heartbeat: '${heartbeat}' }`)).watchAt(NOW)
    expect(watch.roundMs).toBe(seconds * 1000)
  },
)
