/** The shape of the `throughput` section: how bytes are timed, and beside whose. */
import { SECOND_MS } from '../model/time.ts'
import { section, webUrl, whole } from './fields.ts'
import { z } from 'zod'

const KIB = 1024

export const throughputSchema = section({
  bytes: whole(32 * KIB, 16 * KIB * KIB)
    .default(128 * KIB)
    .describe('Most bytes of one transfer. A run makes two transfers, a suspicious one up to four.'),
  timeoutMs: whole(SECOND_MS, 60 * SECOND_MS)
    .default(20 * SECOND_MS)
    .describe('Budget of one transfer; its rate is that of what has come by then.'),
  neutral: z
    .array(webUrl(), { error: 'must be a list of URLs' })
    .max(4, { error: 'must hold at most 4' })
    .default([
      'https://fsn1-speed.hetzner.com/100MB.bin',
      'https://cdn.kernel.org/pub/linux/kernel/v6.x/linux-6.6.tar.xz',
    ])
    .describe(
      'Large public files to compare with, of nobody who is watched; the second is used when the first serves too little.',
    ),
  confirmAfterMs: whole(0, 600 * SECOND_MS)
    .default(10 * SECOND_MS)
    .describe('Delay before a slow transfer is timed again; it doubles each time.'),
})
