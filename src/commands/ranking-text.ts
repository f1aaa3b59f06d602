/** ranking-text: how well events explain an onset, each number shown so that a reader can check the sum. */
import type { Correlation, Ranking, Significance } from '../model/correlation.ts'
import { table } from '../views/text/table.ts'

/** What a list leaves out when it is not asked for everything. */
const LEAST_POSTERIOR = 0.01

/**
 * The candidates of an incident as a table, with "none of them" among them.
 *
 * @param everything also the candidates that weigh next to nothing
 * @returns lines
 */
export function rankingText(ranking: Ranking, everything: boolean): string[] {
  if (ranking.none === null) return ['The onset is not known precisely enough to rank anything.']
  const shown = ranking.candidates.filter(
    ({ posterior, documented }) => everything || documented || posterior >= LEAST_POSTERIOR,
  )
  const rest = ranking.candidates.filter((candidate) => !shown.includes(candidate))
  const rows = shown.map((c) => ({ posterior: c.posterior, cells: cellsOf(c) }))
  rows.push({
    posterior: ranking.none,
    cells: [showShare(ranking.none), '', '', '', '', '', showNumber(ranking.noneWeight), 'none of them'],
  })
  rows.sort((a, b) => b.posterior - a.posterior)
  const left = rest.reduce((sum, { posterior }) => sum + posterior, 0)
  const unknownServices = ranking.documentedTriggers.filter(
    (id) => !ranking.candidates.some(({ event }) => event === id),
  )
  return [
    ...table(
      ['posterior', 'lag', 'density/h', 'events/h', 'Bayes factor', 'x relevance', '= weight', 'event'],
      rows.map(({ cells }) => cells),
    ).split('\n'),
    ...(rest.length === 0 ? [] : [`${rest.length} more with ${showShare(left)} together`]),
    ...unknownServices.map((id) => `named by a source, but not a dated trigger within reach: ${id}`),
  ]
}

function cellsOf(c: Correlation): string[] {
  return [
    showShare(c.posterior),
    showLag(c.lagHours),
    showNumber(c.density),
    showNumber(c.lambda),
    showNumber(c.bayesFactor),
    showNumber(c.relevance),
    `${showNumber(c.weight)}${c.weight < c.bayesFactor * c.relevance * 0.999 ? ' (capped)' : ''}`,
    `${c.event}${c.documented ? ' *' : ''}`,
  ]
}

/** Why relevance and weight are what they are, a line for each candidate that counts. */
export function reasonsText(ranking: Ranking): string[] {
  return ranking.candidates
    .filter(({ posterior, reasons }) => posterior >= LEAST_POSTERIOR && reasons.length > 0)
    .map(({ event, reasons }) => `${event}: ${reasons.join('; ')}`)
}

/** @returns lines, the caveat among them */
export function significanceText(found: Significance): string[] {
  const { kind, incidents, leftOut, events, observed, expected, p, shifts, rateRatio, interval, level } =
    found
  const one = incidents === 1
  return [
    `Over the record, ${kind}: ${observed} of ${incidents} ${one ? 'incident' : 'incidents'} ${one ? 'is' : 'are'} likelier to have followed one of ${events} events than none; by chance it would be ${expected.toFixed(1)}.`,
    `p = ${showNumber(p)} (${shifts.toLocaleString('en')} shifts)${
      rateRatio === null || interval === null
        ? ''
        : `; rate ratio ${rateRatio.toFixed(1)} (${Math.round(level * 100)} % interval ${interval[0].toFixed(1)} to ${interval[1].toFixed(1)})`
    }.`,
    ...(leftOut === 0
      ? []
      : [
          `Left out, because the onset is not known precisely enough or lies outside the record: ${leftOut}.`,
        ]),
    found.caveat,
  ]
}

/** `18 to 42 h`, `3.5 to 9 d`; negative = the outage came first. */
export function showLag([least, most]: readonly [number, number]): string {
  const days = Math.max(Math.abs(least), Math.abs(most)) >= 72
  const show = (hours: number) => {
    const rounded = Math.round(days ? (hours / 24) * 10 : hours * 10) / 10
    return String(rounded === 0 ? 0 : rounded)
  }
  const unit = days ? 'd' : 'h'
  return show(least) === show(most) ? `${show(least)} ${unit}` : `${show(least)} to ${show(most)} ${unit}`
}

/** The same of an outage after an event, in words: `6 h before to 30 h after it`. */
export function sayLag([least, most]: readonly [number, number]): string {
  if (most <= 0) return `${showLag([-most, -least])} before it`
  if (least >= 0) return `${showLag([least, most])} after it`
  return `between ${showLag([-least, -least])} before and ${showLag([most, most])} after it`
}

/** A probability to three places; what is not quite 0 or 1 never reads as if it were. */
export function showShare(share: number): string {
  if (share > 0 && share < 0.0005) return '<0.001'
  if (share < 1 && share >= 0.9995) return '>0.999'
  return share.toFixed(3)
}

/** Three significant digits. */
export function showNumber(value: number): string {
  if (value === 0) return '0'
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en')
  return Math.abs(value) < 0.0001 ? value.toExponential(2) : String(Number(value.toPrecision(3)))
}

/** `facebook, vk.com and 3 more`: what an incident hit, in a few words. */
export function showTargets(
  { services, otherTargets = [] }: { services: readonly string[]; otherTargets?: readonly string[] },
  most = 4,
): string {
  const targets = [...services, ...otherTargets]
  if (targets.length === 0) return 'everything'
  const more = targets.length - most
  return more <= 0 ? targets.join(', ') : `${targets.slice(0, most).join(', ')} and ${more} more`
}
