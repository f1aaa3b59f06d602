/**
 * palette: one colour for each thing that is shown, in every dashboard. After Okabe and Ito, whose colours stay apart for those who
 * do not see red and green alike. What is not known is grey, never the colour of ok.
 */
import {
  MappingType,
  SpecialValueMatch,
  type ValueMapping,
  type ValueMappingResult,
} from '@grafana/grafana-foundation-sdk/dashboard'
import type { State } from '../../src/model/outage.ts'
import type { QuicStanding } from '../../src/model/quic.ts'
import type { Health } from '../../src/model/vantage.ts'
import type { Agreement, Outcome } from '../../src/model/verdict.ts'

export const COLOURS = {
  orange: '#E69F00',
  skyBlue: '#56B4E9',
  bluishGreen: '#009E73',
  yellow: '#F0E442',
  blue: '#0072B2',
  vermillion: '#D55E00',
  reddishPurple: '#CC79A7',
  /** Lighter than Okabe and Ito’s: theirs is the bluish green to those who do not see green. */
  grey: '#CCCCCC',
  darkGrey: '#666666',
} as const

const UNKNOWN = COLOURS.grey

export const STATE_COLOURS: Readonly<Record<State, string>> = {
  ok: COLOURS.bluishGreen,
  insufficient: UNKNOWN,
  unreachable: COLOURS.orange,
  throttled: COLOURS.yellow,
  down: COLOURS.skyBlue,
  blocked: COLOURS.vermillion,
  shutdown: COLOURS.reddishPurple,
  offline: COLOURS.blue,
}

export const HEALTH_COLOURS: Readonly<Record<Health, string>> = {
  online: COLOURS.bluishGreen,
  unknown: UNKNOWN,
  shutdown: COLOURS.reddishPurple,
  offline: COLOURS.blue,
  no_names: COLOURS.orange,
  no_https: COLOURS.vermillion,
  no_ipv4: COLOURS.skyBlue,
  intercepted: COLOURS.yellow,
  slow: COLOURS.darkGrey,
}

export const OUTCOME_COLOURS: Readonly<Record<Outcome, string>> = {
  ok: COLOURS.bluishGreen,
  insufficient: UNKNOWN,
  anomaly: COLOURS.orange,
  confirmed: COLOURS.vermillion,
  down: COLOURS.skyBlue,
}

export const QUIC_COLOURS: Readonly<Record<QuicStanding, string>> = {
  ok: COLOURS.bluishGreen,
  insufficient: UNKNOWN,
  not_offered: COLOURS.darkGrey,
  drop: COLOURS.vermillion,
  sni: COLOURS.orange,
}

/** What the control said of a measurement that failed here. */
export const AGREEMENT_COLOURS: Readonly<Record<Agreement, string>> = {
  fails_here_only: COLOURS.vermillion,
  fails_too: COLOURS.skyBlue,
  not_asked: UNKNOWN,
}

/** Whether this lookout measured something or others reported it. */
export const KIND_COLOURS = { measured: COLOURS.vermillion, reported: COLOURS.reddishPurple } as const

/** Words a state timeline shows as numbers, each with its colour; the first stands for not known and is 0. */
export type Codes = readonly { readonly word: string; readonly code: number; readonly colour: string }[]

export const STATE_CODES = codesOf(STATE_COLOURS, 'insufficient')
export const HEALTH_CODES = codesOf(HEALTH_COLOURS, 'unknown')
export const QUIC_CODES = codesOf(QUIC_COLOURS, 'insufficient')
export const REACHED_CODES: Codes = [
  { word: 'fails', code: 0, colour: COLOURS.vermillion },
  { word: 'reached', code: 1, colour: COLOURS.bluishGreen },
]

/** Shows codes as their words in their colours, and a gap as the grey it is. */
export function codeMappings(codes: Codes): ValueMapping[] {
  return [
    {
      type: MappingType.ValueToText,
      options: Object.fromEntries(
        codes.map(({ word, code, colour }, index) => [String(code), { text: word, color: colour, index }]),
      ),
    },
    ...noData(codes.length),
  ]
}

/** Colours words as they stand. */
export function wordMappings(colours: Readonly<Record<string, string>>): ValueMapping[] {
  return [
    {
      type: MappingType.ValueToText,
      options: Object.fromEntries(
        Object.entries(colours).map(([word, color], index) => [word, { text: word, color, index }]),
      ),
    },
  ]
}

/** Shows numbers as words, in whatever colour their thresholds give them. */
export function called(words: Readonly<Record<number, string>>): ValueMapping {
  const entries = Object.entries(words).map(([value, text], index) => [value, { text, index }])
  return {
    type: MappingType.ValueToText,
    options: Object.fromEntries(entries) as Record<string, ValueMappingResult>,
  }
}

function noData(from: number): ValueMapping[] {
  return [SpecialValueMatch.Null, SpecialValueMatch.NotANumber].map((match, i) => ({
    type: MappingType.SpecialValue,
    options: { match, result: { text: 'no data', color: UNKNOWN, index: from + i } },
  }))
}

function codesOf(colours: Readonly<Record<string, string>>, unknown: string): Codes {
  const known = Object.keys(colours).filter((word) => word !== unknown)
  return [unknown, ...known].map((word, code) => ({ word, code, colour: colours[word]! }))
}
