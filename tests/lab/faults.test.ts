/** Rules that spare nobody, or strike by chance: what breaks on a line, rather than what a censor forbids. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { CensorRule } from '../../src/lab/censor.ts'
import { type Lab, startLab } from '../../src/lab/lab.ts'
import { askTcp, askUdp, connectReply, dial, failureOf, get, shake, SILENCE_MS } from './client.ts'

const OK = '217.20.155.13'
const OK_6 = '2a00:bdc0::13'
const CACHE = '91.218.160.99'

let lab: Lab
beforeAll(async () => {
  lab = await startLab({
    timeScale: 0.02,
    sites: [
      { host: 'six.example', addresses: [OK_6], http: 'serve' },
      { host: 'cache.babilon.example', addresses: [CACHE], serves: ['www.youtube.com'], domestic: true },
    ],
  })
})
afterEach(() => {
  lab.network('babilon').censor.clear()
  lab.network('babilon').set({ ipv6: 'network-unreachable' })
})
afterAll(() => lab.close())

const add = (rule: CensorRule) => lab.network('babilon').censor.add(rule)
const page = (url: string, address?: string) =>
  failureOf(get(lab, lab.network('babilon'), url, address === undefined ? {} : { address }))
/** How a page that never comes is told from one that does, without waiting for long. */
const comes = (work: Promise<unknown>) =>
  Promise.race([
    work.then(() => 'comes'),
    new Promise((resolve) => setTimeout(() => resolve('silence'), SILENCE_MS * 4)),
  ])

describe('resolvers', () => {
  const names = ['*']
  test.each(['nxdomain', 'servfail', 'refused'] as const)('%s for every name', async (action) => {
    add({ layer: 'dns', names, action })
    for (const name of ['ok.ru', 'khovar.tj', 'www.iana.org'])
      expect((await askUdp(lab.network('babilon'), name))[0]?.rcode).toBe(action.toUpperCase())
    expect((await askUdp(lab.network('tcell'), 'ok.ru'))[0]?.rcode).toBe('NOERROR')
  })

  test('dead over UDP -> answers over TCP', async () => {
    add({ layer: 'dns', names, over: 'udp', action: 'timeout' })
    expect(await askUdp(lab.network('babilon'), 'ok.ru', { listenMs: SILENCE_MS })).toEqual([])
    expect((await askTcp(lab.network('babilon'), 'ok.ru')).addresses).toContain(OK)
  })

  test('one of two is dead -> the other answers, and so do public ones', async () => {
    const { ispResolver, secondResolver } = lab.network('babilon')
    add({ layer: 'dns', names, resolvers: [ispResolver.address], action: 'timeout' })
    const ask = (resolver: string) =>
      askUdp(lab.network('babilon'), 'ok.ru', { resolver, listenMs: SILENCE_MS * 2 })
    expect(await ask(ispResolver.address)).toEqual([])
    for (const resolver of [secondResolver!.address, '9.9.9.9'])
      expect((await ask(resolver))[0]?.addresses).toContain(OK)
  })

  test('a type -> questions for that type alone', async () => {
    add({ layer: 'dns', names, types: ['A'], action: 'loopback' })
    expect((await askUdp(lab.network('babilon'), 'six.example'))[0]?.addresses).toEqual(['127.0.0.1'])
    const six = await askUdp(lab.network('babilon'), 'six.example', { type: 'AAAA' })
    expect(six[0]?.addresses).toEqual([OK_6])
  })

  test('names abroad alone -> those of the country resolve, and resolvers abroad are silent', async () => {
    add({ layer: 'dns', names, abroad: true, action: 'timeout' })
    const ask = (name: string, resolver?: string) =>
      askUdp(lab.network('babilon'), name, { listenMs: SILENCE_MS, ...(resolver ? { resolver } : {}) })
    expect((await ask('khovar.tj'))[0]?.rcode).toBe('NOERROR')
    expect(await ask('ok.ru')).toEqual([])
    expect(await ask('khovar.tj', '9.9.9.9')).toEqual([])
  })
})

describe('connections', () => {
  test.each([
    { action: 'accept-close', end: 'ECONNRESET' },
    { action: 'unreachable', end: 'host_unreachable' },
    { action: 'refuse', end: 'connection_refused' },
  ] as const)('port 443 is dead for all: $action -> port 80 works', async ({ action, end }) => {
    add({ layer: 'tcp', to: ['*'], port: 443, action })
    for (const host of ['ok.ru', 'khovar.tj', 'example.com']) expect(await page(`https://${host}/`)).toBe(end)
    expect(await page('http://example.com/')).toBe('fine')
  })

  test('swallowed once open -> it opens, and nothing comes', async () => {
    add({ layer: 'tcp', to: ['*'], port: 443, action: 'accept-drop' })
    expect(await connectReply(lab.network('babilon'), OK, 443)).toBe(0)
    expect(await comes(page('https://ok.ru/'))).toBe('silence')
  })

  test('one family -> the other works', async () => {
    lab.network('babilon').set({ ipv6: 'up' })
    add({ layer: 'tcp', to: ['*'], family: 4, action: 'refuse' })
    expect(await page('https://ok.ru/')).toBe('connection_refused')
    expect(await page('https://six.example/')).toBe('fine')
  })

  test('abroad alone -> the country is there', async () => {
    add({ layer: 'tcp', to: ['*'], port: 443, abroad: true, action: 'refuse' })
    expect(await page('https://ok.ru/')).toBe('connection_refused')
    expect(await page('https://khovar.tj/')).toBe('fine')
  })

  test('a share -> about so many of them, whoever they are for', async () => {
    add({ layer: 'tcp', to: ['*'], share: 0.5, action: 'refuse' })
    const replies = []
    for (let n = 0; n < 40; n += 1) replies.push(await connectReply(lab.network('babilon'), OK, 443))
    const refused = replies.filter((reply) => reply === 5).length
    expect(refused).toBeGreaterThan(8)
    expect(refused).toBeLessThan(32)
  })
})

describe('packets', () => {
  test('large ones vanish -> small pages come, hellos and chains do not', async () => {
    add({ layer: 'packet', to: ['*'], action: 'swallow', largerThan: 1300 })
    expect(await comes(page('http://detectportal.firefox.com/success.txt'))).toBe('comes')
    for (const url of [
      'https://ok.ru/',
      'https://khovar.tj/',
      'https://www.debian.org/',
      'http://example.com/',
    ])
      expect(await comes(page(url))).toBe('silence')
  })

  test.each(['in', 'out'] as const)('only %s -> as far as that goes', async (direction) => {
    add({ layer: 'packet', to: ['*'], port: 443, action: 'swallow', largerThan: 1300, direction })
    expect(await comes(page('https://ok.ru/'))).toBe('silence')
    expect(await comes(page('http://example.com/'))).toBe('comes')
  })

  test('one address -> its neighbours are spared', async () => {
    add({ layer: 'packet', to: ['ok.ru'], action: 'swallow', largerThan: 1300 })
    expect(await comes(page('https://ok.ru/'))).toBe('silence')
    expect(await comes(page('https://www.debian.org/'))).toBe('comes')
  })

  test('lost on the way to one address -> late there, and on time elsewhere', async () => {
    add({ layer: 'packet', to: ['ok.ru'], action: 'lose', share: 0.4 })
    const tookMs = async (url: string) => {
      const startedAt = performance.now()
      expect(await page(url)).toBe('fine')
      return performance.now() - startedAt
    }
    const [lossy, clean] = [await tookMs('https://ok.ru/'), await tookMs('https://www.debian.org/')]
    expect(lossy).toBeGreaterThan(clean)
  })
})

describe('what is inside', () => {
  test.each([112, 40, 80] as const)('alert %i in place of the handshake, for every name', async (number) => {
    add({ layer: 'tls', names: ['*'], action: 'alert', description: number })
    const code = { 112: 'UNRECOGNIZED_NAME', 40: 'HANDSHAKE_FAILURE', 80: 'INTERNAL_ERROR' }[number]
    for (const host of ['ok.ru', 'www.debian.org']) expect(await page(`https://${host}/`)).toContain(code)
  })

  test('an alert and a reset behind it -> the alert is read', async () => {
    add({ layer: 'tls', names: ['ok.ru'], action: 'alert', description: 40, end: 'reset' })
    expect(await page('https://ok.ru/')).toContain('HANDSHAKE_FAILURE')
  })

  test('cleartext in place of the handshake -> no TLS', async () => {
    add({ layer: 'tls', names: ['ok.ru'], action: 'cleartext' })
    expect(await page('https://ok.ru/')).toBe('ERR_SSL_WRONG_VERSION_NUMBER')
  })

  test('every name -> also a client that sends none', async () => {
    add({ layer: 'tls', names: ['*'], action: 'reset' })
    const tcp = await dial(lab.network('babilon'), OK, 443)
    expect(await failureOf(shake(tcp, '', { rejectUnauthorized: false }))).toBe('ECONNRESET')
  })

  test('every page in cleartext -> the block page, whoever is asked', async () => {
    add({ layer: 'http', names: ['*'], action: 'blockpage' })
    for (const url of ['http://example.com/', 'http://detectportal.firefox.com/success.txt'])
      expect((await get(lab, lab.network('babilon'), url)).body).toContain('Access restricted')
  })
})

test('a cache -> serves the page of another site under its name, with a certificate, and DNS knows nothing of it', async () => {
  expect(lab.site('www.youtube.com').addresses).not.toContain(CACHE)
  const { status, body } = await get(lab, lab.network('babilon'), 'https://www.youtube.com/', {
    address: CACHE,
  })
  expect(status).toBe(200)
  expect(body).toContain('<title>www.youtube.com</title>')
})
