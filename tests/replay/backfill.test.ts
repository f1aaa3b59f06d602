import { expect, test } from 'vitest'
import type { Config } from '../../src/config/config.ts'
import { loadConfig } from '../../src/config/load.ts'
import { backfill } from '../../src/replay/backfill.ts'
import { openStoreReadOnly } from '../../src/store/reader.ts'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { aStore } from '../store/given.ts'
import { aMeasurement, FINE, HOUR, RESET, saved, T0 } from '../store/nouns.ts'
import { aRecord } from '../store/record-nouns.ts'

const VANTAGE = 'ooni-as24722-tj'

async function aConfig(): Promise<Config> {
  const folder = mkdtempSync(join(tmpdir(), 'didbon-backfill-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const www = { url: 'https://www.facebook.com/', role: 'primary' }
  const canaries = {
    international: { a: { url: 'https://a.example.org/' }, c: { url: 'https://c.example.org/' } },
    domestic: { b: { url: 'https://b.example.org/' } },
  }
  const services = { services: { facebook: { name: 'Facebook', endpoints: { www } } }, canaries }
  writeFileSync(join(folder, 'services.yaml'), JSON.stringify(services))
  const vantages = [{ id: 'here', role: 'probe', country: 'TJ', kind: 'direct' }]
  const config = { services: 'services.yaml', vantages, store: { path: join(folder, 'didbon.db') } }
  writeFileSync(join(folder, 'didbon.yaml'), JSON.stringify(config))
  return loadConfig(join(folder, 'didbon.yaml'), {})
}

/** One measurement an hour, saved in no order; those of hours in `blocked` were reset. */
async function imported(
  path: string,
  hours: readonly number[],
  blocked: (hour: number) => boolean,
): Promise<void> {
  const store = await aStore({ path })
  for (const hour of hours.toSorted((a, b) => (a % 7) - (b % 7) || b - a)) {
    const measurement = aMeasurement(hour, {
      startedAt: T0 + hour * HOUR,
      vantage: VANTAGE,
      purpose: 'import',
      plan: 'full',
    })
    store.save(saved(measurement, { verdict: blocked(hour) ? { ...RESET, weight: 5 } : FINE }))
  }
  store.close()
  const record = await aRecord({ path })
  record.saveVantages([{ id: VANTAGE, role: 'probe', country: 'TJ', asn: 24_722 }])
  record.close()
}

const upTo = (n: number) => Array.from({ length: n }, (_, hour) => hour)

test('measurements of others with a block in them -> an outage, its incident and its strip; again -> nothing changes', async () => {
  const config = await aConfig()
  await imported(config.store.path, upTo(100), (hour) => hour >= 40 && hour < 60)
  const fill = () => backfill({ config, vantages: [VANTAGE], by: 'cli:ann', now: () => T0 })
  const first = await fill()
  expect(first.rows).toBe(100)
  expect(first.differences.map(({ kind }) => kind)).toEqual(['appears'])

  const reader = openStoreReadOnly(config.store.path)
  onTestFinished(() => reader.close())
  const [outage, ...others] = await reader.outages({})
  expect(others).toEqual([])
  expect(outage).toMatchObject({
    service: 'facebook',
    vantage: VANTAGE,
    cause: 'blocked',
    mechanism: 'tls.sni-reset',
    onsetAfterAt: T0 + 39 * HOUR,
    endAfterAt: T0 + 59 * HOUR,
  })
  const [placed] = await reader.incidents({ kind: 'measured' })
  expect(placed).toMatchObject({ incident: { country: 'TJ', asns: [24_722], members: [outage!.id] } })
  const [strip] = await reader.states({ since: T0, until: T0 + 200 * HOUR })
  expect(strip?.changes.map(({ state }) => state)).toEqual(expect.arrayContaining(['ok', 'blocked']))

  expect((await fill()).differences).toEqual([])
  expect(await reader.outages({})).toEqual([outage])
})

test('the data ends in a block -> the outage ends with what is known; more data -> it is folded as if it had always been there', async () => {
  const config = await aConfig()
  const blocked = (hour: number) => hour >= 40
  await imported(config.store.path, upTo(50), blocked)
  await backfill({ config, vantages: [VANTAGE], by: 'cli:ann', now: () => T0 })
  const reader = openStoreReadOnly(config.store.path)
  onTestFinished(() => reader.close())
  expect(await reader.outages({})).toMatchObject([
    { cause: 'blocked', endAfterAt: expect.any(Number) as number },
  ])

  await imported(config.store.path, upTo(60), blocked)
  const more = await backfill({ config, vantages: [VANTAGE], by: 'cli:ann', now: () => T0 })
  expect(more.differences).toMatchObject([{ kind: 'changes', aspects: ['end'] }])
})

test('a daemon that starts afterwards -> is given no state of theirs, and so closes nothing of theirs', async () => {
  const config = await aConfig()
  await imported(config.store.path, upTo(60), (hour) => hour >= 40)
  await backfill({ config, vantages: [VANTAGE], by: 'cli:ann', now: () => T0 })
  const reader = openStoreReadOnly(config.store.path)
  onTestFinished(() => reader.close())
  expect(await reader.loadDetector()).toEqual({})
})

test('nothing stored of such a vantage, or only of endpoints nobody watches -> nothing is made of it', async () => {
  const config = await aConfig()
  await imported(config.store.path, [], () => false)
  const fill = () => backfill({ config, vantages: [VANTAGE], by: 'cli:ann', now: () => T0 })
  expect(await fill()).toEqual({ rows: 0, differences: [] })
  const store = await aStore({ path: config.store.path })
  for (const n of upTo(30)) {
    const startedAt = T0 + n * HOUR
    const other = {
      startedAt,
      vantage: VANTAGE,
      endpoint: 'vk/www',
      purpose: 'import',
      plan: 'full',
    } as const
    store.save(saved(aMeasurement(n, other), { verdict: { ...RESET, weight: 5 } }))
  }
  store.close()
  expect((await fill()).differences).toEqual([])
})

test('a daemon has the store -> refused, and nothing was changed; afterwards -> done', async () => {
  const config = await aConfig()
  await imported(config.store.path, upTo(60), (hour) => hour >= 20 && hour < 40)
  const fill = () => backfill({ config, vantages: [VANTAGE], by: 'cli:ann', now: () => T0 })
  const daemon = await aStore({ path: config.store.path })
  await expect(fill()).rejects.toMatchObject({ code: 'store_locked' })
  daemon.close()
  const reader = openStoreReadOnly(config.store.path)
  onTestFinished(() => reader.close())
  expect(await reader.outages({})).toEqual([])
  expect((await fill()).differences.map(({ kind }) => kind)).toEqual(['appears'])
})
