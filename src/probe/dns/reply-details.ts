/** What a DNS reply says beside its answers: flags, the other sections, and Extended DNS Errors (RFC 8914). Bounded, for anybody may send it. */
import type packet from 'dns-packet'
import {
  MAX_EXTENDED_ERRORS,
  onOneLine,
  type BesideRecord,
  type ExtendedError,
  type ReplyDetails,
} from '../../model/dns.ts'

const MAX_RECORDS = 8
/** The option of EDNS that carries an error. @see RFC 8914 section 2 */
const EXTENDED_ERROR = 15

export function detailsOf(read: packet.DecodedPacket): ReplyDetails {
  const beside = [
    ...(read.authorities ?? []).flatMap((record) => toBeside('authority', record)),
    ...(read.additionals ?? []).flatMap((record) => toBeside('additional', record)),
  ].slice(0, MAX_RECORDS)
  const extendedErrors = (read.additionals ?? []).flatMap(errorsIn).slice(0, MAX_EXTENDED_ERRORS)
  return {
    ...(read.flag_aa && { authoritative: true }),
    ...(!read.flag_ra && { recursionUnavailable: true }),
    ...(beside.length > 0 && { beside }),
    ...(extendedErrors.length > 0 && { extendedErrors }),
  }
}

function toBeside(section: BesideRecord['section'], record: packet.Answer): BesideRecord[] {
  if (record.type === 'OPT') return []
  const { type, name } = record
  const { ttl = 0, data } = record as { ttl?: number; data?: unknown }
  return [
    { section, type: onOneLine(type), name: onOneLine(name), ttlS: ttl, value: onOneLine(inWords(data)) },
  ]
}

function inWords(data: unknown): string {
  if (Buffer.isBuffer(data)) return data.toString('utf8')
  if (Array.isArray(data)) return data.map(inWords).join(' ')
  if (typeof data !== 'object' || data === null) return String(data)
  return Object.values(data).map(inWords).join(' ')
}

/** dns-packet leaves an option that it does not know in bytes: two of the code, then text in UTF-8. */
function errorsIn(record: packet.Answer): ExtendedError[] {
  if (record.type !== 'OPT') return []
  const options = record.options as readonly { readonly code: number; readonly data?: Buffer }[]
  return options.flatMap(({ code, data }) =>
    code === EXTENDED_ERROR && Buffer.isBuffer(data) && data.length >= 2
      ? [{ code: data.readUInt16BE(0), text: onOneLine(data.toString('utf8', 2)) }]
      : [],
  )
}
