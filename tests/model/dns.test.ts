import { expect, test } from 'vitest'
import { addressesIn, addressTypes, literalAnswer } from '../../src/model/dns.ts'

test('addresses stand as they were written; a CNAME is none', () => {
  const alias = { type: 'CNAME', value: 'cdn.example', ttlS: 60, asn: null } as const
  expect(addressesIn([alias, literalAnswer('192.0.2.1'), literalAnswer('2001:DB8::1')])).toEqual([
    '192.0.2.1',
    '2001:DB8::1',
  ])
})

test('a literal address answers the question for its family', () => {
  expect([literalAnswer('192.0.2.1').type, literalAnswer('::ffff:192.0.2.1').type]).toEqual(['A', 'AAAA'])
  expect([addressTypes(false), addressTypes(true)]).toEqual([['A'], ['A', 'AAAA']])
})
