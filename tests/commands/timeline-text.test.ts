import { expect, test } from 'vitest'
import { type Paint, timelineText } from '../../src/commands/timeline-text.ts'
import type { StateSeries, StateInterval } from '../../src/model/history.ts'
import type { State } from '../../src/model/outage.ts'

const at = (iso: string) => Date.parse(`${iso}Z`)
const period = { fromAt: at('2026-03-01T00:00'), untilAt: at('2026-03-11T00:00') }
const now = at('2026-03-20T00:00')
const bare: Paint = (_, text) => text

function held(state: State, from: string, until: string | null): StateInterval {
  return {
    fromAt: at(from),
    untilAt: until === null ? null : at(until),
    state,
    mechanism: null,
    ref: null,
  }
}

const measured: StateSeries = {
  kind: 'measured',
  service: 'facebook',
  vantage: 'babilon',
  intervals: [
    held('ok', '2026-03-01T00:00', '2026-03-03T00:00'),
    held('insufficient', '2026-03-03T00:00', '2026-03-05T00:00'),
    held('blocked', '2026-03-05T00:00', '2026-03-07T06:30'),
    held('ok', '2026-03-07T06:30', null),
  ],
}
const reported: StateSeries = {
  kind: 'reported',
  service: 'facebook',
  vantage: null,
  intervals: [held('blocked', '2026-03-05T00:00', '2026-03-05T23:59')],
}

const draw = (rows: readonly StateSeries[], paint = bare, reports = true) =>
  timelineText(rows, period, 80, now, { paint, reports }).split('\n')

test('measured and reported of one service -> two strips under two headings, and a legend of what is in them', () => {
  const lines = draw([measured, reported])
  const of = (text: string) => lines.findIndex((line) => line.startsWith(text))
  const mine = lines.find((line) => line.includes('babilon'))!
  expect(of('Measured by this lookout')).toBeLessThan(lines.indexOf(mine))
  expect(lines.indexOf(mine)).toBeLessThan(of('Reported by others, not measured'))
  expect(mine).toMatch(/^ {2}facebook {2}babilon {2}▁+▂?·+█+▂?▁+ {2}blocked 2 d 6 h$/)
  expect(lines[of('Reported') + 1]).toMatch(/^ {2}facebook {13,}█+ +blocked 23 h 59 min$/)
  expect(lines.at(-1)).toMatch(
    /^Legend: █ blocked {3}· cannot be judged {3}(▂ ok where measured {3})?▁ ok {3}blank:/,
  )
  expect(lines[0]).toContain('2026-03-01 00:00 to 2026-03-11 00:00 UTC; one cell is ')
})

test('what could not be judged -> its own glyph, as often as it lasted, and never that of ok', () => {
  const strip = draw([measured])
    .find((line) => line.includes('babilon'))!
    .slice(21)
  const count = (glyph: string) => strip.split(glyph).length - 1
  const cells = count('▁') + count('▂') + count('·') + count('█')
  expect(count('·') / cells).toBeCloseTo(0.2, 1)
  expect((count('▁') + count('▂')) / cells).toBeCloseTo(0.57, 1)
})

test('any width -> no line of a strip is wider', () => {
  for (const width of [60, 80, 100, 200]) {
    const lines = timelineText([measured, reported], period, width, now, {
      paint: bare,
      reports: true,
    }).split('\n')
    for (const line of lines.filter((line) => /[█╵]/.test(line) && !line.startsWith('Legend')))
      expect(line.length).toBeLessThanOrEqual(width)
  }
})

test('nothing there -> a sentence for each kind, and none for reports that were not asked for', () => {
  expect(draw([]).join('\n')).toContain('Nothing was measured in this time.')
  expect(draw([]).join('\n')).toContain('No reported outage is known')
  expect(draw([], bare, false).join('\n')).not.toContain('eported')
})

test('colours -> wrap pieces of a strip and change no glyph', () => {
  const marked = draw([measured], (colour, text) => `<${colour}>${text}</>`)
  const strip = marked.find((line) => line.includes('babilon'))!
  expect(strip).toMatch(/<green>▁+<\/>.*<gray>·+<\/>.*<red>█+<\/>/)
  expect(strip.replaceAll(/<\/?\w*>/g, '')).toBe(draw([measured]).find((line) => line.includes('babilon')))
})
