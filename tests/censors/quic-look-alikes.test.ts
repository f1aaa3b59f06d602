/** What looks like a block of QUIC and is none. */
import { expect, test } from 'vitest'
import { DEFAULT_NETWORKS } from '../../src/lab/default-networks.ts'
import { startLab } from '../../src/lab/lab.ts'
import { onTestFinished } from 'vitest'
import { aLab, look } from './watch.ts'
import { FACEBOOK, quicOn } from './quic-watch.ts'

test('switched off at the server for everyone, and still advertised -> insufficient', async () => {
  const lab = await aLab()
  lab.site('www.facebook.com').setQuic('off')
  expect(await quicOn(lab, 'babilon', FACEBOOK)).toMatchObject({ standing: 'insufficient' })
})

test('no UDP to port 443 leaves the network -> insufficient: nothing is said of one service', async () => {
  const lab = await aLab()
  lab.network('babilon').censor.add({ layer: 'quic', action: 'drop' })
  expect(await quicOn(lab, 'babilon', FACEBOOK)).toMatchObject({ standing: 'insufficient' })
})

test('the proxy carries no datagrams -> insufficient, and nothing is recorded', async () => {
  const networks = DEFAULT_NETWORKS.map((spec) => (spec.id === 'babilon' ? { ...spec, udp: false } : spec))
  const lab = await startLab({ timeScale: 0.05, networks })
  onTestFinished(() => lab.close())
  expect(await quicOn(lab, 'babilon', FACEBOOK)).toMatchObject({ standing: 'insufficient' })
  const { observations, unfit } = await look(lab, 'babilon', FACEBOOK)
  expect(observations.filter(({ layer }) => layer === 'quic')).toEqual([])
  expect(unfit).toBeNull()
})

test('not advertised -> not_offered, and not tried', async () => {
  const lab = await aLab()
  expect(await quicOn(lab, 'babilon', 'https://ok.ru/')).toMatchObject({ standing: 'not_offered' })
  const { observations } = await look(lab, 'babilon', 'https://ok.ru/')
  expect(observations.filter(({ layer }) => layer === 'quic')).toEqual([])
})
