/** A captive portal sends every page to itself and meets every TLS with one certificate: the canaries tell, and nothing is judged. */
import { expect, test } from 'vitest'
import { newDetector } from '../../src/detect/detector.ts'
import { foldCanary } from '../../src/detect/fold.ts'
import { healthOf } from '../../src/detect/health.ts'
import { DEFAULTS, type Watch } from '../../src/detect/settings.ts'
import { judgeCanary } from '../../src/judge/canary.ts'
import { judge } from '../../src/judge/judge.ts'
import type { Canary } from '../../src/model/service.ts'
import { aLab, measureOnce } from './watch.ts'

const CANARIES: readonly Canary[] = [
  {
    id: 'canary/firefox',
    url: 'http://detectportal.firefox.com/success.txt',
    group: 'international',
    expectBody: 'success',
  },
  {
    id: 'canary/microsoft',
    url: 'http://www.msftconnecttest.com/connecttest.txt',
    group: 'international',
    expectBody: 'Microsoft',
  },
  { id: 'canary/khovar', url: 'https://khovar.tj/', group: 'domestic', expectBody: null },
]
const EVERYTHING = ['*.com', '*.ru', '*.tj', '*.info', '*.net']

test('everything is met by a portal -> the canaries see it, and no service is called blocked', async () => {
  const lab = await aLab()
  const { censor, blockPageUrl } = lab.network('babilon')
  censor.add({ layer: 'http', names: EVERYTHING, action: 'redirect', location: blockPageUrl })
  censor.add({ layer: 'tls', names: EVERYTHING, action: 'mitm', as: 'portal.lan' })

  const watch: Watch = {
    services: [],
    vantages: [{ id: 'babilon', country: 'TJ' }],
    canaries: CANARIES,
    roundMs: 30_000,
  }
  const detector = newDetector()
  for (let sweep = 0; sweep < DEFAULTS.canaryLooks; sweep += 1) {
    for (const canary of CANARIES) {
      const seen = await measureOnce(lab, 'babilon', canary.url, 'heartbeat')
      const answered = judgeCanary(seen, canary)
      expect(answered).toBe(canary.url.startsWith('https:') ? 'intercepted' : 'no')
      const { startedAt, durationMs } = seen
      const endedAt = startedAt + Math.ceil(durationMs)
      const { id, group } = canary
      foldCanary(
        detector,
        { vantage: 'babilon', canary: id, group, startedAt, endedAt, sawHttp: true, answered },
        watch,
        DEFAULTS,
      )
    }
  }
  const health = healthOf(detector, 'babilon', watch)
  expect(health).toBe('offline')
  for (const url of ['https://www.facebook.com/', 'https://ok.ru/', 'http://news.tj/']) {
    const [here, control] = await Promise.all([
      measureOnce(lab, 'babilon', url),
      measureOnce(lab, 'outside', url),
    ])
    expect(judge(here, [control], health)).toMatchObject({ rule: 'vantage_offline', reached: 'unknown' })
  }
})
