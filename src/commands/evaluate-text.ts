/** evaluate-text: what an evaluation found, as tables. */
import type { Evaluation } from '../evaluate/evaluate.ts'
import type { Estimate } from '../evaluate/intervals.ts'
import type { Miscalled } from '../evaluate/miscalled.ts'
import type { Score } from '../evaluate/score.ts'
import { isoOf } from '../views/iso.ts'
import { table } from '../views/text/table.ts'

/** In brackets: what it may be at 95 %. */
export function evaluationText({
  looks: measurements,
  vantageYears,
  truth,
  scores,
  miscalled,
}: Evaluation): string {
  const shares = [...new Set(scores.flatMap(({ leaky }) => Object.keys(leaky)))]
  return [
    `${measurements} measurements, ${vantageYears.toFixed(2)} vantage-years; true blocks: ${truth.block}, outages for another reason: ${truth.gone}, periods of trouble: ${truth.trouble}.`,
    '',
    table(
      [
        'rule',
        'alarms',
        'precision',
        'recall (10 min and more)',
        ...shares.map((share) => `recall (hits ${share})`),
      ],
      scores.map((s) => [
        s.rule,
        String(s.alarms),
        percent(s.precision),
        percent(s.recall),
        ...shares.map((share) => percent(s.leaky[share] ?? NONE)),
      ]),
    ),
    '',
    table(
      [
        'rule',
        'answering: median s',
        'p95 s',
        'silent: median s',
        'p95 s',
        'false alarms a year',
        'no block but gone, a year',
        'wrong mechanism',
      ],
      scores.map((s) => [
        s.rule,
        ...seconds(s.detectMs.answering),
        ...seconds(s.detectMs.silent),
        yearly(s.falseAlarms),
        yearly(s.notABlock),
        percent(s.wrongMechanism),
      ]),
    ),
    '',
    'A false alarm: nothing was gone. A year: of one vantage watching four services. In brackets: 95 %.',
    ...(miscalled === undefined ? [] : ['', ...miscalledText(miscalled)]),
  ].join('\n')
}

function miscalledText(miscalled: readonly Miscalled[]): string[] {
  if (miscalled.length === 0) return ['No fault was called blocked, throttled, down or a shutdown.']
  return [
    table(
      ['called', 'during', 'times', 'for example'],
      miscalled.map(({ cause, fault, count, example, exampleAt }) => [
        cause,
        fault ?? 'none of the faults',
        String(count),
        `${example}, ${isoOf(exampleAt)}`,
      ]),
    ),
  ]
}

const NONE: Estimate = { value: null, low: null, high: null, of: 0 }

function percent({ value, low, high, of }: Estimate): string {
  if (value === null) return '-'
  const show = (share: number | null): string => ((share ?? 0) * 100).toFixed(1)
  return `${show(value)} % [${show(low)}, ${show(high)}] of ${of}`
}

function seconds({ median, p95 }: Score['detectMs']['silent']): [string, string] {
  const show = (ms: number | null): string =>
    ms === null ? '-' : ms === Infinity ? 'never' : (ms / 1000).toFixed(1)
  return [
    median.value === null ? '-' : `${show(median.value)} [${show(median.low)}, ${show(median.high)}]`,
    show(p95.value),
  ]
}

function yearly({ value, low, high, count }: Score['falseAlarms']): string {
  return `${count}: ${value?.toFixed(2)} [${low?.toFixed(2)}, ${high?.toFixed(2)}]`
}
