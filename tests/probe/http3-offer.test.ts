/** Who says that a site speaks HTTP/3, through the lab's networks: Alt-Svc, the HTTPS record, both, or nobody. */
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { judge } from '../../src/judge/judge.ts'
import { judgeQuic } from '../../src/judge/quic.ts'
import { startLab, type Lab } from '../../src/lab/lab.ts'
import type { SiteSpec } from '../../src/lab/world.ts'
import type { Measurement, QuicObservation } from '../../src/model/measurement.ts'
import { probeOnce } from '../../src/probe/ladder.ts'
import type { ProbeTask } from '../../src/probe/task.ts'
import { vantageIn } from '../censors/vantage-in.ts'
import { aTask } from './servers.ts'

const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex')
const SITES: readonly SiteSpec[] = [
  { host: 'both.example', addresses: ['93.184.215.61'], http3: true },
  { host: 'record.example', addresses: ['93.184.215.62'], http3: 'https-record' },
  { host: 'header.example', addresses: ['93.184.215.63'], http3: 'alt-svc' },
  { host: 'neither.example', addresses: ['93.184.215.64'] },
  { host: 'alias.example', addresses: ['93.184.215.65'], httpsRecord: bytes('0000 00') },
  { host: 'cut.example', addresses: ['93.184.215.66'], httpsRecord: bytes('0001 00 0001 0006 026833') },
  {
    host: 'away.example',
    addresses: ['93.184.215.67'],
    httpsRecord: bytes('0001 0361776100 0001 0003 026833'),
  },
  { host: 'empty.example', addresses: ['93.184.215.68'], httpsRecord: Buffer.alloc(0) },
]

let lab: Lab
beforeAll(async () => {
  lab = await startLab({ sites: SITES, timeScale: 0.05 })
  return () => lab.close()
})
afterEach(() => lab.network('babilon').censor.clear())

function measureOnce(
  host: string,
  network = 'babilon',
  overrides: Partial<ProbeTask> = {},
): Promise<Measurement> {
  const task = aTask(`https://${host}/`, {
    vantage: vantageIn(lab.network(network), lab),
    settings: {
      extraCa: [lab.ca],
      tcpTimeoutMs: 700,
      tlsTimeoutMs: 700,
      quic: {
        timeoutMs: 700,
        neutralName: 'neutral.example',
        reference: { host: 'cloudflare-dns.com', address: '1.1.1.1' },
      },
    },
  })
  return probeOnce({ ...task, ...overrides }, AbortSignal.timeout(20_000))
}

/** The port that the HTTPS record offers; `undefined`: the record says nothing of it. */
function recorded({ observations }: Measurement): number | null | undefined {
  const lookups = observations.filter((seen) => seen.layer === 'dns')
  expect(lookups.filter(({ role }) => role === 'vantage').every((seen) => !('http3Port' in seen))).toBe(true)
  return lookups.find(({ role }) => role === 'trusted')?.http3Port
}

function triesIn({ observations }: Measurement): QuicObservation[] {
  return observations.filter((seen) => seen.layer === 'quic')
}

const failuresIn = (of: Measurement) =>
  Object.fromEntries(triesIn(of).map(({ name, failure }) => [name, failure]))
const control = (host: string) => measureOnce(host, 'outside', { purpose: 'control' })
const WORKS = { target: null, neutral: null }
const block = (rule: Parameters<ReturnType<Lab['network']>['censor']['add']>[0]) =>
  lab.network('babilon').censor.add(rule)

describe('the page comes', () => {
  test.each([
    ['both.example', 443, WORKS, 'ok'],
    ['record.example', 443, WORKS, 'ok'],
    ['header.example', null, WORKS, 'ok'],
    ['neither.example', null, {}, 'not_offered'],
    ['alias.example', null, {}, 'not_offered'],
    ['cut.example', null, {}, 'not_offered'],
    ['away.example', null, {}, 'not_offered'],
    ['empty.example', null, {}, 'not_offered'],
  ])('%s -> the record offers port %s', async (host, port, tries, standing) => {
    const seen = await measureOnce(host)
    expect(seen.unfit).toBeNull()
    expect(recorded(seen)).toBe(port)
    expect(failuresIn(seen)).toEqual(tries)
    for (const { address, source } of triesIn(seen))
      expect({ address, source }).toEqual({ address: lab.site(host).addresses[0], source: 'vantage' })
    expect(judge(seen, [], 'online')).toMatchObject({ outcome: 'ok', reached: 'yes', quic: standing })
  })

  test('the service has an alias in DNS, and its record is under that -> offered', async () => {
    expect(recorded(await measureOnce('www.facebook.com'))).toBe(443)
  })

  test('nobody lies to the trusted resolver: every cleartext lookup for the name does, and the record is still read', async () => {
    block({ layer: 'dns', names: ['record.example'], action: 'nxdomain' })
    const seen = await measureOnce('record.example')
    expect(recorded(seen)).toBe(443)
    expect(failuresIn(seen)).toEqual(WORKS)
  })

  test('the trusted resolver is cut off -> nothing is known of the record, the look is as good, and Alt-Svc counts as ever', async () => {
    block({ layer: 'tls', names: ['dns.quad9.net'], action: 'reset' })
    const [header, record] = await Promise.all([measureOnce('header.example'), measureOnce('record.example')])
    expect([recorded(header), recorded(record)]).toEqual([undefined, undefined])
    expect(failuresIn(header)).toEqual(WORKS)
    for (const seen of [header, record]) {
      expect(seen.unfit).toBeNull()
      expect(judge(seen, [], 'online')).toMatchObject({ outcome: 'ok', reached: 'yes' })
    }
    expect(judgeQuic(record, [])).toMatchObject({ standing: 'insufficient' })
  })

  test.each<[string, Partial<ProbeTask>]>([
    ['a heartbeat', { plan: 'heartbeat' }],
    ['a port the record is not for', { url: 'https://record.example:8443/' }],
    ['a URL in cleartext', { url: 'http://record.example/' }],
  ])('%s -> no record is asked for', async (_name, overrides) => {
    expect(recorded(await measureOnce('record.example', 'babilon', overrides))).toBeUndefined()
  })
})

describe('no page comes over TCP', () => {
  const TCP = { layer: 'tcp', to: ['record.example'], action: 'reset' } as const
  const NAME = { layer: 'tls', names: ['record.example'], action: 'reset' } as const

  test('HTTP/3 works -> ok, at an address of the trusted resolver, and the service is as blocked as without it', async () => {
    block(TCP)
    const [seen, there] = await Promise.all([measureOnce('record.example'), control('record.example')])
    expect(failuresIn(seen)).toEqual(WORKS)
    expect(triesIn(seen).map(({ address }) => address)).toEqual(['93.184.215.62', '93.184.215.62'])
    const without = { ...seen, observations: seen.observations.filter(({ layer }) => layer !== 'quic') }
    const { quic, ...verdict } = judge(seen, [there], 'online')
    const { quic: _, ...alike } = judge(without, [there], 'online')
    expect(quic).toBe('ok')
    expect(verdict).toEqual(alike)
    expect(verdict).toMatchObject({ reached: 'no', outcome: 'anomaly' })
  })

  test('both are blocked by name -> sni', async () => {
    block(NAME)
    block({ layer: 'quic', names: ['record.example'], action: 'drop' })
    const [seen, there] = await Promise.all([measureOnce('record.example'), control('record.example')])
    expect(failuresIn(seen)).toEqual({ target: 'generic_timeout_error', neutral: null })
    expect(judgeQuic(seen, [there])).toEqual({
      standing: 'sni',
      because: expect.stringContaining('nor does a page come over TCP'),
    })
  })

  test('both are blocked by address -> insufficient, and no host elsewhere is asked', async () => {
    block(TCP)
    block({ layer: 'quic', to: ['record.example'], action: 'drop' })
    const [seen, there] = await Promise.all([measureOnce('record.example'), control('record.example')])
    expect(failuresIn(seen)).toEqual({
      target: 'generic_timeout_error',
      neutral: 'generic_timeout_error',
    })
    expect(judgeQuic(seen, [there])).toMatchObject({ standing: 'insufficient' })
  })

  test('the network lies about the name, and the lie leads nowhere -> tried at the true address', async () => {
    block({ layer: 'dns', names: ['record.example'], action: 'bogus', address: '93.184.215.99' })
    const seen = await measureOnce('record.example')
    expect(triesIn(seen).map(({ address, source }) => ({ address, source }))).toEqual(
      Array.from({ length: 2 }, () => ({ address: '93.184.215.62', source: 'trusted' })),
    )
  })

  test('the record offers nothing -> not tried, and nothing is said', async () => {
    block({ ...TCP, to: ['header.example'] })
    const seen = await measureOnce('header.example')
    expect(triesIn(seen)).toEqual([])
    expect(judgeQuic(seen, [])).toMatchObject({ standing: 'insufficient' })
  })

  test.each(['confirm', 'control'] as const)(
    'somebody waits for the look, a %s -> not tried',
    async (purpose) => {
      block(TCP)
      const seen = await measureOnce('record.example', 'babilon', { purpose })
      expect(recorded(seen)).toBe(443)
      expect(triesIn(seen)).toEqual([])
    },
  )
})
