import { expect, test } from 'vitest'
import { VIDEO, aLab, timedFrom, unfoldDays } from './timed.ts'

const isEvening = (hour: number) => hour >= 14 && hour < 18

test('a line that is slow every evening -> not throttled on any day, and the nights are fast', async () => {
  const lab = await aLab()
  const night = await timedFrom(lab, 'babilon', VIDEO)
  lab.network('babilon').set({ bytesPerSecond: 25_000 })
  const evening = await timedFrom(lab, 'babilon', VIDEO)
  expect(evening.verdict).toMatchObject({ outcome: 'ok', rule: 'throughput_slow_line' })
  expect(unfoldDays((hour) => (isEvening(hour) ? evening : night), 9).changes).toEqual([])
})

test('throttled in the evenings, by name -> throttled each evening, and never at night', async () => {
  const lab = await aLab()
  const night = await timedFrom(lab, 'babilon', VIDEO)
  lab
    .network('babilon')
    .censor.add({ layer: 'tls', names: ['*.googlevideo.com'], action: 'throttle', bytesPerSecond: 16_000 })
  const evening = await timedFrom(lab, 'babilon', VIDEO)
  const { changes } = unfoldDays((hour) => (isEvening(hour) ? evening : night), 9)
  expect(changes.map(({ kind }) => kind)).toEqual(
    Array.from({ length: 9 }, () => ['opened', 'closed']).flat(),
  )
  for (const { outage } of changes) expect(isEvening(new Date(outage.onsetBeforeAt).getUTCHours())).toBe(true)
})
