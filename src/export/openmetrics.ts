/**
 * openmetrics: intervals of time as samples with timestamps, the form in which Prometheus takes in the past
 * (`promtool tsdb create-blocks-from openmetrics`).
 *
 *     an interval       ├───────────────┤
 *     its samples     1  1   1   1   1 0      at its beginning, then at each whole step, and 0 at its end
 *
 * Prometheus holds a sample for five minutes, so a step of five minutes draws an unbroken line at any resolution. Samples lie on
 * whole steps since 1970, so a longer one does too, for whoever asks at multiples of it, as graphs of long spans do. Without the 0
 * an interval would seem to last five minutes more. Written line by line: nothing is kept.
 */
import { DAY_MS, MINUTE_MS } from '../model/time.ts'

/** Unix ms. */
export interface Interval {
  readonly fromAt: number
  /** `null` = it goes on beyond the span */
  readonly untilAt: number | null
}

export interface Series {
  readonly labels: Readonly<Record<string, string>>
  /** in any order; those that overlap or touch are one */
  readonly intervals: readonly Interval[]
}

export interface Family {
  readonly name: string
  readonly help: string
  readonly series: Iterable<Series> | AsyncIterable<Series>
}

/** [since, until), Unix ms. */
export interface ExportSpan {
  readonly since: number
  readonly until: number
}

/** What one screen of a graph still asks at a finer step than an hour. */
const SHORT_MS = 93 * DAY_MS

/** Five minutes for a span of up to three months, an hour for a longer one. */
export function defaultStepMs({ since, until }: ExportSpan): number {
  return until - since <= SHORT_MS ? 5 * MINUTE_MS : 60 * MINUTE_MS
}

/** Lines of OpenMetrics text, the last one `# EOF`. Series of one family must differ in their labels. */
export async function* openMetrics(
  families: readonly Family[],
  span: ExportSpan,
  stepMs: number,
): AsyncGenerator<string> {
  for (const { name, help, series } of families) {
    yield `# HELP ${name} ${help}`
    yield `# TYPE ${name} gauge`
    for await (const { labels, intervals } of series) {
      const head = `${name}${labelsText(labels)}`
      for (const interval of joined(intervals)) {
        for (const [at, value] of samples(interval, span, stepMs)) yield `${head} ${value} ${at / 1000}`
      }
    }
  }
  yield '# EOF'
}

function* samples(
  { fromAt, untilAt }: Interval,
  { since, until }: ExportSpan,
  stepMs: number,
): Generator<readonly [at: number, value: 0 | 1]> {
  const from = Math.max(fromAt, since)
  const end = Math.min(untilAt ?? until, until)
  if (end <= from) return
  yield [from, 1]
  for (let at = (Math.floor(from / stepMs) + 1) * stepMs; at < end; at += stepMs) yield [at, 1]
  if (end < until) yield [end, 0]
}

/** In order of time, without overlaps: a series has one value at a time. */
function joined(intervals: readonly Interval[]): Interval[] {
  const whole: Interval[] = []
  for (const interval of intervals.toSorted((a, b) => a.fromAt - b.fromAt)) {
    const last = whole.at(-1)
    if (last === undefined || (last.untilAt !== null && last.untilAt < interval.fromAt)) {
      whole.push(interval)
    } else {
      const isOpen = last.untilAt === null || interval.untilAt === null
      const untilAt = isOpen ? null : Math.max(last.untilAt, interval.untilAt)
      whole[whole.length - 1] = { fromAt: last.fromAt, untilAt }
    }
  }
  return whole
}

function labelsText(labels: Series['labels']): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escape(value)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

const ESCAPED: Readonly<Record<string, string>> = { '"': '\\"', '\\': '\\\\', '\n': '\\n' }

function escape(text: string): string {
  return text.replace(/["\\\n]/g, (character) => ESCAPED[character]!)
}
