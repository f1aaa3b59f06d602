import { readdirSync } from 'node:fs'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startLab } from '../../src/lab/lab.ts'
import type { Lab } from '../../src/lab/lab.ts'
import { SILENCE_MS, askUdp, connectReply, dial, failureOf, get, getHttp2, shake } from './client.ts'

describe('all well', () => {
  let lab: Lab
  beforeAll(async () => {
    lab = await startLab()
  })
  afterAll(() => lab.close())

  test.each([
    ['https://www.facebook.com/', 'Facebook - log in or sign up'],
    ['https://static.xx.fbcdn.net/', 'static'],
    ['https://scontent.xx.fbcdn.net/', 'scontent'],
    ['https://www.youtube.com/', 'YouTube'],
    ['https://i.ytimg.com/', 'ytimg'],
    ['https://redirector.googlevideo.com/', 'googlevideo'],
    ['https://ok.ru/', 'OK'],
    ['https://st-ok.cdn-vk.ru/', 'st-ok'],
    ['https://asiaplustj.info/', 'ASIA-Plus | News from Tajikistan'],
    ['https://asiaplus.tj/', 'ASIA-Plus'],
    ['https://news.tj/', 'ASIA-Plus | news.tj'],
    ['http://news.tj/', 'ASIA-Plus | news.tj'],
    ['https://khovar.tj/', 'NIAT Khovar'],
    ['https://jumhuriyat.tj/', 'Jumhuriyat'],
    ['http://example.com/', 'Example Domain'],
  ])('%s -> 200, its title, the same page from every network', async (url, title) => {
    const pages = await Promise.all(lab.networks.map((network) => get(lab, network, url)))
    expect(pages.map(({ status }) => status)).toEqual(lab.networks.map(() => 200))
    expect(pages[0]!.body).toContain(`<title>${title}</title>`)
    expect(new Set(pages.map(({ body }) => body)).size).toBe(1)
  })

  test.each([
    ['http://www.facebook.com/', 'https://www.facebook.com/'],
    ['https://facebook.com/', 'https://www.facebook.com/'],
    ['https://odnoklassniki.ru/', 'https://ok.ru/'],
    ['http://ok.ru/feed', 'https://ok.ru/feed'],
  ])('%s -> 301 to %s', async (url, location) => {
    const { status, headers } = await get(lab, lab.network('tcell'), url)
    expect({ status, location: headers.location }).toEqual({ status: 301, location })
  })

  test.each([
    ['http://detectportal.firefox.com/success.txt', 'success\n'],
    ['http://www.msftconnecttest.com/connecttest.txt', 'Microsoft Connect Test'],
    ['http://www.apple.com/library/test/success.html', expect.stringContaining('Success')],
  ])('canary %s -> its body', async (url, body) => {
    expect((await get(lab, lab.network('outside'), url)).body).toEqual(body)
  })

  test('ALPN h2 offered -> h2 spoken; http/1.1 alone -> http/1.1; every address of the site', async () => {
    const network = lab.network('babilon')
    for (const address of lab.site('www.youtube.com').addresses) {
      const options = { ca: lab.ca, ALPNProtocols: ['h2', 'http/1.1'] }
      const tls = await shake(await dial(network, address, 443), 'www.youtube.com', options)
      expect(tls.alpnProtocol).toBe('h2')
      expect((await getHttp2(tls, 'www.youtube.com')).body).toContain('<title>YouTube</title>')
    }
  })

  test('another site asked for at an address -> the certificate of the site that lives there', async () => {
    const tcp = await dial(lab.network('babilon'), '217.20.155.13', 443)
    expect(await failureOf(shake(tcp, 'www.facebook.com', { ca: lab.ca }))).toBe(
      'ERR_TLS_CERT_ALTNAME_INVALID',
    )
    tcp.destroy()
  })

  test('no server name -> the certificate of the site that lives there', async () => {
    const tcp = await dial(lab.network('babilon'), '217.20.155.13', 443)
    const tls = await shake(tcp, '', { ca: lab.ca, checkServerIdentity: () => undefined })
    expect(tls.getPeerCertificate().subject.CN).toBe('ok.ru')
    tcp.destroy()
  })

  test("an authority that is not the lab's -> not trusted", async () => {
    const tcp = await dial(lab.network('babilon'), '217.20.155.13', 443)
    expect(await failureOf(shake(tcp, 'ok.ru', {}))).toBe('UNABLE_TO_GET_ISSUER_CERT_LOCALLY')
    tcp.destroy()
  })

  test('a port nobody listens on -> refused; an address nobody has -> silence', async () => {
    expect(await connectReply(lab.network('babilon'), '157.240.205.35', 8443)).toBe(5)
    expect(await connectReply(lab.network('babilon'), '157.240.205.200', 443, SILENCE_MS)).toBeNull()
  })

  test('each network -> its own facts, enough to build a vantage', () => {
    const { country, asn, isp, role, socksHost, socksPort, ispResolver } = lab.network('babilon')
    expect({ country, asn, isp, role, socksHost }).toEqual({
      country: 'TJ',
      asn: 24722,
      isp: 'Babilon-T',
      role: 'probe',
      socksHost: '127.0.0.1',
    })
    expect(new Set(lab.networks.map((network) => network.socksPort)).size).toBe(lab.networks.length)
    expect(new Set(lab.networks.map((network) => network.ispResolver.address)).size).toBe(lab.networks.length)
    expect(socksPort).toBeGreaterThan(0)
    expect(ispResolver).toEqual({ address: '10.23.0.53', port: 53 })
    expect(lab.networks.filter((network) => network.role === 'control').map(({ id }) => id)).toEqual([
      'outside',
    ])
  })

  test('an id or a host there is none of -> RangeError', () => {
    expect(() => lab.network('beeline')).toThrow(RangeError)
    expect(() => lab.site('nowhere.example')).toThrow(RangeError)
  })
})

describe('closing', () => {
  test('closed twice, and while clients are in the middle of everything -> no error, nobody left connected', async () => {
    const lab = await startLab()
    const network = lab.network('babilon')
    network.censor.add({ layer: 'tcp', to: ['ok.ru'], action: 'drop' })
    network.censor.add({ layer: 'http', names: ['news.tj'], action: 'drip', everyMs: 5 })
    network.censor.add({ layer: 'tls', names: ['asiaplustj.info'], action: 'mitm' })
    const work = [
      dial(network, '217.20.155.13', 443),
      get(lab, network, 'http://news.tj/'),
      get(lab, network, 'https://asiaplustj.info/'),
      get(lab, network, 'https://www.facebook.com/'),
      askUdp(network, 'ok.ru', { resolver: '10.9.9.9', listenMs: SILENCE_MS }),
    ].map(failureOf)
    const idle = connect(network.socksPort, network.socksHost)
    await new Promise((resolve) => idle.once('connect', resolve))
    const gone = new Promise((resolve) => idle.once('close', resolve))
    idle.on('error', () => undefined).resume()
    await Promise.all([lab.close(), lab.close()])
    await lab.close()
    await gone
    await Promise.all(work)
    expect(await connectReply(network, '217.20.155.13', 443)).toBe('refused')
  })

  test('started, used and closed 20 times -> no descriptor and no handle is left', async () => {
    const cycle = async (): Promise<void> => {
      const lab = await startLab()
      const network = lab.network('babilon')
      network.censor.add({ layer: 'tls', names: ['ok.ru'], action: 'mitm' })
      network.set({ delayMs: 1 })
      await get(lab, network, 'http://news.tj/')
      await get(lab, network, 'https://www.facebook.com/')
      await failureOf(get(lab, network, 'https://ok.ru/'))
      await askUdp(network, 'ok.ru')
      await lab.close()
    }
    const count = async (): Promise<{ descriptors: number; handles: number }> => {
      // What close() promised is closed already; what the clients destroyed goes in the next turns of the loop.
      for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve))
      const handles = process.getActiveResourcesInfo().filter((kind) => /TCP|UDP|Timeout/.test(kind)).length
      return { descriptors: readdirSync('/proc/self/fd').length, handles }
    }
    await cycle()
    const before = await count()
    for (let n = 0; n < 20; n += 1) await cycle()
    const after = await count()
    expect(after.descriptors).toBeLessThanOrEqual(before.descriptors + 1)
    expect(after.handles).toBeLessThanOrEqual(before.handles + 1)
  })
})
