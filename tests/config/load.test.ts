import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { timesOf } from '../../src/config/config.ts'
import { detectSchema, replayDetectSchema } from '../../src/config/detect-schema.ts'
import { loadConfig } from '../../src/config/load.ts'
import { fileSchema } from '../../src/config/schema.ts'
import { correlateSchema, incidentsSchema } from '../../src/config/correlate-schema.ts'
import { DEFAULTS as CORRELATE_DEFAULTS } from '../../src/correlate/settings.ts'
import { INCIDENT_DEFAULTS } from '../../src/incident/group.ts'
import { DEFAULTS } from '../../src/detect/settings.ts'
import { endpointsAt, isSecure } from '../../src/model/service.ts'
import { PROBE_DEFAULTS } from '../../src/model/probe-settings.ts'
import { aFolder } from './folder.ts'

const SHIPPED = new URL('../../config/didbon.yaml', import.meta.url).pathname

async function load(didbon: string, env: Record<string, string> = {}, files: Record<string, string> = {}) {
  const { path } = await aFolder({ 'didbon.yaml': didbon, ...files })
  return loadConfig(path, env)
}

test('the shipped didbon.yaml -> the same as a file that says nothing', async () => {
  const { files: _, ...shipped } = await loadConfig(SHIPPED, {})
  const { path } = await aFolder({
    'didbon.yaml': '# nothing\n',
    'services.yaml': await readFile(new URL('../../config/services.yaml', import.meta.url), 'utf8'),
  })
  const { files: __, ...silent } = await loadConfig(path, {})
  expect(shipped).toEqual(silent)
})

test('the shipped didbon.yaml -> names every key there is, but those for proxies, which are in its comments', async () => {
  const text = await readFile(SHIPPED, 'utf8')
  const said = parse(text) as Record<string, Record<string, unknown>>
  expect(Object.keys(said)).toEqual(Object.keys(fileSchema.shape))
  for (const section of ['schedule', 'probe', 'store', 'serve', 'log'] as const) {
    expect(Object.keys(said[section]!)).toEqual(Object.keys(fileSchema.shape[section].unwrap().shape))
  }
  const vantageKeys = Object.keys(fileSchema.shape.vantages.unwrap().element.unwrap().shape)
  const here = (said.vantages as unknown as object[])[0]!
  const proxyKeys = vantageKeys.filter((key) => !(key in here))
  expect(proxyKeys).toEqual(['host', 'port', 'username', 'password', 'schedule'])
  for (const key of proxyKeys) expect(text).toMatch(new RegExp(`^  #  +${key}:`, 'm'))
})

test('the examples in the comments of didbon.yaml -> load as they stand once uncommented', async () => {
  const examples = (await readFile(SHIPPED, 'utf8'))
    .replace(/^  # (?=- |  )/gm, '  ')
    .replaceAll('/run/secrets/', '')
  const { vantages, schedule } = await load(examples, { TCELL_PROXY_PASSWORD: 'one' }, { 'babilon-t': 'two' })
  expect(vantages.map((v) => [v.id, v.role, v.route.kind])).toEqual([
    ['here', 'probe', 'direct'],
    ['babilon-t', 'probe', 'socks5'],
    ['tcell', 'probe', 'http-proxy'],
    ['frankfurt', 'control', 'socks5'],
  ])
  expect(Object.keys(schedule.vantages)).toEqual(['babilon-t'])
})

test('the shipped services.yaml -> four services, each with a primary endpoint in force; canaries in two groups', async () => {
  const { services, canaries } = await loadConfig(SHIPPED, {})
  expect(services.map((s) => s.id)).toEqual(['facebook', 'youtube', 'odnoklassniki', 'asia-plus'])
  for (const service of services) {
    const primary = endpointsAt(service, Date.UTC(2026, 0, 1)).filter((e) => e.role === 'primary')
    expect([service.id, primary.length]).toEqual([service.id, 1])
  }
  const abroad = canaries.filter((c) => c.group === 'international' && c.optional === undefined)
  // What services use; and what tells a line on which only that fails from one that is down.
  expect(abroad.filter(isSecure)).toHaveLength(3)
  expect(abroad.filter((c) => !isSecure(c))).toHaveLength(3)
  expect(canaries.filter((c) => c.optional === true).map(({ id }) => id)).toEqual([
    'canary/example.com',
    'canary/dns.quad9.net',
  ])
  expect(canaries.filter((c) => c.group === 'domestic')).toHaveLength(2)
  // a captive portal must show
  expect(abroad.filter((c) => !isSecure(c) && c.expectBody === null)).toEqual([])
})

test('Asia-Plus before and after 2019-08-19 -> other hosts, never both', async () => {
  const { services } = await loadConfig(SHIPPED, {})
  const asiaPlus = services.find((s) => s.id === 'asia-plus')!
  const change = Date.UTC(2019, 7, 19)
  expect(endpointsAt(asiaPlus, change - 1).map((e) => e.url)).toEqual([
    'http://news.tj/',
    'http://asiaplus.tj/',
  ])
  expect(endpointsAt(asiaPlus, change).map((e) => e.url)).toEqual(['https://asiaplustj.info/'])
})

test('the shipped probe section -> what a prober goes by without a configuration', async () => {
  const { probe } = await loadConfig(SHIPPED, {})
  const { extraCa, connectToLoopback, ...defaults } = PROBE_DEFAULTS
  expect(probe).toEqual({ ...defaults, extraCa, workers: 0 })
  expect(connectToLoopback).toBe(false)
})

test('replay --rules -> knows exactly the settings of detect/, and takes their defaults; the configuration some of them', () => {
  expect(Object.keys(replayDetectSchema.shape).toSorted()).toEqual(Object.keys(DEFAULTS).toSorted())
  expect(replayDetectSchema.parse({ ...DEFAULTS })).toEqual(DEFAULTS)
  const some = Object.fromEntries(
    Object.keys(detectSchema.shape).map((key) => [key, DEFAULTS[key as keyof typeof DEFAULTS]]),
  )
  expect(detectSchema.parse(some)).toEqual(some)
})

test('incidents and correlate -> the names of what the rooms go by, and their defaults are allowed', () => {
  expect(Object.keys(incidentsSchema.shape)).toEqual(Object.keys(INCIDENT_DEFAULTS))
  expect(incidentsSchema.parse({ ...INCIDENT_DEFAULTS })).toEqual(INCIDENT_DEFAULTS)
  expect(Object.keys(correlateSchema.shape)).toEqual(Object.keys(CORRELATE_DEFAULTS))
  expect(correlateSchema.parse({ ...CORRELATE_DEFAULTS })).toEqual(CORRELATE_DEFAULTS)
})

test('vantages of every kind -> plain data as in model/', async () => {
  const config = await load(
    `
vantages:
  - { id: here, country: TJ, asn: 24722, isp: Babilon-T, city: Dushanbe }
  - id: babilon
    kind: socks5
    host: 2001:db8::2
    port: 1080
    username: didbon
    password: \${PROXY_PASSWORD}
    country: TJ
    resolvers: [udp://10.0.0.53, 'tcp://[2001:db8::53]:5353', 'https://9.9.9.9/dns-query']
    trustedResolver: null
    maxInFlight: 4
  - { id: frankfurt, role: control, kind: http-proxy, host: proxy.example, port: 3128, country: DE }
`,
    { PROXY_PASSWORD: 'p@ss:w/rd' },
  )
  const trustedResolver = { kind: 'doh', url: 'https://dns.quad9.net/dns-query', address: '9.9.9.9' }
  const open = { username: null, password: null }
  expect(config.vantages).toEqual([
    {
      id: 'here',
      role: 'probe',
      route: { kind: 'direct' },
      country: 'TJ',
      asn: 24722,
      isp: 'Babilon-T',
      city: 'Dushanbe',
      resolvers: [{ kind: 'system' }],
      trustedResolver,
      maxInFlight: 16,
    },
    {
      id: 'babilon',
      role: 'probe',
      country: 'TJ',
      asn: null,
      isp: null,
      city: null,
      route: {
        kind: 'socks5',
        host: '2001:db8::2',
        port: 1080,
        username: 'didbon',
        password: 'p@ss:w/rd',
      },
      resolvers: [
        {
          kind: 'udp',
          address: '10.0.0.53',
          port: 53,
        },
        {
          kind: 'tcp',
          address: '2001:db8::53',
          port: 5353,
        },
        {
          kind: 'doh',
          url: 'https://9.9.9.9/dns-query',
          address: '9.9.9.9',
        },
      ],
      trustedResolver: null,
      maxInFlight: 4,
    },
    {
      id: 'frankfurt',
      role: 'control',
      country: 'DE',
      asn: null,
      isp: null,
      city: null,
      route: {
        kind: 'http-proxy',
        host: 'proxy.example',
        port: 3128,
        ...open,
      },
      resolvers: [{ kind: 'proxy' }],
      trustedResolver,
      maxInFlight: 16,
    },
  ])
})

test('a configuration -> frozen to the bottom, and can be sent to a worker thread', async () => {
  const config = await load('# nothing\n')
  expect(structuredClone(config)).toEqual(config)
  expect(() => Object.assign(config.services[0]!.endpoints[0]!, { url: 'x' })).toThrow(TypeError)
  expect(() => Object.assign(config.schedule.confirmAfterMs, [1])).toThrow(TypeError)
})

test('times of a service from a vantage -> the vantage is stronger than the service, the service than the default', async () => {
  const { schedule } = await load(`
schedule:
  services: { news: { heartbeat: '*/15 * * * * *', timezone: UTC } }
vantages:
  - { id: here, country: TJ }
  - { id: slow, country: TJ, schedule: { heartbeat: '0 * * * * *', throughput: null } }
`)
  const full = '*/5 * * * *'
  const throughput = full
  expect(timesOf(schedule, 'other', 'here')).toEqual({
    heartbeat: '*/30 * * * * *',
    full,
    throughput,
    timezone: 'Asia/Dushanbe',
  })
  expect(timesOf(schedule, 'news', 'here')).toEqual({
    heartbeat: '*/15 * * * * *',
    full,
    throughput,
    timezone: 'UTC',
  })
  expect(timesOf(schedule, 'news', 'slow')).toEqual({
    heartbeat: '0 * * * * *',
    full,
    throughput: null,
    timezone: 'UTC',
  })
})

test('references -> environment, secret files without their last newline, and a way to write ${ itself', async () => {
  const config = await load(
    `
vantages:
  - { id: one, country: TJ, isp: '\${ISP} \${CITY}', city: '$\${ISP}' }
  - { id: two, country: TJ, kind: socks5, host: a.example, port: 1, username: u, password: '\${file:pw}' }
`,
    { ISP: 'Babilon-T', CITY: 'Khujand' },
    { pw: 'two\nlines\n' },
  )
  expect(config.vantages[0]).toMatchObject({ isp: 'Babilon-T Khujand', city: '${ISP}' })
  expect(config.vantages[1]!.route).toMatchObject({ password: 'two\nlines' })
})

test('files read -> all named: both YAML files, the record, secrets, certificates', async () => {
  const certificate = await readFile(new URL('authority.pem', import.meta.url), 'utf8')
  const { folder, path } = await aFolder({
    'didbon.yaml': `
probe: { extraCaFiles: [ca.pem] }
record: { events: events.yaml, reports: reports.yaml }
vantages:
  - { id: here, country: TJ, isp: '\${file:isp}' }
`,
    'events.yaml': 'events: []\n',
    'reports.yaml': 'reports: []\n',
    'ca.pem': certificate,
    isp: 'Babilon-T',
  })
  const config = await loadConfig(path, {})
  expect(config.files).toEqual(
    ['didbon.yaml', 'services.yaml', 'events.yaml', 'reports.yaml', 'ca.pem', 'isp'].map((name) =>
      join(folder, name),
    ),
  )
  expect(config.probe.extraCa).toEqual([certificate])
})

test('no record named -> the one that comes with didbon; its print changes with a file', async () => {
  const { path } = await aFolder({ 'didbon.yaml': 'log: { level: warn }\n' })
  const { record } = await loadConfig(path, {})
  expect([basename(record.events), basename(record.reports)]).toEqual(['events.yaml', 'reports.yaml'])
  const other = await aFolder({
    'didbon.yaml': 'record: { events: mine.yaml }\n',
    'mine.yaml': 'events: []\n',
  })
  expect((await loadConfig(other.path, {})).record.print).not.toBe(record.print)
})

test('a record that cannot be read -> the key and the file', async () => {
  const { path } = await aFolder({ 'didbon.yaml': 'record: { reports: none.yaml }\n' })
  await expect(loadConfig(path, {})).rejects.toThrow(/record\.reports: cannot read .*none\.yaml \(ENOENT\)/)
})

test('anchors and aliases -> mean what they repeat', async () => {
  const config = await load(`
vantages:
  - { id: one, country: TJ, resolvers: &r ['udp://10.0.0.53'] }
  - { id: two, country: TJ, resolvers: *r }
`)
  expect(config.vantages[1]!.resolvers).toEqual(config.vantages[0]!.resolvers)
})
