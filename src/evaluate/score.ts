/** score: what a rule said, against what was really the matter. */
import { DAY_MS, MINUTE_MS } from '../model/time.ts'
import type { Alarm, RuleResult, Truth } from './alarms.ts'
import { quantile, rate, share, type Estimate } from './intervals.ts'

/** Looks begun while something was the matter may come back this much later. */
const AFTERMATH_MS = 90_000
const TEN_MINUTES = 600_000
const YEAR_MS = 365 * DAY_MS

export interface Score {
  readonly rule: string
  readonly alarms: number
  /** share of the alarms during which there was a block */
  readonly precision: Estimate
  /** whole blocks of ten minutes and more */
  readonly recall: Estimate
  /** blocks that hit a share of the measurements only, by share in per cent */
  readonly leaky: Readonly<Record<string, Estimate>>
  /** whole blocks of ten minutes and more by mechanisms that answer, and by those that are silent */
  readonly detectMs: Readonly<
    Record<'answering' | 'silent', { readonly median: Estimate; readonly p95: Estimate }>
  >
  /** alarms while nothing was gone, per vantage-year */
  readonly falseAlarms: Estimate & { readonly count: number }
  /** alarms while something was gone that was no block, per vantage-year */
  readonly notABlock: Estimate & { readonly count: number }
  /** blocks of a known mechanism that were found with one named: those named wrongly */
  readonly wrongMechanism: Estimate
}

const SILENT: ReadonlySet<string> = new Set(['dns.timeout', 'tcp.timeout', 'tls.sni-timeout'])
/** Only a measurement that goes up to HTTP can see these, and most do not. */
const NEEDS_HTTP: ReadonlySet<string> = new Set(['http.blockpage', 'http.reset'])

/** @param vantageMs vantages times the length of the trace */
export function scoreOf({ rule, alarms }: RuleResult, truths: readonly Truth[], vantageMs: number): Score {
  const truthBy = Map.groupBy(truths, ({ vantage }) => vantage)
  const reachBy = new Map([...truthBy].map(([vantage, mine]) => [vantage, createReach(mine)]))
  const alarmsBy = Map.groupBy(alarms, ({ vantage, service }) => `${vantage} ${service}`)
  const kinds = alarms.map((alarm) => kindOf(alarm, reachBy.get(alarm.vantage)?.(alarm) ?? []))
  const blocks = truths.filter(({ kind, partial }) => kind === 'block' && !partial)
  const found = blocks.map((block) => ({
    block,
    ...find(block, alarmsBy.get(`${block.vantage} ${block.service}`) ?? [], truthBy.get(block.vantage)!),
  }))
  const long = found.filter(({ block }) => block.untilAt - block.fromAt >= TEN_MINUTES && block.share === 1)
  const leaky = Map.groupBy(
    found.filter(({ block }) => block.share < 1),
    ({ block }) => `${Math.round(block.share * 100)} %`,
  )
  const named = found.filter(
    ({ block, alarm }) => block.mechanism !== null && alarm !== null && alarm.mechanism !== null,
  )
  const years = vantageMs / YEAR_MS
  const times = (which: (mechanism: string) => boolean) => {
    const ms = long.flatMap(({ block, afterMs }) =>
      block.mechanism !== null && which(block.mechanism) ? [afterMs ?? Infinity] : [],
    )
    return { median: quantile(ms, 0.5), p95: quantile(ms, 0.95) }
  }
  const countOf = (wanted: Truth['kind'] | 'nothing') => kinds.filter((kind) => kind === wanted).length
  return {
    rule,
    alarms: alarms.length,
    precision: share(countOf('block'), alarms.length),
    recall: share(long.filter(({ alarm }) => alarm !== null).length, long.length),
    leaky: Object.fromEntries(
      [...leaky]
        .sort(([a], [b]) => Number.parseInt(a, 10) - Number.parseInt(b, 10))
        .map(([name, some]) => [name, share(some.filter(({ alarm }) => alarm !== null).length, some.length)]),
    ),
    detectMs: {
      answering: times((mechanism) => !SILENT.has(mechanism) && !NEEDS_HTTP.has(mechanism)),
      silent: times((mechanism) => SILENT.has(mechanism)),
    },
    falseAlarms: rate(countOf('nothing') + countOf('trouble'), years),
    notABlock: rate(countOf('gone'), years),
    wrongMechanism: share(
      named.filter(({ block, alarm }) => alarm!.mechanism !== block.mechanism).length,
      named.length,
    ),
  }
}

/** A trace of years knows of many things that were the matter. @returns those near an alarm, without asking each of the others */
function createReach(truths: readonly Truth[]): (alarm: Alarm) => readonly Truth[] {
  const sorted = truths.toSorted((a, b) => a.fromAt - b.fromAt)
  const longestMs = sorted.reduce((most, { fromAt, untilAt }) => Math.max(most, untilAt - fromAt), 0)
  return ({ fromAt, untilAt }) => {
    const first = firstFrom(sorted, fromAt - longestMs - AFTERMATH_MS)
    return sorted.slice(first, untilAt === null ? undefined : firstFrom(sorted, untilAt))
  }
}

/** Place of the first that begins then or later. */
function firstFrom(sorted: readonly Truth[], at: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle]!.fromAt < at) low = middle + 1
    else high = middle
  }
  return low
}

/** The weightiest thing that was the matter while it lasted, or shortly before: for measurements take time. */
function kindOf(alarm: Alarm, truths: readonly Truth[]): Truth['kind'] | 'nothing' {
  const until = alarm.untilAt ?? Infinity
  const there = truths.filter(
    ({ service, fromAt, untilAt, partial }) =>
      (service === null || service === alarm.service) &&
      !partial &&
      fromAt < until &&
      alarm.fromAt <= untilAt + AFTERMATH_MS,
  )
  return (
    (['block', 'gone', 'trouble'] as const).find((kind) => there.some((truth) => truth.kind === kind)) ??
    'nothing'
  )
}

/** The first alarm of the time it was blocked. One that begins while the vantage sees nothing counts from when it sees again. */
function find(
  block: Truth,
  alarms: readonly Alarm[],
  truths: readonly Truth[],
): { readonly alarm: Alarm | null; readonly afterMs: number | null } {
  const alarm = alarms.find(
    ({ fromAt, untilAt }) => fromAt < block.untilAt + AFTERMATH_MS && (untilAt ?? Infinity) > block.fromAt,
  )
  if (alarm === undefined) return { alarm: null, afterMs: null }
  const blind = truths.filter(
    ({ kind, service, fromAt, untilAt }) =>
      kind === 'gone' && service === null && fromAt <= block.fromAt + MINUTE_MS && block.fromAt < untilAt,
  )
  const from = Math.max(block.fromAt, ...blind.map(({ untilAt }) => untilAt))
  return { alarm, afterMs: Math.max(0, alarm.fromAt - from) }
}
