/** report-incident: one incident as a person would paste it into a brief: when, what, where, how, after what, and who says so. */
import type { Ranking, Significance } from '../model/correlation.ts'
import type { TriggerEvent } from '../model/event.ts'
import type { History, StateSeries } from '../model/history.ts'
import type { Incident } from '../model/incident.ts'
import type { Report } from '../model/report.ts'
import { markdownSource, plain } from '../views/text/markdown.ts'
import { sayLag, showShare } from './ranking-text.ts'
import type { Period } from '../views/state-series.ts'
import { showEnd, showWindow } from '../views/text/window.ts'

export type FullIncident = NonNullable<Awaited<ReturnType<History['incident']>>>

export interface Findings {
  readonly period: Period
  /** time zone incidents and events are told in */
  readonly zone: string
  /** what services are called, by id */
  readonly names: ReadonlyMap<string, string>
  readonly rows: readonly StateSeries[]
  /** oldest first */
  readonly measured: readonly FullIncident[]
  readonly reported: readonly FullIncident[]
  readonly events: ReadonlyMap<string, TriggerEvent>
  readonly significance: Readonly<Record<'measured' | 'reported', Significance | null>>
  /** Unix ms */
  readonly now: number
  readonly version: string
}

/** Candidates below this are not worth a line in a brief. */
const LEAST_POSTERIOR = 0.05

/** All incidents of one kind, numbered. @returns paragraphs; `none` alone where there are none */
export function incidentsPart(all: readonly FullIncident[], findings: Findings, none: string): string[] {
  return all.length === 0 ? [none] : all.flatMap((incident, i) => incidentPart(incident, i + 1, findings))
}

function incidentPart(full: FullIncident, number: number, findings: Findings): string[] {
  const { incident, reports, ranking } = full
  const { zone } = findings
  const lines = [
    `Began: ${showWindow(incident.onset, zone)}. Ended: ${showEnd(incident, zone)}.`,
    `Hit: ${targetsOf(incident, findings)}.`,
    `Where: ${whereOf(incident)}.`,
    ...howOf(incident),
    ...said('Attributed to', distinct(reports.map(({ attribution }) => attribution))),
    ...linked('Trigger named by sources', ranking.documentedTriggers, findings),
    ...(incident.kind === 'reported'
      ? linked('End that sources link to', incident.documentedReleases, findings)
      : []),
    `Trigger by timing: ${timingOf(ranking, findings)}`,
  ].map((line) => `- ${line}`)
  const sources = sourcesOf(reports, ranking, findings).map((source) => `  - ${source}`)
  return [
    `### ${number}. ${headlineOf(incident, findings)}`,
    [
      ...lines,
      ...(sources.length === 0 ? [] : ['- Sources:', ...sources]),
      `- Record: \`didbon incident ${incident.id}\``,
    ].join('\n'),
  ]
}

function headlineOf(incident: Incident, findings: Findings): string {
  const targets = [
    ...incident.services.map((id) => nameOf(id, findings)),
    ...(incident.kind === 'reported' && incident.services.length === 0
      ? incident.otherTargets.map(plain)
      : []),
  ]
  return `${targets.length === 0 ? 'Everything' : targets.join(', ')} (${showWindow(incident.onset, findings.zone)})`
}

function targetsOf(incident: Incident, findings: Findings): string {
  const others = incident.kind === 'reported' ? incident.otherTargets.map(plain) : []
  const all = [...incident.services.map((id) => nameOf(id, findings)), ...others]
  return all.length === 0 ? 'everything' : all.join(', ')
}

const countries = new Intl.DisplayNames(['en'], { type: 'region' })

function whereOf(incident: Incident): string {
  const country = countries.of(incident.country) ?? incident.country
  if (incident.kind === 'measured') {
    const names = [...incident.vantages.map(plain), ...incident.asns.map((asn) => `AS${asn}`)]
    return `${country}, ${incident.vantages.length} of ${incident.vantagesWatched} vantages: ${names.join(', ')}`
  }
  const regions = incident.regions.length === 0 ? '' : ` (${incident.regions.join(', ')} only)`
  const providers =
    incident.isps.length === 0 ? '' : `; providers named: ${incident.isps.map(plain).join('; ')}`
  return `${country}${regions}${providers}`
}

function howOf(incident: Incident): string[] {
  if (incident.kind === 'reported') return [`How: ${incident.modes.join(', ').replaceAll('-', ' ')}.`]
  const mechanisms = incident.mechanisms.length === 0 ? '' : ` (${incident.mechanisms.join(', ')})`
  return [`How: ${incident.causes.join(', ')}${mechanisms}.`]
}

function said(what: string, values: readonly (string | null)[]): string[] {
  const known = values.flatMap((value) => (value === null ? [] : [plain(value)]))
  return known.length === 0 ? [] : [`${what}: ${known.join('; ')}.`]
}

function linked(what: string, ids: readonly string[], findings: Findings): string[] {
  return ids.length === 0 ? [] : [`${what}: ${ids.map((id) => eventOf(id, findings)).join('; ')}.`]
}

function eventOf(id: string, { events, zone }: Findings): string {
  const event = events.get(id)
  return event === undefined ? plain(id) : `${plain(event.title)} (${showWindow(event.at, zone)})`
}

/** What the lag alone says, in a sentence: who likeliest, how late, and how likely that it was none of them. */
function timingOf({ candidates, none }: Ranking, findings: Findings): string {
  if (none === null) return 'cannot be determined; the onset is not known precisely enough.'
  const worth = candidates.filter(({ posterior }) => posterior >= LEAST_POSTERIOR)
  const noneOf = `none of them ${showShare(none)}`
  if (worth.length === 0) return `no documented event fits (${noneOf}).`
  const named = worth.map(
    ({ event, posterior, lagHours }) =>
      `${eventOf(event, findings)}, posterior ${showShare(posterior)}, the outage ${sayLag(lagHours)}`,
  )
  return `${named.join('; ')}; ${noneOf}.`
}

/** Sources of the reports, then those of the events that count. */
function sourcesOf(reports: readonly Report[], ranking: Ranking, { events }: Findings): string[] {
  const likely = ranking.candidates.filter(({ posterior }) => posterior >= LEAST_POSTERIOR)
  const ids = distinct([...ranking.documentedTriggers, ...likely.map(({ event }) => event)])
  return distinct(
    [...reports, ...ids.flatMap((id) => events.get(id) ?? [])].flatMap(({ sources }) =>
      sources.map(markdownSource),
    ),
  )
}

export function nameOf(service: string, { names }: Findings): string {
  return plain(names.get(service) ?? service)
}

export function distinct<T>(values: readonly T[]): T[] {
  return [...new Set(values)]
}
