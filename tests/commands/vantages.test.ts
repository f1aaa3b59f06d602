import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { newDetector, vantageState } from '../../src/detect/detector.ts'
import { saveState } from '../../src/detect/saved-state.ts'
import type { Health } from '../../src/model/vantage.ts'
import { aDaemonsStore, aLookout } from './record-cli.ts'

const VANTAGES = {
  vantages: [
    {
      id: 'babilon',
      role: 'probe',
      kind: 'socks5',
      host: '192.0.2.1',
      port: 1080,
      username: 'u',
      password: 'hunter2',
      country: 'TJ',
      asn: 24_722,
      isp: 'Babilon-T',
      city: 'Dushanbe',
      resolvers: ['udp://85.9.128.1:53', 'proxy'],
    },
    { id: 'outside', role: 'control', kind: 'direct', country: 'DE' },
  ],
}

/** What a daemon noted of its vantages before it stopped. */
async function noted(path: string, health: Readonly<Record<string, Health>>): Promise<void> {
  const store = await aDaemonsStore(path)
  for (const [vantage, each] of Object.entries(health)) {
    const state = saveState({ ...vantageState(newDetector(), vantage), health: each })
    store.save({ measurement: null, verdict: null, changes: [], detector: { vantage, state } })
  }
  store.close()
}

test('before the daemon ran -> each with what is known of it and health unknown; no store is made', async () => {
  const { run, store } = await aLookout({}, VANTAGES)
  const { code, stdout, stderr } = await run('vantages', '--json')
  expect([code, stderr]).toEqual([0, ''])
  expect(JSON.parse(stdout)).toEqual([
    {
      id: 'babilon',
      role: 'probe',
      way: 'socks5',
      country: 'TJ',
      asn: 24_722,
      isp: 'Babilon-T',
      city: 'Dushanbe',
      resolvers: ['udp://85.9.128.1:53', 'proxy'],
      health: 'unknown',
      blockedCanaries: [],
    },
    {
      id: 'outside',
      role: 'control',
      way: 'direct',
      country: 'DE',
      asn: null,
      isp: null,
      city: null,
      resolvers: ['system'],
      health: 'unknown',
      blockedCanaries: [],
    },
  ])
  expect(stdout).not.toMatch(/hunter2|192\.0\.2\.1/)
  expect(existsSync(store)).toBe(false)
})

test('after it ran -> what it last said of each; of one it never knew, unknown; of one taken out, nothing', async () => {
  const { run, store } = await aLookout({}, VANTAGES)
  await noted(store, { babilon: 'shutdown', gone: 'online' })
  expect((await run('vantages')).stdout.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
    ['id', 'role', 'way', 'country', 'asn', 'isp', 'city', 'resolvers', 'health', 'blocked canaries'],
    [
      'babilon',
      'probe',
      'socks5',
      'TJ',
      'AS24722',
      'Babilon-T',
      'Dushanbe',
      'udp://85.9.128.1:53 proxy',
      'shutdown',
      '-',
    ],
    ['outside', 'control', 'direct', 'DE', '-', '-', '-', 'system', 'unknown', '-'],
    [''],
  ])
})
