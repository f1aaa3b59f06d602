/** The last value that is taken and the first that is not, on either side. */
import { describe, expect, test } from 'vitest'
import { cron, host, moment, name, timezone, webUrl } from '../../src/config/fields.ts'
import { loadConfig } from '../../src/config/load.ts'
import { recordId, statedDate } from '../../src/config/record-fields.ts'
import { aFolder } from './folder.ts'

async function loads(didbon: string): Promise<boolean> {
  const { path } = await aFolder({ 'didbon.yaml': didbon })
  return loadConfig(path, {}).then(
    () => true,
    () => false,
  )
}

const list = (n: number, of: (i: number) => string) =>
  `[${Array.from({ length: n }, (_, i) => of(i)).join(', ')}]`
const rest = 'id: a, country: TJ'

test.each([
  {
    key: 'serve.port',
    of: (n: number) => `serve: { port: ${n} }`,
    taken: [0, 65_535],
    not: [-1, 65_536, 0.5],
  },
  {
    key: 'vantages[].port',
    of: (n: number) => `vantages: [{ ${rest}, kind: socks5, host: a, port: ${n} }]`,
    taken: [1, 65_535],
    not: [0, 65_536],
  },
  {
    key: 'vantages[].asn',
    of: (n: number) => `vantages: [{ ${rest}, asn: ${n} }]`,
    taken: [1, 4_294_967_295],
    not: [0, 4_294_967_296],
  },
  {
    key: 'correlate.shareBefore',
    of: (n: number) => `correlate: { shareBefore: ${n} }`,
    taken: [1e-300, 0.999],
    not: [0, 1],
  },
  {
    key: 'detect.falseBlockedEveryMs, from 30 days to a century',
    of: (n: number) => `detect: { falseBlockedEveryMs: ${n} }`,
    taken: [2_592_000_000, 3_153_600_000_000],
    not: [2_591_999_999, 3_153_600_000_001],
  },
  {
    key: 'throughput.bytes',
    of: (n: number) => `throughput: { bytes: ${n} }`,
    taken: [32_768, 16_777_216],
    not: [32_767, 16_777_217],
  },
  {
    key: 'probe.totalTimeoutMs, all steps shorter',
    of: (n: number) =>
      `probe: { totalTimeoutMs: ${n}, dnsTimeoutMs: 100, tcpTimeoutMs: 100, tlsTimeoutMs: 100, httpTimeoutMs: 100 }`,
    taken: [100, 300_000],
    not: [99, 300_001],
  },
  {
    key: 'probe.httpTimeoutMs, against the whole',
    of: (n: number) => `probe: { totalTimeoutMs: 20000, httpTimeoutMs: ${n} }`,
    taken: [20_000],
    not: [20_001],
  },
  {
    key: 'diagnose.trialTimeoutMs, four of them',
    of: (n: number) => `diagnose: { totalTimeoutMs: 20000, trialTimeoutMs: ${n} }`,
    taken: [5_000],
    not: [5_001],
  },
  {
    key: 'detect.internationalQuorum, of two canaries',
    of: (n: number) => `detect: { internationalQuorum: ${n} }`,
    taken: [1, 2],
    not: [0, 3],
  },
  {
    key: 'schedule.confirmAfterMs, how many',
    of: (n: number) => `schedule: { confirmAfterMs: ${list(n, String)} }`,
    taken: [0, 20],
    not: [21],
  },
  {
    key: 'resolvers, how many',
    of: (n: number) => `vantages: [{ ${rest}, resolvers: ${list(n, (i) => `'udp://10.0.0.${i}'`)} }]`,
    taken: [1, 8],
    not: [0, 9],
  },
  {
    key: 'throughput.neutral, how many',
    of: (n: number) => `throughput: { neutral: ${list(n, (i) => `'https://f${i}.example/'`)} }`,
    taken: [0, 4],
    not: [5],
  },
  {
    key: 'serve.tokens, how many',
    of: (n: number) =>
      `serve: { tokens: ${list(n, (i) => `{ name: t${i}, sha256: ${'a'.repeat(60)}${i + 1000} }`)} }`,
    taken: [0, 100],
    not: [101],
  },
  {
    key: 'isp, how long',
    of: (n: number) => `vantages: [{ ${rest}, isp: ${'x'.repeat(n)} }]`,
    taken: [1, 500],
    not: [501],
  },
])('$key -> $taken taken, $not not', async ({ of, taken, not }) => {
  for (const n of taken) expect([n, await loads(`${of(n)}\n`)]).toEqual([n, true])
  for (const n of not) expect([n, await loads(`${of(n)}\n`)]).toEqual([n, false])
})

describe('kinds of text', () => {
  test.each([
    {
      kind: 'a name',
      schema: name(),
      taken: ['a', 'asia-plus', 'a1', 'x'.repeat(40)],
      not: ['', '1a', 'a-', '-a', 'a--b', 'A', 'a_b', 'a.b', 'х', 'a\n', 'x'.repeat(41)],
    },
    {
      kind: 'an id in the record',
      schema: recordId(),
      taken: ['2015-05', 'x'.repeat(80)],
      not: ['', 'a/b', 'A', 'a-', 'x'.repeat(81)],
    },
    {
      kind: 'a host',
      schema: host(),
      taken: [
        'a',
        'a.example',
        '3com.example',
        'a_b.example',
        '10.0.0.1',
        '::1',
        'xn--80a.example',
        `${'x'.repeat(63)}.example`,
      ],
      not: [
        '',
        'a..b',
        'a.',
        '-a',
        'a-',
        'a b',
        'a:80',
        '[::1]',
        '10.0.0.256',
        '10.0.0',
        '1',
        `${'x'.repeat(64)}.example`,
        'x.'.repeat(127),
      ],
    },
    {
      kind: 'a URL',
      schema: webUrl(),
      taken: ['http://a', 'https://a.example:8443/p?q=1', 'https://[2001:db8::1]/'],
      not: [
        '',
        'a.example',
        '//a.example',
        'ftp://a',
        'javascript:alert(1)',
        'http://',
        'http://u@a',
        'http://:p@a',
        'http://a/#',
        'http://10.0.0.256/',
      ],
    },
    {
      kind: 'a cron expression',
      schema: cron(),
      taken: ['* * * * *', '*/10 * * * * *', '0 0 29 2 *', '0 0 31 * *', '0 9-20/2 * * 1-5'],
      not: [
        '',
        '* * * *',
        '* * * * * * *',
        '60 * * * *',
        '* 24 * * *',
        '0 0 30 2 *',
        '0 0 31 4 *',
        '*/0 * * * *',
        'x * * * *',
      ],
    },
    {
      kind: 'a time zone',
      schema: timezone(),
      taken: ['UTC', 'Asia/Dushanbe'],
      not: ['', 'TJT', 'Asia', 'Asia/Dushanbe '],
    },
    {
      kind: 'a moment',
      schema: moment(),
      taken: ['2016-02-29', '2019-08-19T06:00:00Z', '2019-08-19T23:59:59.999Z'],
      not: [
        '2015-02-29',
        '2019-08-19T06:00Z',
        '2019-08-19T06:00:00',
        '2019-08-19T06:00:00+05:00',
        '2019-08-19T24:00:00Z',
        '2019-08-19T06:00:60Z',
        '2019-8-19',
      ],
    },
    {
      kind: 'a date as far as it is known',
      schema: statedDate(),
      taken: ['2015', '2015-12', '2016-02-29', '2014-10-10T15:00+05:00', '2014-10-10T15:00Z'],
      not: [
        '15',
        '2015-13',
        '2015-00',
        '2015-02-29',
        '2014-10-10T15:00',
        '2014-10-10T15',
        '2014-10-10T25:00Z',
        '2014-10-10T15:00:00Z',
      ],
    },
  ])('$kind -> these and not those', ({ schema, taken, not }) => {
    expect(taken.filter((text) => !schema.safeParse(text).success)).toEqual([])
    expect(not.filter((text) => schema.safeParse(text).success)).toEqual([])
  })
})
