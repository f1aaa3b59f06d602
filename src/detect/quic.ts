/**
 * quic: how HTTP/3 stands at each endpoint, measurement by measurement. Shown beside the state, and never part of it.
 *
 *     look ─► ln P(seen | interfered with) / P(seen | a lossy path), added up between 0 and the threshold ─► shown at the top,
 *             taken back at the bottom
 *
 * A path that loses one datagram in five, either way, loses one handshake in a hundred within its ten seconds (6 of 600 measured), and
 * losses come together, so one measurement never shows anything: it takes three in a row for `drop`, four for `sni`, and as many good ones to
 * take it back.
 */
import type { JudgedMeasurement } from '../model/judged-measurement.ts'
import type { QuicVerdict } from '../model/quic.ts'
import { HOUR_MS } from '../model/time.ts'
import { reachThreshold, type DetectSettings, type Watch } from './settings.ts'
import type { VantageState } from './state.ts'

/** Of looks at what is interfered with, one in twenty gets through; of looks at what is not, this many at most fail in that way. */
const LOST_ANYWAY = 0.05
const LOST = { drop: 0.01, sni: 0.03 } as const
const GAP_MS = 6 * HOUR_MS
/** What is shown for a service is the first of these that one of its endpoints shows. */
const WORST_FIRST = ['drop', 'sni', 'ok', 'not_offered'] as const

const SENTENCES = {
  ok: 'HTTP/3 works.',
  drop: 'QUIC to its address gets no answer in repeated measurements, whatever the name, while it is answered elsewhere; TCP works.',
  sni: 'QUIC to its address gets no answer for its own name in repeated measurements, and is answered for another.',
  not_offered: 'The site does not advertise HTTP/3.',
} as const

/** Folds what a measurement says of HTTP/3, in place; one that cannot say moves nothing. */
export function foldQuic(
  vantage: VantageState,
  measurement: JudgedMeasurement,
  settings: DetectSettings,
): void {
  const { quic: standing } = measurement.verdict
  if (standing === undefined || standing === 'insufficient') return
  const state = (vantage.quic[measurement.endpoint] ??= {
    score: 0,
    shown: null,
    sinceAt: null,
    lastAt: measurement.endedAt,
  })
  if (measurement.endedAt < state.lastAt) return
  state.lastAt = measurement.endedAt
  const top = reachThreshold(settings)
  if (standing === 'not_offered') state.score = 0
  else if (standing === 'ok') state.score = Math.max(0, state.score + Math.log(LOST_ANYWAY / (1 - LOST.sni)))
  else state.score = Math.min(top, state.score + Math.log((1 - LOST_ANYWAY) / LOST[standing]))

  const isShown = standing === 'ok' || standing === 'not_offered' ? state.score === 0 : state.score >= top
  if (isShown && state.shown !== standing) {
    state.shown = standing
    state.sinceAt = measurement.endedAt
  }
}

/** What is to be shown for a service: the worst of its endpoints, and `insufficient` when none could say, or not for hours. */
export function quicOf(
  vantage: VantageState | undefined,
  { endpoints }: Watch['services'][number],
  now: number,
): QuicVerdict {
  const states = endpoints.flatMap(({ id }) => vantage?.quic[id] ?? [])
  const fresh = states.filter(({ lastAt }) => now - lastAt <= GAP_MS)
  const standing = WORST_FIRST.find((each) => fresh.some(({ shown }) => shown === each))
  if (standing !== undefined) return { standing, because: SENTENCES[standing] }
  const because =
    fresh.length === 0 && states.length > 0
      ? 'No measurement has shown for hours whether HTTP/3 works.'
      : 'No measurement has shown yet whether HTTP/3 works.'
  return { standing: 'insufficient', because }
}
