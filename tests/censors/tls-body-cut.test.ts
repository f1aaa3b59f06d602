import { expect, test } from 'vitest'
import { watch } from './watch.ts'

test.each([
  { action: 'reset-after', mechanism: 'http.reset' },
  { action: 'fin-after', mechanism: 'http.truncated' },
] as const)(
  'the page cut inside TLS ($action) -> seen by full looks, as $mechanism',
  async ({ action, mechanism }) => {
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
