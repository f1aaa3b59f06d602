/** timeline-text: rows of blocks for a terminal, what was measured and what others reported apart. */
import type { StateSeries } from '../model/history.ts'
import type { State } from '../model/outage.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../model/time.ts'
import { type Cell, OUTAGES, type Period, cellsOf, spent } from '../views/state-series.ts'
import { showDay, showMinute, showSpan } from '../views/text/time.ts'

/** Colours a piece of text, or leaves it as it is where there are none. */
export type Paint = (colour: Colour, text: string) => string
export type Colour = 'red' | 'yellow' | 'magenta' | 'green' | 'gray' | 'bold'

interface Ink {
  readonly glyph: string
  readonly colour: Colour
  readonly means: string
}

// Told apart without colour, the graver the darker.
const INKS: Readonly<Record<State | 'partly', Ink>> = {
  blocked: { glyph: '█', colour: 'red', means: 'blocked' },
  shutdown: { glyph: '▓', colour: 'magenta', means: 'shutdown' },
  throttled: { glyph: '▆', colour: 'yellow', means: 'throttled' },
  unreachable: { glyph: '▒', colour: 'yellow', means: 'unreachable' },
  down: { glyph: '░', colour: 'yellow', means: 'down for everybody' },
  offline: { glyph: '□', colour: 'gray', means: 'vantage offline' },
  insufficient: { glyph: '·', colour: 'gray', means: 'cannot be judged' },
  partly: { glyph: '▂', colour: 'green', means: 'ok where measured' },
  ok: { glyph: '▁', colour: 'green', means: 'ok' },
}

/**
 * Lays out the rows.
 *
 * @param width columns there are
 * @param now where what still holds ends
 * @param reports whether they were asked for: none among the rows then means that nobody reported anything
 */
export function timelineText(
  rows: readonly StateSeries[],
  period: Period,
  width: number,
  now: number,
  { paint, reports }: { readonly paint: Paint; readonly reports: boolean },
): string {
  const label = Math.max(8, ...rows.map(({ service }) => service.length))
  const vantage = Math.max(0, ...rows.map((row) => row.vantage?.length ?? 0))
  const before = 2 + label + (vantage === 0 ? 0 : 2 + vantage) + 2
  const sums = new Map(rows.map((row) => [row, sumOf(row, period, now)]))
  const after = Math.max(0, ...[...sums.values()].map((text) => text.length)) + 2
  const cells = Math.max(10, Math.min(160, width - before - after))
  const used = new Set<Cell>()
  const section = (kind: StateSeries['kind'], heading: string, none: string) => {
    const ours = rows.filter((row) => row.kind === kind)
    if (ours.length === 0) return [paint('bold', heading), `  ${none}`]
    const lines = ours.map((row) => {
      const drawn = cellsOf(row.intervals, period, cells, now)
      for (const cell of drawn) used.add(cell)
      const names = `  ${row.service.padEnd(label)}${vantage === 0 ? '' : `  ${(row.vantage ?? '').padEnd(vantage)}`}  `
      return `${names}${draw(drawn, paint)}  ${sums.get(row)}`.trimEnd()
    })
    return [paint('bold', heading), ...lines, `${' '.repeat(before)}${axis(period, cells)}`.trimEnd()]
  }
  const lines = [
    `${showMinute(period.fromAt)} to ${showMinute(period.untilAt)} UTC; one cell is ${showSpan((period.untilAt - period.fromAt) / cells)}, showing the most serious state in it`,
    '',
    ...section('measured', 'Measured by this lookout', 'Nothing was measured in this time.'),
    '',
    ...(reports
      ? [
          ...section(
            'reported',
            'Reported by others, not measured: from the earliest it may have begun to the latest it may have ended, or was mentioned',
            'No reported outage is known in this time.',
          ),
          '',
        ]
      : []),
  ]
  return [...lines, legend(used, paint)].join('\n')
}

/** Neighbours of one kind are painted together. */
function draw(cells: readonly Cell[], paint: Paint): string {
  let text = ''
  for (let i = 0; i < cells.length;) {
    const cell = cells[i]!
    let next = i
    while (next < cells.length && cells[next] === cell) next++
    const ink = cell === null ? null : INKS[cell]
    text += ink === null ? ' '.repeat(next - i) : paint(ink.colour, ink.glyph.repeat(next - i))
    i = next
  }
  return text
}

/** `blocked 2 d 4 h`, or `ok` where nothing was wrong. */
function sumOf(row: StateSeries, period: Period, now: number): string {
  const times = spent(row.intervals, period, now)
  const bad = OUTAGES.flatMap((state) =>
    times.has(state) ? [`${state} ${showSpan(rounded(times.get(state)!))}`] : [],
  )
  if (bad.length > 0) return bad.join(', ')
  return times.has('ok') ? 'no outage' : ''
}

/** Windows end with their last second: to the minute, a whole day is one. */
function rounded(ms: number): number {
  return ms < HOUR_MS ? ms : Math.round(ms / MINUTE_MS) * MINUTE_MS
}

/** Dates under the cells, each beginning where its cell does. */
function axis(period: Period, cells: number): string {
  const spanMs = period.untilAt - period.fromAt
  const label = (at: number) => {
    if (spanMs > 400 * DAY_MS) return showDay(at).slice(0, 7)
    return (spanMs > 4 * DAY_MS ? showDay(at) : showMinute(at)).slice(5)
  }
  const step = Math.max(14, Math.floor(cells / 6))
  let text = ''
  for (let cell = 0; cell < cells - 6; cell += step) {
    text = `${text.padEnd(cell)}╵${label(period.fromAt + (cell / cells) * spanMs)}`
  }
  return text
}

function legend(used: ReadonlySet<Cell>, paint: Paint): string {
  const inks = Object.entries(INKS).filter(([cell]) => used.has(cell as Cell))
  const blank = used.has(null) ? ['blank: nothing measured, or nothing reported; not the same as ok'] : []
  const parts = [...inks.map(([, { glyph, colour, means }]) => `${paint(colour, glyph)} ${means}`), ...blank]
  return parts.length === 0 ? '' : `Legend: ${parts.join('   ')}`
}
