import { describe, expect, test } from 'vitest'
import { controlFacts } from '../../src/judge/control.ts'
import { judge } from '../../src/judge/judge.ts'
import { judgeQuic, needsControl } from '../../src/judge/quic.ts'
import type { Failure } from '../../src/model/failure.ts'
import type { Measurement, Observation, QuicObservation } from '../../src/model/measurement.ts'
import { conclusionsOf } from '../../src/judge/ooni-conclusions.ts'
import {
  ADDRESS,
  aControl,
  aMeasurement,
  aPlainMeasurement,
  dns,
  HOST,
  http,
  PLAIN,
  tcp,
  tls,
  trustedDns,
} from './builders.ts'

const SILENT = 'generic_timeout_error'
const OFFER = { headers: [['alt-svc', 'h3=":443"']] } as const

function quic(name: QuicObservation['name'], failure: Failure | null = null): QuicObservation {
  return {
    layer: 'quic',
    depth: 0,
    startedMs: 0,
    durationMs: 20,
    failure,
    address: name === 'reference' ? '1.1.1.1' : ADDRESS,
    port: 443,
    source: 'vantage',
    serverName: name === 'target' ? HOST : `${name}.example`,
    name,
    alpn: failure === null ? 'h3' : null,
    version: failure === null ? '1' : null,
    received: failure === null ? 2 : 0,
  }
}

/** A page that offers HTTP/3, and what was tried of it. */
function offered(...tries: readonly (Observation | Partial<Measurement>)[]): Measurement {
  return aMeasurement(dns(), tcp(), tls(), http(OFFER), ...tries)
}

/** What the trusted resolver's lookup says of the host's HTTPS record beside. */
const inDns = (http3Port: number | null = 443) => ({ ...trustedDns(), http3Port })
/** No page came over TCP. */
const cut = (...tries: readonly Observation[]) =>
  aMeasurement(dns(), inDns(), tcp(), tls({ failure: 'connection_reset' }), ...tries)

const control = offered(quic('target'), quic('neutral'), { vantage: 'control-de', purpose: 'control' })
const DROPPED = [quic('target', SILENT), quic('neutral', SILENT), quic('reference')] as const
const BY_NAME = [quic('target', SILENT), quic('neutral')] as const

const CASES: [string, Measurement, Measurement[], string | undefined][] = [
  ['answered -> ok, whatever the control', offered(quic('target')), [], 'ok'],
  ['only the neutral name is answered', offered(...BY_NAME), [control], 'sni'],
  [
    'the neutral name is turned away over TLS, which is an answer',
    offered(quic('target', SILENT), quic('neutral', 'ssl_invalid_hostname')),
    [control],
    'sni',
  ],
  [
    'refused for the name alone',
    offered(quic('target', 'connection_refused'), quic('neutral')),
    [control],
    'sni',
  ],
  ['neither name is answered, another host is', offered(...DROPPED), [control], 'drop'],
  [
    'neither name, nor another host: no UDP at all',
    offered(quic('target', SILENT), quic('neutral', SILENT), quic('reference', SILENT)),
    [control],
    'insufficient',
  ],
  [
    'neither name, and no other host was asked',
    offered(quic('target', SILENT), quic('neutral', SILENT)),
    [control],
    'insufficient',
  ],
  ['no control', offered(...BY_NAME), [], 'insufficient'],
  [
    'the control fails too: switched off at the server',
    offered(...DROPPED),
    [offered(quic('target', SILENT))],
    'insufficient',
  ],
  ['the control could not try', offered(...DROPPED), [offered()], 'insufficient'],
  ['the control is unfit', offered(...BY_NAME), [{ ...control, unfit: 'late_thread' }], 'insufficient'],
  ['one control of two gets through', offered(...BY_NAME), [offered(quic('target', SILENT)), control], 'sni'],
  [
    'a server that answers no other name for anybody',
    offered(...DROPPED),
    [offered(quic('target'), quic('neutral', SILENT))],
    'insufficient',
  ],
  [
    'answered with a certificate that does not check out',
    offered(quic('target', 'ssl_unknown_authority')),
    [control],
    'insufficient',
  ],
  ['offered and not tried', offered(), [control], 'insufficient'],
  ['not offered', aMeasurement(dns(), tcp(), tls(), http()), [control], 'not_offered'],
  [
    'the page was not reached over TCP',
    aMeasurement(dns(), tcp({ failure: 'connection_reset' })),
    [control],
    'insufficient',
  ],
  [
    'the offer came over TLS that does not check out',
    aMeasurement(dns(), tcp(), tls({ failure: 'ssl_unknown_authority' }), http({ ...OFFER, trusted: false })),
    [control],
    'insufficient',
  ],
  [
    'the page came in cleartext, where anybody could have put the offer',
    aPlainMeasurement(http({ ...PLAIN, ...OFFER })),
    [control],
    'not_offered',
  ],
  [
    'offered by the HTTPS record alone',
    aMeasurement(dns(), inDns(), tcp(), tls(), http(), quic('target')),
    [],
    'ok',
  ],
  [
    'offered by the HTTPS record alone, and not tried',
    aMeasurement(dns(), inDns(), tcp(), tls(), http()),
    [],
    'insufficient',
  ],
  [
    'by the HTTPS record alone, by name',
    aMeasurement(dns(), inDns(), tcp(), tls(), http(), ...BY_NAME),
    [control],
    'sni',
  ],
  [
    'neither by Alt-Svc nor by the record',
    aMeasurement(dns(), inDns(null), tcp(), tls(), http()),
    [],
    'not_offered',
  ],
  [
    'the record of the host before the redirect offers it, that of the last one does not',
    aMeasurement(
      dns(),
      inDns(),
      http({ status: 302, headers: [['location', 'https://www.other.example/']] }),
      http({ depth: 1, url: 'https://www.other.example/' }),
    ),
    [control],
    'not_offered',
  ],
  ['no page over TCP, and HTTP/3 works', cut(quic('target'), quic('neutral')), [], 'ok'],
  ['no page over TCP, and the neutral name alone is answered', cut(...BY_NAME), [control], 'sni'],
  ['no page over TCP, by name, and no control', cut(...BY_NAME), [], 'insufficient'],
  ['no page over TCP, and no name is answered', cut(...DROPPED), [control], 'insufficient'],
  ['no page over TCP, and not tried', cut(), [control], 'insufficient'],
  [
    'not by Alt-Svc, and the trusted resolver is silent',
    aMeasurement(dns(), { ...trustedDns(), failure: SILENT, answers: [] }, tcp(), tls(), http()),
    [control],
    'insufficient',
  ],
  [
    'not by Alt-Svc, and the record was never asked for',
    aMeasurement(dns(), trustedDns(), tcp(), tls(), http()),
    [control],
    'not_offered',
  ],
  ['a heartbeat', offered({ plan: 'heartbeat' }), [control], undefined],
  ['unfit', offered(...BY_NAME, { unfit: 'interrupted' }), [control], undefined],
]

test.each(CASES)('%s', (_name, measurement, controls, standing) => {
  const said = judgeQuic(measurement, controls)
  expect(said?.standing).toBe(standing)
  expect(said === null || said.because.endsWith('.')).toBe(true)
})

test('after a redirect -> the offer of the last page counts', () => {
  const measurement = aMeasurement(
    dns(),
    tcp(),
    tls(),
    http({
      status: 302,
      headers: [
        ['location', 'https://www.other.example/'],
        ['alt-svc', 'h3=":443"'],
      ],
    }),
    tcp({ depth: 1 }),
    tls({ depth: 1, serverName: 'www.other.example' }),
    http({ depth: 1, url: 'https://www.other.example/' }),
  )
  expect(judgeQuic(measurement, [])?.standing).toBe('not_offered')
})

test.each([
  [offered(quic('target')), false],
  [offered(...BY_NAME), true],
  [offered(quic('target', 'ssl_failed_handshake')), false],
  [offered(), false],
])('look %# asks for the control: %s', (measurement, asked) => {
  expect(needsControl(measurement)).toBe(asked)
})

describe('QUIC has no say in the verdict', () => {
  const measurements = [
    [],
    [quic('target')],
    [...BY_NAME],
    [...DROPPED],
    [quic('target', 'ssl_unknown_authority')],
  ]
  test.each(measurements)('a good look, QUIC as in look %# -> the same verdict', (...tries) => {
    const { quic: _, ...verdict } = judge(offered(...tries), [control], 'online')
    const { quic: __, ...alike } = judge(offered(), [aControl()], 'online')
    expect(verdict).toEqual(alike)
  })

  test('a failed look is told the same by a control whose QUIC fails', () => {
    const failed = aMeasurement(dns(), tcp(), tls({ failure: 'connection_reset' }))
    const troubled = offered(...DROPPED, { vantage: 'control-de', purpose: 'control' })
    expect(judge(failed, [troubled], 'online')).toEqual(judge(failed, [control], 'online'))
  })

  test('a control that ends at a failure says what failed, not that QUIC did', () => {
    const failed = aMeasurement(dns(), tcp({ failure: 'generic_timeout_error' }))
    const down = aMeasurement(dns(), tcp(), tls(), http({ failure: 'eof_error' }), quic('target', SILENT))
    expect(judge(failed, [down], 'online')).toMatchObject({ outcome: 'down' })
  })
})

describe('an HTTPS record has no say in the verdict', () => {
  const ends: [string, readonly Observation[]][] = [
    ['good', [tcp(), tls(), http()]],
    ['blocked', [tcp(), tls({ failure: 'connection_reset' })]],
  ]
  test.each(ends)('%s -> told the same with it, without it, and where it offers nothing', (_name, rest) => {
    const said = [inDns(), inDns(null), trustedDns()].map((trusted) => {
      const measurement = aMeasurement(dns({ answers: ['10.10.34.35'] }), trusted, ...rest)
      const { quic: _, ...verdict } = judge(measurement, [aControl()], 'online')
      return { verdict, ooni: conclusionsOf(measurement, controlFacts([aControl()])) }
    })
    expect(said[0]).toEqual(said[2])
    expect(said[1]).toEqual(said[2])
  })
})
