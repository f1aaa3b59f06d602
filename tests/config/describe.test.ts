import { expect, test } from 'vitest'
import { describeConfig, formatDescription } from '../../src/config/describe.ts'
import { loadConfig } from '../../src/config/load.ts'
import { aFolder } from './folder.ts'

const NOW = Date.UTC(2026, 0, 1)

async function described(didbon: string, services?: string) {
  const { path } = await aFolder({
    'didbon.yaml': didbon,
    ...(services === undefined ? {} : { 'services.yaml': services }),
  })
  return describeConfig(await loadConfig(path, { PASSWORD: 'pass-word' }), NOW)
}

test('one vantage, default times -> 120 heartbeats, 12 full looks and as many timed ones, and 120 of each canary and neutral host an hour', async () => {
  const { perHour } = await described('# nothing\n')
  expect(perHour).toEqual({ heartbeat: 120, full: 12, throughput: 12, canary: 600, total: 744 })
})

test('a control -> no heartbeats and no timed bytes in its rounds', async () => {
  const { vantages } = await described(`
vantages:
  - { id: here, country: TJ }
  - { id: far, country: DE, role: control }
`)
  expect(vantages.map((v) => v.perHour.total)).toEqual([744, 612])
})

test('other times for a service and a vantage -> counted', async () => {
  const { vantages } = await described(`
schedule:
  canary: '0 0 4 * * *'
  services: { news: { full: '0 * * * *' } }
vantages:
  - { id: here, country: TJ }
  - { id: slow, country: TJ, schedule: { heartbeat: '*/2 9-20 * * *', throughput: null } }
`)
  const canary = 5 * (1 / 24)
  expect(vantages[0]!.perHour).toEqual({
    heartbeat: 120,
    full: 1,
    throughput: 12,
    canary,
    total: 133 + canary,
  })
  expect(vantages[1]!.perHour).toEqual({ heartbeat: 15, full: 1, throughput: 0, canary, total: 16 + canary })
})

test('an endpoint of the past -> shown, not counted, and a note when the service has no other', async () => {
  const { services, perHour, notes } = await described(
    'vantages: [{ id: here, country: TJ }, { id: far, role: control, country: DE }]\n',
    `
services:
  news: { name: News, endpoints: { www: { url: https://news.example, role: primary, validUntil: 2019-08-19 } } }
canaries:
  international: { one: { url: http://one.example/ }, two: { url: http://two.example/ } }
  domestic: { home: { url: http://home.example/ } }
`,
  )
  expect(services[0]!.endpoints).toEqual([
    { id: 'news/www', url: 'https://news.example/', role: 'primary', inForce: false },
  ])
  expect(perHour.heartbeat).toBe(0)
  expect(notes).toEqual(['Service news has no primary endpoint in force now: it cannot be out.'])
})

test('a proxy with credentials -> its way and resolvers in the lines, its credentials nowhere', async () => {
  const description = await described(`
vantages:
  - id: babilon
    kind: socks5
    host: 2001:db8::2
    port: 1080
    username: user-name
    password: \${PASSWORD}
    country: TJ
    asn: 24722
    isp: Babilon-T
    resolvers: ['tcp://[2001:db8::53]']
`)
  expect(formatDescription(description)).toEqual([
    'Services',
    '  news (News)',
    '    news/www  primary  https://news.example/',
    'Vantages',
    '  babilon  probe  socks5 [2001:db8::2]:1080 with credentials  TJ, AS24722, Babilon-T  744 probes an hour (heartbeat 120, full 12, throughput 12, canary 600); timing bytes costs about 76 MB a day',
    '    resolvers tcp://[2001:db8::53]:53; trusted https://dns.quad9.net/dns-query#9.9.9.9',
    'Canaries',
    '  canary/one  international  http://one.example/',
    '  canary/two  international  http://two.example/',
    '  canary/home  domestic  http://home.example/',
    '  canary/example.com  neutral host  https://example.com/',
    '  canary/dns.quad9.net  neutral host  https://dns.quad9.net/',
    'In all 744 probes an hour (heartbeat 120, full 12, throughput 12, canary 600)',
    'Outages are diagnosed as they open and change, and every 60 min; compared with example.com, dns.quad9.net',
    'Note: No vantage has role control: an outage can be seen, but rarely called a block.',
  ])
  expect(JSON.stringify(description)).not.toMatch(/pass-word|user-name/)
})

test('diagnoses switched off, and an hour that is another -> said', async () => {
  const off = await described('diagnose: { enabled: false }\n')
  expect(off.diagnosis).toBeNull()
  expect(formatDescription(off)).toContain('Outages are not diagnosed')
  const often = await described('diagnose: { everyMs: 600000, neutralHosts: [neutral.example] }\n')
  expect(often.diagnosis).toEqual({ everyMinutes: 10, comparedWith: ['neutral.example'] })
})

test('reserved prefixes that count as public -> a note says which, and what that means', async () => {
  const { notes } = await described('publicPrefixes: [198.51.100.0/24, 2001:db8::/32]\n')
  expect(notes).toContain(
    'Addresses in 198.51.100.0/24, 2001:db8::/32 count as public, which they are in a lab alone: on a real network a lie that points there would not be seen.',
  )
})
