/** How long a round by a cron expression lasts, for those who must tell a pause from a gap. */
import { parse } from 'node-cron'

const DAY_S = 86_400
/** A pause so many times as long as any other of the day is meant: at night nobody is to look. */
const PAUSE_TIMES = 4

/**
 * The longest time from one start to the next within a day, in ms.
 *
 * The one long pause of an expression that comes due by day only is not a round: what nobody looked at all night is not known.
 * Nor are the days it leaves out.
 *
 * @param cron five fields, or six with seconds first
 */
export function roundLengthMs(cron: string): number {
  const { second, minute, hour } = parse(cron)
  const starts = hour
    .flatMap((h) => minute.flatMap((m) => second.map((s) => (h * 60 + m) * 60 + s)))
    .toSorted((a, b) => a - b)
  const gaps = starts
    .map((start, i) => (starts[i + 1] ?? starts[0]! + DAY_S) - start)
    .toSorted((a, b) => b - a)
  const [longest = DAY_S, next = longest] = gaps
  return (longest > next * PAUSE_TIMES ? next : longest) * 1000
}
