/** What fronts of sites show in place of a page: the service answered, whatever it said, and OONI's keys agree. */
import { describe, expect, test } from 'vitest'
import { judge } from '../../src/judge/judge.ts'
import { isTurnedAway } from '../../src/judge/rules/reached.ts'
import { RULES } from '../../src/judge/rules.ts'
import { WALLS, wallOf } from '../../src/judge/cdn-pages.ts'
import type { HttpObservation } from '../../src/model/measurement.ts'
import {
  aControl,
  aMeasurement,
  aPlainControl,
  aPlainMeasurement,
  dns,
  http,
  PLAIN,
  tcp,
  tls,
} from './builders.ts'

type Headers = HttpObservation['headers']

test.each<[string, number, Headers, string | null, string | null]>([
  [
    'a challenge of Cloudflare',
    403,
    [['cf-mitigated', 'challenge']],
    'Just a moment...',
    'cloudflare/challenge',
  ],
  ['the same with 429', 429, [['cf-mitigated', 'challenge']], null, 'cloudflare/challenge'],
  ['a challenge of AWS with 202', 202, [['x-amzn-waf-action', 'challenge']], null, 'aws-waf/challenge'],
  ['a CAPTCHA of AWS', 405, [['x-amzn-waf-action', 'captcha']], null, 'aws-waf/challenge'],
  [
    'Cloudflare denies',
    403,
    [['server', 'cloudflare']],
    'Attention Required! | Cloudflare',
    'cloudflare/denied',
  ],
  ['a 403 of the site behind Cloudflare', 403, [['server', 'cloudflare']], 'No entry', null],
  ['CloudFront denies', 403, [['Server', 'CloudFront']], null, 'cloudfront/denied'],
  ['Cloudflare finds no site', 522, [['server', 'cloudflare']], null, 'cloudflare/site-down'],
  ['the lowest of the family', 520, [['server', 'cloudflare']], null, 'cloudflare/site-down'],
  ['the highest', 530, [['server', 'cloudflare']], null, 'cloudflare/site-down'],
  ['a 502 of the site behind Cloudflare', 502, [['server', 'cloudflare']], null, null],
  ['522 by somebody else', 522, [['server', 'nginx']], null, null],
  ['CloudFront finds no site', 504, [['server', 'CloudFront']], null, 'cloudfront/site-down'],
  ['a page', 200, [['server', 'cloudflare']], 'Welcome to Cloudflare', null],
  ['a redirect with the header of a challenge', 302, [['cf-mitigated', 'challenge']], null, null],
])('%s -> %5$s', (_name, status, headers, title, id) => {
  expect(wallOf(http({ status, headers, title }))?.id ?? null).toBe(id)
})

test('every wall names where it is documented, and no id comes twice', () => {
  expect(WALLS.every(({ source }) => URL.canParse(source))).toBe(true)
  expect(new Set(WALLS.map(({ id }) => id)).size).toBe(WALLS.length)
})

test('no page at all -> no wall', () => {
  expect(wallOf(null)).toBeNull()
})

describe('over verified TLS', () => {
  const walls = WALLS.map(({ id, status, header: [name, value], title }) => {
    const shown = value.source.replaceAll(/[\^$]/g, '').replace(/^\(\?:(\w+)\|.*/, '$1')
    return [
      id,
      http({
        status: status?.[0] ?? 403,
        headers: [[name, shown]],
        title: title === null ? null : 'Cloudflare',
      }),
    ] as const
  })
  test.each(walls)('%s -> reached and ok, accessible in OONI’s words, never blocked', (_id, page) => {
    const measurement = aMeasurement(dns(), tcp(), tls(), page)
    for (const controls of [[], [aControl()], [{ ...measurement, purpose: 'control' as const }]]) {
      expect(judge(measurement, controls, 'online')).toMatchObject({
        reached: 'yes',
        outcome: 'ok',
        mechanism: null,
        weight: 0,
        blocking: false,
        accessible: true,
      })
      expect(judge(measurement, controls, 'online').rule).not.toBe('page_over_verified_tls')
    }
  })

  test('whether others are turned away too is asked where that would tell more', () => {
    const measurement = aMeasurement(dns(), tcp(), tls(), http({ status: 403, headers: [] }))
    expect(isTurnedAway(judge(measurement, [], 'online').rule)).toBe(true)
    expect(isTurnedAway(judge(measurement, [aControl()], 'online').rule)).toBe(false)
    const known = RULES.map(({ id }) => id)
    for (const id of ['server_challenge', 'cdn_error', 'server_denies', 'server_error_page'])
      expect(known).toContain(id)
  })
})

test('in cleartext a wall is no proof of anything: not judged, where OONI says http-diff', () => {
  const headers = [
    ['server', 'cloudflare'],
    ['cf-mitigated', 'challenge'],
  ] as const
  const wall = http({ ...PLAIN, status: 403, title: 'Just a moment...', bodyBytes: 900, headers })
  const control = aPlainControl(http({ ...PLAIN, headers: [['server', 'cloudflare']] }))
  expect(judge(aPlainMeasurement(wall), [control], 'online')).toMatchObject({
    reached: 'unknown',
    outcome: 'insufficient',
    blocking: 'http-diff',
    accessible: false,
  })
})
