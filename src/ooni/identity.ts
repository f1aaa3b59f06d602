/** identity: an id that is the same whenever the same measurement is imported, and the name of where it was made. */
import { createHash } from 'node:crypto'
import { type Json, textOf } from './json.ts'
import { asnOf } from './networks.ts'

export interface Origin {
  /** `ooni-as24722-tj` */
  readonly vantage: string
  /** ISO 3166-1 alpha-2; `ZZ` = withheld */
  readonly country: string
  /** `null` = withheld */
  readonly asn: number | null
}

export function originOf(raw: Json): Origin {
  const asn = asnOf(raw['probe_asn'])
  const cc = textOf(raw['probe_cc'])
  const country = cc !== null && /^[A-Za-z]{2}$/.test(cc) ? cc.toUpperCase() : 'ZZ'
  return { vantage: `ooni-as${asn ?? 0}-${country.toLowerCase()}`, country, asn }
}

/**
 * UUID version 7 in form: the time it tells, then digits of a hash in place of random ones.
 *
 * @param line what identifies a measurement that has no name of its own
 */
export function idOf(raw: Json, line: string, startedAt: number): string {
  const uid = textOf(raw['measurement_uid'])
  const report = textOf(raw['report_id'])
  const named =
    report === null ? null : [report, raw['input'], raw['measurement_start_time']].map(String).join(' ')
  const bytes = createHash('sha256')
    .update(uid ?? named ?? line)
    .digest()
    .subarray(0, 16)
  bytes.writeUIntBE(Math.max(0, startedAt), 0, 6)
  bytes[6] = 0x70 | (bytes[6]! & 0x0f)
  bytes[8] = 0x80 | (bytes[8]! & 0x3f)
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
