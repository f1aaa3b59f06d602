/** Proxies that say less than they know: what a client hears of a connection that fails, and of one that is reset. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Lab, startLab } from '../../src/lab/lab.ts'
import { connectReply, failureOf, get, SILENCE_MS } from './client.ts'

const OK = '217.20.155.13'

let lab: Lab
beforeAll(async () => {
  lab = await startLab()
})
afterEach(() => {
  lab.network('babilon').censor.clear()
  lab.network('babilon').set({ proxy: 'plain', resets: 'pass' })
})
afterAll(() => lab.close())

const reply = (waitMs?: number) => connectReply(lab.network('babilon'), OK, 443, waitMs)
const fetched = () => failureOf(get(lab, lab.network('babilon'), 'https://ok.ru/'))

test.each([
  { proxy: 'plain', says: 5, fails: 'connection_refused' },
  { proxy: 'general', says: 1, fails: 'unknown_failure: general SOCKS server failure' },
  { proxy: 'closes', says: 'end', fails: 'eof_error' },
  { proxy: 'early-success', says: 0, fails: 'ECONNRESET' },
] as const)('$proxy -> a refused port is $fails, a page comes', async ({ proxy, says, fails }) => {
  const network = lab.network('babilon')
  network.set({ proxy })
  expect(await fetched()).toBe('fine')
  network.censor.add({ layer: 'tcp', to: ['ok.ru'], action: 'refuse' })
  expect(await reply()).toBe(says)
  expect(await fetched()).toBe(fails)
})

test('mute -> it takes the connection, and not a byte comes', async () => {
  lab.network('babilon').set({ proxy: 'mute' })
  expect(await reply(SILENCE_MS)).toBeNull()
})

test('resets become FINs -> the client sees its connection closed', async () => {
  const network = lab.network('babilon')
  network.set({ resets: 'become-fin' })
  network.censor.add({ layer: 'tcp', to: ['ok.ru'], action: 'reset' })
  expect(await reply()).toBe('end')
})
