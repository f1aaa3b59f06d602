/** monthly-blocks: the blocks of a world that runs for months. */
import { between, pick, type Random } from '../../src/evaluate/random.ts'
import { ANSWERING, HTTP, SILENT, type Episode, WEAK } from '../../src/evaluate/world.ts'
import { DAY_MS } from '../../src/model/time.ts'

/**
 * A day's block of each service in each month, each vantage by a mechanism of its own: by turns alone, every service in its
 * own part of the month, and all at every vantage at once.
 */
export function monthlyBlocks(
  random: Random,
  services: readonly string[],
  vantages: number,
  spanMs: number,
  monthMs: number,
): Episode[][] {
  const mechanisms = [...ANSWERING, ...SILENT, ...HTTP, ...WEAK]
  const blocks: Episode[][] = Array.from({ length: vantages }, () => [])
  const part = monthMs / services.length
  for (let start = 0, n = 0; start + monthMs <= spanMs; start += monthMs, n += 1) {
    const together = n % 2 === 1
    const common = start + between(random, 0, monthMs - 2 * DAY_MS)
    for (const mine of blocks) {
      services.forEach((service, turn) => {
        const own = start + turn * part + between(random, 0.05, 0.4) * part
        const from = together ? common : own
        mine.push({
          kind: 'block',
          service,
          mechanism: pick(random, mechanisms),
          together,
          from,
          to: from + DAY_MS,
        })
      })
    }
  }
  return blocks
}
