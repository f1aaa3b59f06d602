/**
 * significance: do onsets follow events more often than chance has it?
 *
 * All events are moved round the record together, by every multiple of span / (shifts + 1). Their own rhythm and that of the
 * onsets stay as they are; only what lies between them is broken. These shifts form a group, so the test is exact.
 */
import chiSquareQuantile from '@stdlib/stats-base-dists-chisquare-quantile'
import type { Significance } from '../model/correlation.ts'
import type { ClosedWindow, TriggerEvent } from '../model/event.ts'
import { isClosed } from '../model/event.ts'
import type { EvidenceKind, Incident } from '../model/incident.ts'
import type { RecordSpan } from './candidates.ts'
import { candidatesOf, rateOf, widthHours, within } from './candidates.ts'
import { lagDensity } from './lag.ts'
import { weigh } from './rank.ts'
import { relevanceOf } from './relevance.ts'
import type { CorrelateSettings } from './settings.ts'

const HOUR_MS = 3_600_000

/** What has to be said beside the numbers. */
export const CAVEATS: Readonly<Record<EvidenceKind, string>> = {
  reported:
    'Reports follow news: a block that came after a known event is likelier to be written about (selection bias). These figures describe the reports; only measured outages support inference.',
  measured:
    'Measured outages do not depend on the news, but the list of events does: an event may be listed because a block followed it.',
}

/** An onset and what may have caused it, whatever the shift. Hours. */
interface Onset {
  readonly middle: number
  readonly width: number
  /** relevance by index of event */
  readonly relevances: readonly number[]
}

/** How well one placing of the events does: incidents with a likely trigger, and for ties the mass of all posteriors. */
interface Score {
  readonly linked: number
  readonly mass: number
}

/**
 * Tests incidents of one kind and country against its events. Work grows with shifts x incidents x events within the horizon.
 *
 * An incident counts once, however many services it hit. Those whose onset is open, too wide to time, or outside the record
 * are left out and counted.
 *
 * @param country ISO 3166-1; incidents and events of others are passed over
 */
export function significance(
  incidents: readonly Incident[],
  events: readonly TriggerEvent[],
  settings: CorrelateSettings,
  record: RecordSpan,
  only: { readonly kind: EvidenceKind; readonly country: string },
): Significance {
  const ours = incidents.filter(
    (incident) => incident.kind === only.kind && incident.country === only.country,
  )
  const all = candidatesOf(events, only.country)
  const candidates = within(all, record)
    .map(({ event, window }) => ({ event, middle: middleOf(window, record), width: widthHours(window) }))
    .sort((a, b) => a.middle - b.middle)
  const onsets = ours.flatMap((incident): Onset[] => {
    const { onset } = incident
    if (!isClosed(onset) || onset.earliestAt < record.fromAt || onset.latestAt > record.untilAt) return []
    if (widthHours(onset) > settings.timesWithinHours) return []
    const relevances = candidates.map(({ event }) => relevanceOf(incident, event, settings).factor)
    return [{ middle: middleOf(onset, record), width: widthHours(onset), relevances }]
  })

  const span = (record.untilAt - record.fromAt) / HOUR_MS
  const density = lagDensity(settings)
  const lambda = rateOf(all, record)
  const widest = candidates.reduce((most, { width }) => Math.max(most, width), 0)

  const score = (shift: number): Score => {
    let linked = 0
    let mass = 0
    for (const { middle, width, relevances } of onsets) {
      let weights = 0
      const reach = Math.min(span / 2, settings.horizonHours + (width + widest) / 2)
      forEachNear(candidates, middle - shift, reach, span, (index, lag) => {
        const candidate = candidates[index]!
        const leastLag = lag - (width + candidate.width) / 2
        if (
          leastLag > settings.horizonHours ||
          -(lag + (width + candidate.width) / 2) > settings.horizonHours
        )
          return
        const found = density(
          { leastLag, onsetWidth: width, eventWidth: candidate.width },
          candidate.event.scheduled,
        )
        weights += weigh(
          found / lambda,
          relevances[index]!,
          Math.max(width, candidate.width),
          settings,
        ).weight
      })
      const none = settings.noneWeight / (settings.noneWeight + weights)
      if (none < 0.5) linked++
      mass += 1 - none
    }
    return { linked, mass }
  }

  const seen = score(0)
  let atLeast = 1
  let sum = 0
  for (let i = 1; i <= settings.shifts; i++) {
    const shifted = score((i * span) / (settings.shifts + 1))
    sum += shifted.linked
    if (shifted.linked > seen.linked || (shifted.linked === seen.linked && shifted.mass >= seen.mass))
      atLeast++
  }
  const expected = settings.shifts === 0 ? 0 : sum / settings.shifts
  return {
    kind: only.kind,
    incidents: onsets.length,
    leftOut: ours.length - onsets.length,
    events: candidates.length,
    observed: seen.linked,
    expected,
    p: atLeast / (settings.shifts + 1),
    shifts: settings.shifts,
    rateRatio: expected === 0 ? null : seen.linked / expected,
    interval:
      expected === 0
        ? null
        : (poissonInterval(seen.linked, settings.level).map((bound) => bound / expected) as [number, number]),
    level: settings.level,
    caveat: CAVEATS[only.kind],
  }
}

/** The exact (Garwood) interval for the mean of a Poisson count. */
export function poissonInterval(count: number, level: number): [number, number] {
  const tail = (1 - level) / 2
  const low = count === 0 ? 0 : chiSquareQuantile(tail, 2 * count) / 2
  return [low, chiSquareQuantile(1 - tail, 2 * count + 2) / 2]
}

function middleOf(window: ClosedWindow, record: RecordSpan): number {
  return ((window.earliestAt + window.latestAt) / 2 - record.fromAt) / HOUR_MS
}

/** Calls back for every candidate within `reach` of a place on the circle, with the lag from it to that place. */
function forEachNear(
  candidates: readonly { readonly middle: number }[],
  place: number,
  reach: number,
  span: number,
  found: (index: number, lag: number) => void,
): void {
  const n = candidates.length
  if (n === 0) return
  const from = (((place - reach) % span) + span) % span
  let low = 0
  let high = n
  while (low < high) {
    const half = (low + high) >> 1
    if (candidates[half]!.middle < from) low = half + 1
    else high = half
  }
  for (let step = 0; step < n; step++) {
    const index = (low + step) % n
    const ahead = (candidates[index]!.middle - from + span) % span
    if (ahead > 2 * reach) return
    found(index, reach - ahead)
  }
}
