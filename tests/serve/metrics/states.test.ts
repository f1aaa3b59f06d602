import { expect, test } from 'vitest'
import { NOW, aStatus, givenMetrics } from './given.ts'

test('insufficient -> its own state is 1 and all others 0, so that no data never reads as ok', async () => {
  const { lines } = await givenMetrics({ status: () => [aStatus({ state: 'insufficient' })] })
  const of = (state: string) => `didbon_service_state{service="facebook",vantage="babilon",state="${state}"}`
  expect(await lines('didbon_service_state')).toEqual([
    `${of('ok')} 0`,
    `${of('unreachable')} 0`,
    `${of('blocked')} 0`,
    `${of('throttled')} 0`,
    `${of('down')} 0`,
    `${of('shutdown')} 0`,
    `${of('offline')} 0`,
    `${of('insufficient')} 1`,
  ])
})

test('how HTTP/3 stands -> a state of its own beside the other', async () => {
  const quic = { standing: 'sni', because: 'Only its own name is not answered.' } as const
  const { lines } = await givenMetrics({ status: () => [aStatus({ quic })] })
  const of = (state: string) => `didbon_quic_state{service="facebook",vantage="babilon",state="${state}"}`
  expect(await lines('didbon_quic_state')).toEqual([
    `${of('ok')} 0`,
    `${of('drop')} 0`,
    `${of('sni')} 1`,
    `${of('insufficient')} 0`,
    `${of('not_offered')} 0`,
  ])
})

test('a service no longer watched -> its state series go away', async () => {
  const status = [aStatus(), aStatus({ service: 'youtube' })]
  const { lines } = await givenMetrics({ status: () => status })
  expect(await lines('didbon_service_state{service="youtube"')).toHaveLength(8)
  status.pop()
  expect(await lines('didbon_service_state{service="youtube"')).toEqual([])
  expect(await lines('didbon_service_state{service="facebook"')).toHaveLength(8)
})

test('the last look that could be judged -> when it ended; absent before the first', async () => {
  const { lines } = await givenMetrics({
    status: () => [aStatus({ lastMeasurementAt: NOW - 1500 }), aStatus({ service: 'youtube' })],
  })
  expect(await lines('didbon_last_probe_timestamp_seconds')).toEqual([
    `didbon_last_probe_timestamp_seconds{service="facebook",vantage="babilon"} ${NOW / 1000 - 1.5}`,
  ])
})

test('heightened watch -> until when, for those services alone', async () => {
  const { lines } = await givenMetrics({ heightened: () => new Map([['facebook', NOW]]) })
  expect(await lines('didbon_heightened_watch_until')).toEqual([
    `didbon_heightened_watch_until_timestamp_seconds{service="facebook"} ${NOW / 1000}`,
  ])
})
