/** What replies say beside their answers, as resolvers wrote them. */
import packet from 'dns-packet'
import { expect, test } from 'vitest'
import { encodeQuestion, readReply } from '../../src/probe/dns/wire.ts'

/** Whole messages as Knot Resolver 5.6.0, PowerDNS Recursor 4.8.8 and CoreDNS 1.15.0 sent them. */
const SENT = [
  {
    who: 'Knot Resolver, DENY',
    host: 'kr-deny.blocked.example',
    hex: '5dc485830001000000010001076b722d64656e7907626c6f636b6564076578616d706c650000010001c00c0006000100002a300026c00c066e6f626f647907696e76616c6964000000000100000e10000004b000093a8000002a3000002904d000000000000a000f0006000f43523336',
    says: { code: 15, text: 'CR36' },
    authoritative: true,
  },
  {
    who: 'Knot Resolver, DROP',
    host: 'kr-drop.blocked.example',
    hex: '809081820001000000000001076b722d64726f7007626c6f636b6564076578616d706c65000001000100002904d000000000000a000f0006001255354b4c',
    says: { code: 18, text: 'U5KL' },
  },
  {
    who: 'PowerDNS Recursor, RPZ',
    host: 'pe-nx.blocked.example',
    hex: '7fa3818300010000000000010570652d6e7807626c6f636b6564076578616d706c6500000100010000290200000000000014000f00100010426c6f636b6564206279206c6177',
    says: { code: 16, text: 'Blocked by law' },
  },
  {
    who: 'CoreDNS, acl block',
    host: 'cd-aclblock.blocked.example',
    hex: 'a1c7810500010000000000010b63642d61636c626c6f636b07626c6f636b6564076578616d706c65000001000100002904d0000080000006000f0002000f',
    says: { code: 15, text: '' },
    recursionUnavailable: true,
  },
] as const

test.each(SENT)('$who -> its reason', ({ host, hex, says, ...flags }) => {
  const reply = readReply(Buffer.from(hex, 'hex'), { host, type: 'A' })
  expect(reply?.details).toMatchObject({ extendedErrors: [says] })
  expect(reply?.details.authoritative).toBe('authoritative' in flags ? true : undefined)
  expect(reply?.details.recursionUnavailable).toBe('recursionUnavailable' in flags ? true : undefined)
})

test('the zone that a denial is made from stands beside it', () => {
  const [{ host, hex }] = SENT
  const [beside] = readReply(Buffer.from(hex, 'hex'), { host, type: 'A' })!.details.beside!
  expect(beside).toMatchObject({ section: 'authority', type: 'SOA', name: host, ttlS: 10_800 })
  expect(beside!.value).toContain('nobody.invalid')
})

test('EDNS is asked with only where it is wanted', () => {
  const asked = (edns?: true) =>
    packet.decode(encodeQuestion(1, { host: 'site.example', type: 'A', ...(edns && { edns }) })).additionals
  expect(asked()).toEqual([])
  expect(asked(true)).toMatchObject([{ type: 'OPT', udpPayloadSize: 1232 }])
})

test('a reply full of hostile text and records -> a few, short, on one line', () => {
  const option = {
    code: 15,
    data: Buffer.concat([Buffer.from([0, 16]), Buffer.from('a\r\nb\u202ec\u0000'.repeat(80))]),
  }
  const opt = {
    type: 'OPT',
    name: '.',
    udpPayloadSize: 1232,
    flags: 0,
    options: Array.from({ length: 50 }, () => option),
  }
  const txt = { type: 'TXT' as const, name: 'x.example', ttl: 1, data: ['\u001b[31mred\n'.repeat(15)] }
  const message = packet.encode({
    type: 'response',
    id: 1,
    questions: [{ type: 'A', name: 'site.example' }],
    additionals: [opt as unknown as packet.Answer, ...Array.from({ length: 50 }, () => txt)],
  })
  const { extendedErrors, beside } = readReply(message, { host: 'site.example', type: 'A' })!.details
  expect(extendedErrors).toHaveLength(4)
  expect(beside).toHaveLength(8)
  for (const text of [...extendedErrors!.map((it) => it.text), ...beside!.map(({ value }) => value)]) {
    expect(text.length).toBeLessThanOrEqual(200)
    expect(text).not.toMatch(/[\p{Cc}\u202e]/u)
  }
})
