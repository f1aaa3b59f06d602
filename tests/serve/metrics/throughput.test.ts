import { expect, test } from 'vitest'
import { givenMetrics } from './given.ts'

test('bytes were timed -> their speed, and a ratio for each comparison that was made', async () => {
  const compared = { neutral: 0.02, control: null, baseline: 1.5 }
  const { lines } = await givenMetrics({
    speeds: () => [{ service: 'youtube', vantage: 'babilon', bytesPerSecond: 16_000, compared }],
  })
  expect(await lines('didbon_throughput')).toEqual([
    'didbon_throughput_bytes_per_second{service="youtube",vantage="babilon"} 16000',
    'didbon_throughput_ratio{service="youtube",vantage="babilon",against="neutral"} 0.02',
    'didbon_throughput_ratio{service="youtube",vantage="babilon",against="baseline"} 1.5',
  ])
})

test('none were timed -> no series, never 0', async () => {
  const { lines } = await givenMetrics({})
  expect(await lines('didbon_throughput')).toEqual([])
})
