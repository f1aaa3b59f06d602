/** How HTTP/3 is tried: the section `probe.quic`. */
import { isIP } from 'node:net'
import { z } from 'zod'
import { PROBE_DEFAULTS, type QuicSettings } from '../model/probe-settings.ts'
import { MINUTE_MS } from '../model/time.ts'
import { publicName, section, whole, yesNo } from './fields.ts'

const QUIC = PROBE_DEFAULTS.quic
const REFERENCE = 'must be <host name>#<address>, such as cloudflare-dns.com#1.1.1.1'

export const quicSchema = section({
  enabled: yesNo().default(true).describe('Whether HTTP/3 is tried where a service offers it.'),
  timeoutMs: whole(100, MINUTE_MS)
    .default(QUIC.timeoutMs)
    .describe('Budget of one handshake; never more than half of what is left of `totalTimeoutMs`.'),
  neutralName: publicName()
    .default(QUIC.neutralName)
    .describe('A name nobody blocks, for a handshake at the same address.'),
  reference: z
    .string({ error: REFERENCE })
    .refine((value) => parseReference(value) !== null, { error: REFERENCE })
    .nullable()
    .default(`${QUIC.reference.host}#${QUIC.reference.address}`)
    .describe(
      'A server that answers QUIC where datagrams pass at all. null: none, and `drop` is never reported.',
    ),
})

/** @returns `null` = HTTP/3 is not tried */
export function buildQuic(shape: z.infer<typeof quicSchema>): QuicSettings | null {
  const { enabled, timeoutMs, neutralName, reference } = shape
  if (!enabled) return null
  return { timeoutMs, neutralName, reference: reference === null ? null : parseReference(reference) }
}

function parseReference(value: string): { host: string; address: string } | null {
  const [name, address, ...more] = value.split('#')
  const host = publicName().safeParse(name)
  if (!host.success || isIP(address ?? '') === 0 || more.length > 0) return null
  return { host: host.data, address: address! }
}
