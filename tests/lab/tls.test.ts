import { once } from 'node:events'
import { Duplex } from 'node:stream'
import { connect as connectTls } from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { CensorRule, TlsRule } from '../../src/lab/censor.ts'
import { startLab } from '../../src/lab/lab.ts'
import type { Lab } from '../../src/lab/lab.ts'
import { SILENCE_MS, dial, failureOf, get, getHttp2, shake } from './client.ts'

const FACEBOOK = '157.240.205.35'

let lab: Lab
beforeAll(async () => {
  lab = await startLab()
})
afterEach(() => {
  for (const network of lab.networks) network.censor.clear()
})
afterAll(() => lab.close())

const add = (rule: { action: TlsRule['action'] } & Record<string, unknown>): (() => void) =>
  lab.network('babilon').censor.add({ layer: 'tls', names: ['*.facebook.com'], ...rule } as CensorRule)

/** How the raw connection ends after a ClientHello for a name: what came, and `null` for still open after so much silence. */
async function rawEnd(
  host: string,
  options: { address?: string; silenceMs?: number } = {},
): Promise<{ bytes: number; end: 'FIN' | 'RST' | null }> {
  const { address = FACEBOOK, silenceMs = 10_000 } = options
  const tcp = await dial(lab.network('babilon'), address, 443)
  let bytes = 0
  tcp.on('data', (chunk) => (bytes += chunk.length))
  const ended = new Promise<'FIN' | 'RST' | null>((resolve) => {
    tcp.setTimeout(silenceMs, () => resolve(null))
    tcp.on('end', () => resolve('FIN'))
    tcp.on('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNRESET' ? 'RST' : null))
  })
  for (const segment of segmented(await helloFor(host))) {
    tcp.write(segment)
    await new Promise((resolve) => setImmediate(resolve))
  }
  const end = await ended
  tcp.destroy()
  return { bytes, end }
}

/** In pieces, one of which splits the record header. */
function segmented(bytes: Buffer): Buffer[] {
  return [bytes.subarray(0, 3), bytes.subarray(3, 90), bytes.subarray(90)]
}

function helloFor(servername: string): Promise<Buffer> {
  return new Promise((resolve) => {
    const wire = new Duplex({
      read: () => undefined,
      write: (chunk: Buffer, _encoding, done) => {
        resolve(chunk)
        done()
      },
    })
    connectTls({ socket: wire, servername }).on('error', () => undefined)
  })
}

describe('rules by server name', () => {
  test.each([
    { action: 'reset', end: 'RST' },
    { action: 'fin', end: 'FIN' },
    { action: 'drop', end: null },
  ] as const)('$action -> TCP opens, then $end and not a byte from the server', async ({ action, end }) => {
    const lift = add({ action })
    const silenceMs = end === null ? SILENCE_MS : undefined
    expect(await rawEnd('www.facebook.com', { ...(silenceMs && { silenceMs }) })).toEqual({ bytes: 0, end })
    // Another name at the very same address, another site, another network: fine.
    const neighbour = await dial(lab.network('babilon'), FACEBOOK, 443)
    expect(await failureOf(shake(neighbour, 'example.com', { rejectUnauthorized: false }))).toBe('fine')
    neighbour.destroy()
    expect((await get(lab, lab.network('babilon'), 'https://ok.ru/')).status).toBe(200)
    expect((await get(lab, lab.network('tcell'), 'https://www.facebook.com/')).status).toBe(200)
    lift()
    expect((await get(lab, lab.network('babilon'), 'https://www.facebook.com/')).status).toBe(200)
  })

  test('reset, as a TLS client sees it -> ECONNRESET', async () => {
    add({ action: 'reset' })
    expect(await failureOf(get(lab, lab.network('babilon'), 'https://www.facebook.com/'))).toBe('ECONNRESET')
  })

  test("the blocked name at somebody else's address -> blocked as well", async () => {
    add({ action: 'reset' })
    expect(await rawEnd('m.facebook.com', { address: '93.184.215.14' })).toEqual({ bytes: 0, end: 'RST' })
  })

  test('no server name sent -> passes', async () => {
    add({ action: 'reset' })
    const tls = await shake(await dial(lab.network('babilon'), FACEBOOK, 443), '', {
      ca: lab.ca,
      checkServerIdentity: () => undefined,
    })
    expect(tls.authorized).toBe(true)
    tls.destroy()
  })

  test('cleartext HTTP to the same name -> passes', async () => {
    add({ action: 'reset' })
    expect((await get(lab, lab.network('babilon'), 'http://www.facebook.com/')).status).toBe(301)
  })

  test("trusted resolver's name -> DNS over HTTPS is blocked", async () => {
    lab.network('babilon').censor.add({ layer: 'tls', names: ['dns.quad9.net'], action: 'reset' })
    expect((await rawEnd('dns.quad9.net', { address: '9.9.9.9' })).end).toBe('RST')
  })
})

describe('man in the middle', () => {
  const shakeUnverified = async (ALPNProtocols = ['http/1.1']) =>
    shake(await dial(lab.network('babilon'), FACEBOOK, 443), 'www.facebook.com', {
      rejectUnauthorized: false,
      ca: lab.ca,
      ALPNProtocols,
    })

  test("for the name asked -> that name, an unknown authority, the censor's page in place of the site's", async () => {
    add({ action: 'mitm' })
    expect(await failureOf(get(lab, lab.network('babilon'), 'https://www.facebook.com/'))).toBe(
      'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    )
    const tls = await shakeUnverified(['h2', 'http/1.1'])
    const { subject, issuer } = tls.getPeerCertificate()
    expect({ subject: subject.CN, issuer: issuer.CN }).toEqual({
      subject: 'www.facebook.com',
      issuer: 'National Filter CA',
    })
    const { body } = await getHttp2(tls, 'www.facebook.com')
    expect(body).toContain('Access restricted')
    expect(body).not.toContain('Facebook')
  })

  test('for another name, with a page of its own -> so', async () => {
    const lift = add({ action: 'mitm', as: 'filter.example', page: '<title>No</title>' })
    const tls = await shakeUnverified(['h2'])
    expect(tls.getPeerCertificate().subject.CN).toBe('filter.example')
    expect((await getHttp2(tls, 'www.facebook.com')).body).toBe('<title>No</title>')
    lift()
    expect((await get(lab, lab.network('babilon'), 'https://www.facebook.com/')).status).toBe(200)
  })

  test('two rules with different names -> each with its own certificate', async () => {
    add({ action: 'mitm', names: ['www.facebook.com'], as: 'one.example' })
    add({ action: 'mitm', names: ['m.facebook.com'], as: 'two.example' })
    const subjects: string[] = []
    for (const host of ['www.facebook.com', 'm.facebook.com']) {
      const tls = await shake(await dial(lab.network('babilon'), FACEBOOK, 443), host, {
        rejectUnauthorized: false,
      })
      subjects.push(tls.getPeerCertificate().subject.CN as string)
      tls.destroy()
    }
    expect(subjects).toEqual(['one.example', 'two.example'])
  })
})

describe('bytes cut', () => {
  test.each([
    { action: 'reset-after', end: 'RST' },
    { action: 'fin-after', end: 'FIN' },
    { action: 'drop-after', end: null },
    { action: 'drip-after', end: null },
  ] as const)('$action -> exactly so many bytes from the server, then $end', async ({ action, end }) => {
    add({ action, afterBytes: 500 })
    const silenceMs = end === null ? SILENCE_MS : undefined
    expect(await rawEnd('www.facebook.com', { ...(silenceMs && { silenceMs }) })).toEqual({ bytes: 500, end })
  })

  test.each([
    { action: 'reset-after', protocol: 'http/1.1' },
    { action: 'fin-after', protocol: 'http/1.1' },
    { action: 'reset-after', protocol: 'h2' },
    { action: 'fin-after', protocol: 'h2' },
  ] as const)(
    '$action past the handshake, $protocol -> the handshake ends, the body does not',
    async ({ action, protocol }) => {
      add({ action, afterBytes: 8000 })
      const tcp = await dial(lab.network('babilon'), FACEBOOK, 443)
      const tls = await shake(tcp, 'www.facebook.com', { ca: lab.ca, ALPNProtocols: [protocol] })
      expect(tls.alpnProtocol).toBe(protocol)
      let bytes = 0
      if (protocol === 'h2') {
        expect(await failureOf(getHttp2(tls, 'www.facebook.com'))).not.toBe('fine')
        return
      }
      tls.on('data', (chunk: Buffer) => (bytes += chunk.length))
      const closed = new Promise((resolve) => tls.once('close', resolve))
      tls.write('GET / HTTP/1.1\r\nhost: www.facebook.com\r\n\r\n')
      await closed
      expect(bytes).toBeLessThan(8000)
    },
  )

  test('drip-after -> the rest a byte at a time', async () => {
    add({ action: 'drip-after', afterBytes: 300, everyMs: 5 })
    const tcp = await dial(lab.network('babilon'), FACEBOOK, 443)
    let bytes = 0
    const slowed = new Promise<number>((resolve) => {
      tcp.on('data', (chunk) => {
        bytes += chunk.length
        if (bytes >= 310) resolve(performance.now())
      })
    })
    const startedAt = performance.now()
    tcp.write(await helloFor('www.facebook.com'))
    expect((await slowed) - startedAt).toBeGreaterThan(45)
    tcp.destroy()
  })

  test('drip-after near the end -> the page whole after all, then the end', async () => {
    const network = lab.network('babilon')
    const size = await rawSize()
    add({ action: 'drip-after', afterBytes: size - 30, everyMs: 1 })
    expect((await get(lab, network, 'https://www.facebook.com/')).body).toContain('Paragraph 120 of 120')
    expect(await rawSize()).toBeGreaterThan(size - 30)
  })

  /** Bytes from the server in a whole conversation that it ends itself; a signature's length varies by a few. */
  async function rawSize(): Promise<number> {
    const tcp = await dial(lab.network('babilon'), FACEBOOK, 443)
    const tls = await shake(tcp, 'www.facebook.com', { ca: lab.ca })
    tls.write('GET / HTTP/1.1\r\nhost: www.facebook.com\r\nconnection: close\r\n\r\n')
    await once(tls.resume(), 'close')
    return tcp.bytesRead
  }

  test('a cut beyond the end -> the page whole', async () => {
    add({ action: 'reset-after', afterBytes: 1_000_000 })
    expect((await get(lab, lab.network('babilon'), 'https://www.facebook.com/')).body).toContain(
      'Paragraph 120 of 120',
    )
  })
})
