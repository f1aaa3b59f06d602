/**
 * significance: do onsets follow events more often than chance has it?
 *
 * All events are moved round the record together, by every multiple of span / (shifts + 1). Their own rhythm and that of the
 * onsets stay as they are; only what lies between them is broken. These shifts form a group, so the test is exact.
 */
import chiSquareQuantile from '@stdlib/stats-base-dists-chisquare-quantile'
import type { Significance } from '../model/correlation.ts'
import { isClosed, type ClosedWindow, type TriggerEvent } from '../model/event.ts'
import type { EvidenceKind, Incident } from '../model/incident.ts'
import { HOUR_MS } from '../model/time.ts'
import { candidatesOf, rateOf, widthHours, within, type RecordSpan } from './candidates.ts'
import { weigh } from './rank.ts'
import { relevanceOf } from './relevance.ts'
import type { CorrelateSettings } from './settings.ts'
import { type Timing, timingsOf } from './timing-table.ts'

/** What has to be said beside the numbers. */
export const CAVEATS: Readonly<Record<EvidenceKind, string>> = {
  reported:
    'Reports follow news: a block that came after a known event is more likely to be reported (selection bias). These figures describe the reports; only measured outages support inference.',
  measured:
    'Measured outages do not depend on the news, but the list of events does: an event may be listed because a block followed it.',
}

/** A window by its middle, in hours from the beginning of the record. */
interface Placed {
  readonly middle: number
  readonly width: number
}

/** An onset and what may have caused it, whatever the shift. */
interface Onset extends Placed {
  /** relevance by index of event */
  readonly relevances: readonly number[]
}

/**
 * Tests incidents of one kind and country against its events. Work grows with shifts x incidents x events within the horizon, at
 * some nanoseconds each: see timing-table.ts.
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
  const candidates = within(all, record).map(({ event, window }) => ({
    event,
    scheduled: event.scheduled,
    middle: middleOf(window, record),
    width: widthHours(window),
  }))
  const onsets = ours.flatMap((incident): Onset[] => {
    const { onset } = incident
    if (!isClosed(onset) || onset.earliestAt < record.fromAt || onset.latestAt > record.untilAt) return []
    if (widthHours(onset) > settings.timesWithinHours) return []
    const relevances = candidates.map(({ event }) => relevanceOf(incident, event, settings).factor)
    return [{ middle: middleOf(onset, record), width: widthHours(onset), relevances }]
  })

  const span = (record.untilAt - record.fromAt) / HOUR_MS
  const placings = settings.shifts + 1
  const widest = [...candidates, ...onsets].reduce((most, { width }) => Math.max(most, width), 0)
  const asked = placings * Math.min(1, (2 * (settings.horizonHours + widest)) / span)
  const timings = timingsOf(onsets, candidates, asked, rateOf(all, record), settings)

  const { linked, mass } = place(onsets, candidates, timings, span, settings)
  const [observed, own] = [linked[0]!, mass[0]!]
  let atLeast = 1
  let sum = 0
  for (let placing = 1; placing < placings; placing++) {
    const found = linked[placing]!
    sum += found
    if (found > observed || (found === observed && mass[placing]! >= own)) atLeast++
  }
  const expected = settings.shifts === 0 ? 0 : sum / settings.shifts
  return {
    kind: only.kind,
    incidents: onsets.length,
    leftOut: ours.length - onsets.length,
    events: candidates.length,
    observed,
    expected,
    p: atLeast / placings,
    shifts: settings.shifts,
    rateRatio: expected === 0 ? null : observed / expected,
    interval:
      expected === 0
        ? null
        : (poissonInterval(observed, settings.level).map((bound) => bound / expected) as [number, number]),
    level: settings.level,
    caveat: CAVEATS[only.kind],
  }
}

/**
 * Moves the events round the record, and looks at each placing which onsets then follow one.
 *
 * @returns by placing, the record itself first: incidents with a likely trigger, and for ties the mass of all posteriors
 */
function place(
  onsets: readonly Onset[],
  events: readonly Placed[],
  timings: readonly (readonly Timing[])[],
  span: number,
  settings: CorrelateSettings,
): { readonly linked: Float64Array; readonly mass: Float64Array } {
  const placings = settings.shifts + 1
  const step = span / placings
  const linked = new Float64Array(placings)
  const mass = new Float64Array(placings)
  const weights = new Float64Array(placings)
  for (const [i, onset] of onsets.entries()) {
    weights.fill(0)
    for (const [j, event] of events.entries()) {
      const timing = timings[i]![j]!
      const relevance = onset.relevances[j]!
      const loose = Math.max(onset.width, event.width) > settings.timesWithinHours
      const reach = Math.min(span / 2, settings.horizonHours + (onset.width + event.width) / 2)
      // shifted by so much, the event lies as long before the onset as it may
      const farthest = around(onset.middle - event.middle - reach, span)
      const first = Math.ceil(farthest / step)
      const last = Math.min(first + placings - 1, Math.floor((farthest + 2 * reach) / step))
      for (let k = first; k <= last; k++) {
        weights[k % placings]! += weigh(timing(reach - (k * step - farthest)), relevance, loose)
      }
    }
    for (let placing = 0; placing < placings; placing++) {
      const none = settings.noneWeight / (settings.noneWeight + weights[placing]!)
      if (none < 0.5) linked[placing]!++
      mass[placing]! += 1 - none
    }
  }
  return { linked, mass }
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

/** The same place on a circle, from 0 to its length. */
function around(place: number, length: number): number {
  return ((place % length) + length) % length
}
