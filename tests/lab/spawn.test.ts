import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { DEFAULT_NETWORKS } from '../../src/lab/default-networks.ts'
import { type SpawnedLab, spawnLab } from '../../src/lab/spawn.ts'
import { connectReply, failureOf, get } from './client.ts'

const OK = '217.20.155.13'

async function aLab(): Promise<SpawnedLab> {
  const lab = await spawnLab({ networks: DEFAULT_NETWORKS.filter(({ id }) => id === 'babilon') })
  onTestFinished(() => lab.close())
  return lab
}

/** The front page of ok.ru as it is seen from the network. */
function front(lab: SpawnedLab) {
  return get({ ca: lab.ca, site: () => ({ addresses: [OK] }) }, lab.network('babilon'), 'https://ok.ru/')
}

test('orders to a lab in another process -> in force once answered; lifted -> as before; a second lift does no harm', async () => {
  const lab = await aLab()
  const network = lab.network('babilon')
  const page = () => front(lab)
  expect((await page()).status).toBe(200)

  const lift = await network.censor.add({ layer: 'tls', names: ['ok.ru'], action: 'reset' })
  expect(await failureOf(page())).toBe('ECONNRESET')
  await lift()
  await lift()
  expect((await page()).status).toBe(200)

  await lab.site('ok.ru').down('503')
  expect((await page()).status).toBe(503)
  await lab.site('ok.ru').up()
  await network.set({ international: 'unreachable' })
  expect(await connectReply(network, OK, 443)).toBe(4)
  await network.power('off')
  expect(await connectReply(network, OK, 443)).toBe('refused')
})

test('what the lab does not have -> the order rejects, or throws, and the lab lives on', async () => {
  const lab = await aLab()
  expect(() => lab.network('beeline')).toThrow(RangeError)
  await expect(lab.site('nowhere.example').down()).rejects.toThrow(/no site nowhere\.example/)
  expect((await front(lab)).status).toBe(200)
})

test('closed twice, with a client connected -> the client is cut, nobody listens, further orders reject', async () => {
  const lab = await aLab()
  const network = lab.network('babilon')
  const client = connect(network.socksPort, network.socksHost).on('error', () => undefined)
  client.resume()
  await once(client, 'connect')
  const cut = new Promise((resolve) => client.once('close', resolve))
  await Promise.all([lab.close(), lab.close()])
  await cut
  expect(await connectReply(network, OK, 443)).toBe('refused')
  await expect(network.power('on')).rejects.toThrow()
})
