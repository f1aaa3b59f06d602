/** prometheus: queries in PromQL. */
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus'
import type { Codes } from './palette.ts'
import { PROMETHEUS } from './sources.ts'

/** Label matchers of the variables a dashboard has. */
export const OF_SERVICE = 'service=~"$service"'
export const OF_VANTAGE = 'vantage=~"$vantage"'
export const OF_BOTH = `${OF_SERVICE},${OF_VANTAGE}`

/** A curve over the dashboard's time. @param legend what names each series */
export function curve(expr: string, legend: string): DataqueryBuilder {
  return new DataqueryBuilder().datasource(PROMETHEUS).expr(expr).legendFormat(legend).range()
}

/** Values as they are at the end of the dashboard's time. */
export function now(expr: string, legend: string): DataqueryBuilder {
  return new DataqueryBuilder().datasource(PROMETHEUS).expr(expr).legendFormat(legend).instant()
}

/** The same, a row for each series, its labels as columns. */
export function rows(expr: string): DataqueryBuilder {
  return new DataqueryBuilder().datasource(PROMETHEUS).expr(expr).instant().format(PromQueryFormat.Table)
}

/** Counts per bucket, for a heatmap. */
export function buckets(histogram: string, matchers = ''): DataqueryBuilder {
  const bucket = seriesOf(`${histogram}_bucket`, matchers)
  return curve(`sum by (le) (increase(${bucket}[$__rate_interval]))`, '{{le}}').format(
    PromQueryFormat.Heatmap,
  )
}

/** A quantile of a histogram, by the labels named. */
export function quantile(q: number, histogram: string, matchers = '', by = ''): string {
  const labels = by === '' ? 'le' : `le, ${by}`
  const bucket = seriesOf(`${histogram}_bucket`, matchers)
  return `histogram_quantile(${q}, sum by (${labels}) (rate(${bucket}[$__rate_interval])))`
}

/** The usual and the worst of a histogram. */
export function quantiles(histogram: string): DataqueryBuilder[] {
  return [curve(quantile(0.5, histogram), 'median'), curve(quantile(0.99, histogram), '99 of 100')]
}

/**
 * A set of states (one series each, 1 for the one that holds) as one number: the code of the state that holds, and 0, which stands
 * for not known, when none does. Not their sum: where the past was loaded beside the present, a state is there twice.
 *
 * @param label the label that names the state
 * @param by the labels that name what is in that state
 */
export function coded(metric: string, label: string, codes: Codes, matchers: string, by: string): string {
  const known = codes.filter(({ code }) => code > 0)
  const terms = known.map(({ word, code }) => `${code} * ${metric}{${label}="${word}",${matchers}}`)
  return `max by (${by}) (${terms.join(' or ')})`
}

/**
 * Hours for which a series of 0 and 1 was 1, over the dashboard's time. What was not recorded is not counted.
 *
 * The panel's `maxDataPoints` says how finely time is cut.
 */
export function hoursOf(expr: string): string {
  return `sum_over_time((${expr})[$__range:$__interval]) * $__interval_ms / 3600000`
}

function seriesOf(metric: string, matchers: string): string {
  return matchers === '' ? metric : `${metric}{${matchers}}`
}
