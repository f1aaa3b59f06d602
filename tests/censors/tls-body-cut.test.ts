import { expect, test } from 'vitest'
import { watch } from './watch.ts'

const mechanism = 'http.cut'

test.each([{ action: 'reset-after' }, { action: 'fin-after' }] as const)(
  'the page cut inside TLS ($action) -> seen by full looks, as http.cut',
  async ({ action }) => {
    const flip = (lab: Parameters<Parameters<typeof watch>[1]>[0]) => {
      lab
        .network('babilon')
        .censor.add({ layer: 'tls', names: ['www.facebook.com'], action, afterBytes: 8000 })
    }
    const watched = await watch('https://www.facebook.com/', flip, 'full')
    expect(watched.verdict).toMatchObject({ outcome: 'anomaly', reached: 'no', mechanism })
    expect(watched.changes.at(-1)?.outage).toMatchObject({ cause: 'blocked', mechanism })
    expect(watched.elsewhere.outcome).toBe('ok')
  },
)
