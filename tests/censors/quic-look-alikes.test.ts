/** What looks like a block of QUIC and is none. */
import { expect, onTestFinished, test } from 'vitest'
import { DEFAULT_NETWORKS } from '../../src/lab/default-networks.ts'
import { startLab } from '../../src/lab/lab.ts'
import { judge } from '../../src/judge/judge.ts'
import { newDetector } from '../../src/detect/detector.ts'
import { foldMeasurement } from '../../src/detect/fold.ts'
import { quicOf } from '../../src/detect/quic.ts'
import { DEFAULTS, type Watch } from '../../src/detect/settings.ts'
import { judgedMeasurement } from '../../src/watch/judged-measurement.ts'
import { timingOf } from '../../src/watch/reading.ts'
import { aLab, measureOnce } from './watch.ts'
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
  const { observations, unfit } = await measureOnce(lab, 'babilon', FACEBOOK)
  expect(observations.filter(({ layer }) => layer === 'quic')).toEqual([])
  expect(unfit).toBeNull()
})

test('not advertised -> not_offered, and not tried', async () => {
  const lab = await aLab()
  expect(await quicOn(lab, 'babilon', 'https://ok.ru/')).toMatchObject({ standing: 'not_offered' })
  const { observations } = await measureOnce(lab, 'babilon', 'https://ok.ru/')
  expect(observations.filter(({ layer }) => layer === 'quic')).toEqual([])
})

test('one datagram in five is lost, either way -> never shown as failing, whatever single looks say', async () => {
  const lab = await aLab()
  lab.network('babilon').set({ loss: 0.2 })
  const endpoints = [{ id: 'facebook/www', role: 'primary' }] as const
  const watched: Watch = {
    services: [{ id: 'facebook', endpoints }],
    vantages: [{ id: 'babilon', country: 'TJ' }],
    canaries: [],
    roundMs: 30_000,
  }
  const endpoint = {
    ...endpoints[0],
    service: 'facebook',
    url: FACEBOOK,
    validFromAt: null,
    validUntilAt: null,
  }
  const detector = newDetector()
  const control = await measureOnce(lab, 'outside', FACEBOOK)
  const said: (string | undefined)[] = []
  for (let n = 0; n < 10; n += 1) {
    const here = await measureOnce(lab, 'babilon', FACEBOOK, 'full', 3_500)
    const verdict = judge(here, [control], 'online')
    said.push(verdict.quic)
    foldMeasurement(
      detector,
      judgedMeasurement(timingOf(here), { vantage: 'babilon', plan: 'full' }, endpoint, verdict, null),
      watched,
      DEFAULTS,
    )
    const { standing } = quicOf(detector.vantages.babilon, watched.services[0]!, Date.now())
    expect(['ok', 'insufficient']).toContain(standing)
  }
  expect(said).toContain('ok')
}, 120_000)
