/** Who holds a token, as it is seen outside; never the token. */
import { z } from 'zod'
import { isoOf } from '../iso.ts'
import { moment, type Shown } from './shown.ts'

export const tokenRow = z.strictObject({
  name: z.string(),
  from: z.enum(['store', 'configuration']),
  created: moment().nullable(),
})

export interface TokenHolder {
  readonly name: string
  readonly from: 'store' | 'configuration'
  /** Unix ms; `null` = the configuration does not say */
  readonly createdAt: number | null
}

export function showToken({ name, from, createdAt }: TokenHolder): Shown<typeof tokenRow> {
  return { name, from, created: isoOf(createdAt) }
}
