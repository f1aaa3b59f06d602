/** import-count: what an import met, counted and named. */
import type { Read } from '../ooni/read.ts'
import { printable } from '../views/text/table.ts'

/** Malformed lines named one by one; the rest are only counted. */
const MOST_NAMED = 20

export interface ImportCount {
  measurements: number
  malformed: number
  /** lines that cannot be used, the first of them */
  readonly named: { readonly number: number; readonly why: string }[]
  /** lines of other tests, by test */
  readonly others: Map<string, number>
}

export function newCount(): ImportCount {
  return { measurements: 0, malformed: 0, named: [], others: new Map() }
}

/** Counts what was read of one line. */
export function countRead(count: ImportCount, read: Read): void {
  if (read.kind === 'measurement') count.measurements += 1
  else if (read.kind === 'other-test') count.others.set(read.test, (count.others.get(read.test) ?? 0) + 1)
  else {
    count.malformed += 1
    if (count.named.length < MOST_NAMED) count.named.push({ number: read.number, why: read.why })
  }
}

/** For people, on standard error. */
export function summary({ measurements, malformed, named, others }: ImportCount): string {
  const skipped = [...others]
    .toSorted(([, a], [, b]) => b - a)
    .map(([test, n]) => `${printable(test).slice(0, 200)} ${n}`)
  const lines = [`${measurements} web_connectivity measurements read`]
  if (skipped.length > 0) lines.push(`of other tests, skipped: ${skipped.slice(0, MOST_NAMED).join(', ')}`)
  if (malformed > 0) lines.push(`${malformed} lines could not be used:`)
  lines.push(...named.map(({ number, why }) => `  line ${number}: ${printable(why).slice(0, 200)}`))
  if (malformed > named.length) lines.push(`  and ${malformed - named.length} more`)
  return lines.join('\n')
}
