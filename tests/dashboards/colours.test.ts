import { describe, expect, test } from 'vitest'
import {
  AGREEMENT_COLOURS,
  COLOURS,
  HEALTH_COLOURS,
  KIND_COLOURS,
  OUTCOME_COLOURS,
  QUIC_CODES,
  QUIC_COLOURS,
  STATE_CODES,
  STATE_COLOURS,
  codeMappings,
} from '../../dashboards/generate/palette.ts'
import { SERVICE_CAUSES } from '../../src/model/outage.ts'
import { SIGHTS, difference, seenBy } from './sight.ts'
import { SHIPPED, leaves } from './shipped.ts'

/** CIE76: about 2.3 is just noticed side by side; two marks that must not be taken for each other want much more. */
const APART = 15

describe.each(SHIPPED)('$name', ({ dashboard }) => {
  test('every colour is one of the palette', () => {
    const palette: readonly unknown[] = Object.values(COLOURS)
    const colours = leaves(dashboard).filter(({ key }) => /^(color|fixedColor|iconColor|fill)$/.test(key))
    const others = colours.filter(
      ({ value, path }) =>
        !palette.includes(value) && !path.endsWith('lineStyle.fill') && !path.endsWith('value.fill'),
    )
    expect(colours.length).toBeGreaterThan(0)
    expect(others).toEqual([])
  })

  test('no series is left to colours that Grafana chooses', () => {
    const modes = leaves(dashboard)
      .filter(({ path }) => path.endsWith('color.mode'))
      .map(({ value }) => value)
    expect(new Set(modes).isSubsetOf(new Set(['fixed', 'shades', 'thresholds', 'opacity']))).toBe(true)
  })
})

describe.each(SIGHTS)('as seen with $name', (sight) => {
  test.each([
    ['states', STATE_COLOURS],
    ['outcomes', OUTCOME_COLOURS],
    ['healths', HEALTH_COLOURS],
    ['states of QUIC', QUIC_COLOURS],
    ['answers of the control', AGREEMENT_COLOURS],
    ['kinds of evidence', KIND_COLOURS],
  ])('no two %s look alike', (_what, colours) => {
    const all = Object.entries(colours)
    const pairs = all.flatMap((one, i) => all.slice(i + 1).map((other) => [one, other] as const))
    const alike = pairs.filter(
      ([[, one], [, other]]) => difference(seenBy(sight, one), seenBy(sight, other)) < APART,
    )
    expect(alike).toEqual([])
  })
})

test('what is not known is grey, as a word, as a code and as a gap; and nothing else is', () => {
  expect(STATE_COLOURS.insufficient).toBe(COLOURS.grey)
  expect(HEALTH_COLOURS.unknown).toBe(COLOURS.grey)
  expect(OUTCOME_COLOURS.insufficient).toBe(COLOURS.grey)
  for (const cause of ['ok', ...SERVICE_CAUSES, 'shutdown', 'offline'] as const)
    expect(STATE_COLOURS[cause]).not.toBe(COLOURS.grey)
  for (const codes of [STATE_CODES, QUIC_CODES]) {
    expect(codes[0]).toMatchObject({ word: 'insufficient', code: 0, colour: COLOURS.grey })
  }
  expect(codeMappings(STATE_CODES)).toMatchObject([
    { type: 'value', options: { 0: { text: 'insufficient', color: COLOURS.grey }, 1: { text: 'ok' } } },
    { type: 'special', options: { match: 'null', result: { text: 'no data', color: COLOURS.grey } } },
    { type: 'special', options: { match: 'nan', result: { text: 'no data', color: COLOURS.grey } } },
  ])
})

test('every state timeline shows gaps as what they are', () => {
  const timelines = SHIPPED.flatMap(({ panels }) => panels).filter(({ type }) => type === 'state-timeline')
  expect(timelines.length).toBeGreaterThan(3)
  for (const { fieldConfig } of timelines) {
    expect(fieldConfig!.defaults.custom).not.toHaveProperty('spanNulls')
    expect(JSON.stringify(fieldConfig!.defaults.mappings)).toContain('no data')
  }
})
