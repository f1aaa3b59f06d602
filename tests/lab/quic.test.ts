/** HTTP/3 in the lab: who speaks it, who says so, and what a censor's rules for it hit. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { startLab, type Lab } from '../../src/lab/lab.ts'
import { shakeQuic } from '../../src/probe/quic/handshake.ts'
import { openDialer } from '../../src/vantage/open.ts'
import { vantageIn } from '../censors/vantage-in.ts'
import { get } from './client.ts'

const FACEBOOK = '157.240.205.35'
const ANSWER_MS = 10_000
/** How long to wait for what must not come. */
const SILENCE_MS = 250

let lab: Lab
beforeAll(async () => {
  lab = await startLab()
  return () => lab.close()
})
afterEach(() => {
  lab.network('babilon').censor.clear()
  lab.network('babilon').set({ loss: 0, international: 'up' })
  lab.site('www.facebook.com').setQuic('on')
})

/** A handshake through a network's proxy. */
async function isAnswered(
  serverName: string,
  address = FACEBOOK,
  network = 'babilon',
  ms = SILENCE_MS,
): Promise<boolean> {
  const signal = AbortSignal.timeout(ms)
  const dialer = openDialer(vantageIn(lab.network(network), lab))
  const channel = await dialer.openDatagrams({ address, port: 443 }, AbortSignal.timeout(ANSWER_MS))
  const { error } = await shakeQuic(channel!, serverName, null, signal)
  channel!.close()
  return error === null
}
const answers = (serverName: string, address?: string) =>
  isAnswered(serverName, address, 'babilon', ANSWER_MS)

test('a site that speaks HTTP/3 -> says so over TLS alone, and answers for any name', async () => {
  const secure = await get(lab, lab.network('babilon'), 'https://www.facebook.com/')
  expect(secure.headers['alt-svc']).toBe('h3=":443"; ma=86400')
  const plain = await get(lab, lab.network('babilon'), 'http://www.facebook.com/')
  expect(plain.headers['alt-svc']).toBeUndefined()
  expect(await answers('www.facebook.com')).toBe(true)
  expect(await answers('neutral.example')).toBe(true)
})

test('a site that does not -> says nothing, and is silent', async () => {
  const page = await get(lab, lab.network('babilon'), 'https://ok.ru/')
  expect(page.headers['alt-svc']).toBeUndefined()
  expect(await isAnswered('ok.ru', '217.20.155.13')).toBe(false)
})

test('switched off at the site -> silent for every network, and on again -> answered', async () => {
  lab.site('www.facebook.com').setQuic('off')
  expect(await isAnswered('www.facebook.com')).toBe(false)
  expect(await isAnswered('www.facebook.com', FACEBOOK, 'outside')).toBe(false)
  lab.site('www.facebook.com').setQuic('on')
  expect(await answers('www.facebook.com')).toBe(true)
})

describe('a rule', () => {
  test('by name, wildcards too -> that name alone, and lifted -> answered again', async () => {
    const lift = lab
      .network('babilon')
      .censor.add({ layer: 'quic', names: ['*.facebook.com'], action: 'drop' })
    expect(await isAnswered('www.facebook.com')).toBe(false)
    expect(await answers('neutral.example')).toBe(true)
    expect(await isAnswered('www.facebook.com', FACEBOOK, 'tcell', ANSWER_MS)).toBe(true)
    lift()
    expect(await answers('www.facebook.com')).toBe(true)
  })

  test('by address -> every name there, and no other address', async () => {
    lab.network('babilon').censor.add({ layer: 'quic', to: ['www.facebook.com'], action: 'drop' })
    expect(await isAnswered('neutral.example')).toBe(false)
    expect(await answers('www.youtube.com', '142.250.186.78')).toBe(true)
  })

  test('by both -> only the name at the address', async () => {
    const rule = { layer: 'quic', to: [FACEBOOK], names: ['www.facebook.com'], action: 'drop' } as const
    lab.network('babilon').censor.add(rule)
    expect(await isAnswered('www.facebook.com')).toBe(false)
    expect(await answers('neutral.example')).toBe(true)
  })

  test('by neither -> all of it', async () => {
    lab.network('babilon').censor.add({ layer: 'quic', action: 'drop' })
    expect(await isAnswered('cloudflare-dns.com', '1.1.1.1')).toBe(false)
  })
})

test('the international link is cut, or every datagram is lost -> silent', async () => {
  lab.network('babilon').set({ international: 'cut' })
  expect(await isAnswered('www.facebook.com')).toBe(false)
  lab.network('babilon').set({ international: 'up', loss: 1 })
  expect(await isAnswered('www.facebook.com')).toBe(false)
})

test('without the library -> no site says that it speaks HTTP/3, and all else works', async () => {
  const script = fileURLToPath(new URL('without-quic.ts', import.meta.url))
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [script])
  expect(stderr).toBe('')
  expect(JSON.parse(stdout)).toEqual({ reached: 'yes', quic: 'not_offered' })
})
