import { expect, test } from 'vitest'
import { explainedTransfers } from '../../src/commands/throughput-text.ts'
import { explain } from '../../src/judge/judge.ts'
import type { TransferExperiment } from '../../src/model/experiment.ts'
import { aMeasurement, dns } from '../judge/builders.ts'

function aTransfer(
  name: TransferExperiment['name'],
  at: TransferExperiment['at'],
  kBps: number,
  more: Partial<TransferExperiment> = {},
): TransferExperiment {
  return {
    kind: 'transfer',
    name,
    at,
    url: `https://${at}.example/file`,
    serverName: `${name}.example`,
    address: '93.184.216.34',
    startedMs: 0,
    durationMs: 0,
    failure: null,
    tcpMs: 30.2,
    tlsMs: 60.4,
    status: 206,
    bytes: 100_000,
    transferMs: 90_000 / kBps,
    samples: [
      [0, 10_000],
      [90_000 / kBps, 100_000],
    ],
    ...more,
  }
}

test('throttled by name -> the verdict, every rate with its ratio, every transfer here and for the control, and the rules', () => {
  const timed = (vantage: string, ...experiments: TransferExperiment[]) =>
    aMeasurement(dns(), { vantage, plan: 'throughput', experiments })
  const measurement = timed(
    'babilon',
    aTransfer('target', 'target', 16),
    aTransfer('neutral', 'neutral', 800),
    aTransfer('target', 'neutral', 16),
    aTransfer('neutral', 'target', 640, { status: null, bytes: 0, samples: [], failure: 'connection_reset' }),
  )
  const control = timed(
    'frankfurt',
    aTransfer('target', 'target', 1600),
    aTransfer('neutral', 'neutral', 1600),
  )
  const explanation = explain(measurement, [control], 'online')
  const text = explainedTransfers({
    endpoint: 'youtube/video',
    vantage: 'babilon',
    health: 'online',
    measurement,
    controls: [control],
    explanation,
  })
  expect(text.split('\n')).toEqual([
    'confirmed (throttle)  youtube/video from babilon, 400 ms. The same server is slow under its name and fast under another.',
    '  16 kB/s; neutral host 800 kB/s (0.02); control 1.6 MB/s (0.02); one server under this name over another name (0.02)',
    '  vantage babilon is online',
    '  transfers from babilon',
    '    target name at target server  target.example to 93.184.216.34 for https://target.example/file  tcp 30 ms, tls 60 ms, status 206, 100000 bytes in 5625 ms, 16 kB/s  ok',
    '    neutral name at neutral server  neutral.example to 93.184.216.34 for https://neutral.example/file  tcp 30 ms, tls 60 ms, status 206, 100000 bytes in 113 ms, 800 kB/s  ok',
    '    target name at neutral server  target.example to 93.184.216.34 for https://neutral.example/file  tcp 30 ms, tls 60 ms, status 206, 100000 bytes in 5625 ms, 16 kB/s  ok',
    '    neutral name at target server  neutral.example to 93.184.216.34 for https://target.example/file  tcp 30 ms, tls 60 ms, status -, 0 bytes in 141 ms, 0 B/s  connection_reset',
    '  transfers from frankfurt',
    '    target name at target server  target.example to 93.184.216.34 for https://target.example/file  tcp 30 ms, tls 60 ms, status 206, 100000 bytes in 56 ms, 1.6 MB/s  ok',
    '    neutral name at neutral server  neutral.example to 93.184.216.34 for https://neutral.example/file  tcp 30 ms, tls 60 ms, status 206, 100000 bytes in 56 ms, 1.6 MB/s  ok',
    '  rules tried',
    ...explanation.tried.map(({ rule, fired }) => `    ${fired ? '=>' : '  '} ${rule}`),
  ])
  expect(explanation.tried.at(-1)!.rule).toBe('throughput_follows_name')
})
