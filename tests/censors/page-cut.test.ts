/** A page cut after some kilobytes, as in Russia since 2025: handshakes are never touched, so that heartbeats see nothing. */
import { expect, test } from 'vitest'
import { watchAtShippedPace } from './watch.ts'

const MINUTE_MS = 60_000

const mechanism = 'http.cut'

test.each([{ action: 'drop-after' }, { action: 'reset-after' }, { action: 'fin-after' }] as const)(
  'cut after 16 kB ($action), heartbeats fine meanwhile -> found by the first page',
  async ({ action }) => {
    const watched = await watchAtShippedPace('https://www.facebook.com/', (lab) => {
      lab
        .network('babilon')
        .censor.add({ layer: 'tls', names: ['www.facebook.com'], action, afterBytes: 16_384 })
    })
    for (const verdict of [watched.verdict, watched.again])
      expect(verdict).toMatchObject({ outcome: 'anomaly', reached: 'no', mechanism })
    expect(watched.openedMs).toBeLessThanOrEqual(3 * MINUTE_MS)
    expect(watched.changes.at(-1)?.outage).toMatchObject({ cause: 'blocked', mechanism })
  },
)
