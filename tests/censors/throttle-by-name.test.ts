import { expect, test } from 'vitest'
import { VIDEO, aLab, timedFrom, unfoldTimed } from './timed.ts'

/** 128 kbit/s, as filters have been seen to leave of it elsewhere. */
const THROTTLED = 16_000

test('media throttled by name -> each look proves it, open as throttled within ten minutes of the switch', async () => {
  const lab = await aLab()
  const fine = await timedFrom(lab, 'babilon', VIDEO)
  expect(fine.verdict).toMatchObject({ outcome: 'ok', reached: 'unknown', mechanism: null })
  lab.network('babilon').censor.add({
    layer: 'tls',
    names: ['*.googlevideo.com'],
    action: 'throttle',
    bytesPerSecond: THROTTLED,
  })
  const slow = await timedFrom(lab, 'babilon', VIDEO)
  expect(slow.verdict).toMatchObject({
    outcome: 'confirmed',
    reached: 'unknown',
    mechanism: 'throttle',
    rule: 'throughput_follows_name',
  })
  expect(slow.rates.target!.bytesPerSecond).toBeLessThan(1.5 * THROTTLED)
  expect(slow.rates.byName).toBeLessThan(0.2)

  const { changes, openedMs } = unfoldTimed([slow])
  expect(changes.map(({ kind, outage }) => `${kind} ${outage.cause} ${outage.mechanism}`)).toEqual([
    'opened throttled throttle',
  ])
  expect(openedMs).toBeLessThan(600_000)
  expect(changes[0]!.outage.causes[0]!.reason).toMatch(
    /^\d+ kB\/s, where a neutral host gives [\d.]+ [kM]B\/s and the control gets [\d.]+ [kM]B\/s; one server is slow under its name alone\.$/,
  )

  const elsewhere = await timedFrom(lab, 'tcell', VIDEO)
  expect(elsewhere.verdict).toMatchObject({ outcome: 'ok', rule: 'throughput_fast' })
  expect(unfoldTimed([fine, elsewhere]).changes).toEqual([])
})
