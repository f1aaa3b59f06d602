/** The shape of the `throughput` section: how bytes are timed, and against whose. */
import { section, webUrl, whole } from './fields.ts'
import { z } from 'zod'

const KIB = 1024
const SECOND = 1000

export const throughputSchema = section({
  bytes: whole(32 * KIB, 16 * KIB * KIB)
    .default(128 * KIB)
    .describe(
      'Asked for in one transfer, and counted at most. A look makes two, a suspicious one up to four.',
    ),
  timeoutMs: whole(SECOND, 60 * SECOND)
    .default(20 * SECOND)
    .describe('For one transfer; what has come by then is what it is rated by.'),
  neutral: z
    .array(webUrl(), { error: 'must be a list of URLs' })
    .max(4, { error: 'must hold at most 4' })
    .default([
      'https://fsn1-speed.hetzner.com/100MB.bin',
      'https://cdn.kernel.org/pub/linux/kernel/v6.x/linux-6.6.tar.xz',
    ])
    .describe('Large files of somebody who is not watched; the second when the first serves too little.'),
  confirmAfterMs: whole(0, 600 * SECOND)
    .default(10 * SECOND)
    .describe('How long after a slow transfer it is timed again; twice as long each time.'),
})
