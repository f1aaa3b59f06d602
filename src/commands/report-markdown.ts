/** report-markdown: findings over a period as text; what was measured and what others reported never in one sentence. */
import type { Ranking, Significance } from '../model/correlation.ts'
import type { TriggerEvent } from '../model/event.ts'
import type { History, TimelineRow } from '../model/history.ts'
import type { Incident } from '../model/incident.ts'
import type { Report } from '../model/report.ts'
import { measuredHours, reportedHours } from './hours.ts'
import { markdownSource, markdownTable, plain } from './markdown.ts'
import { sayLag, showShare, significanceText } from './ranking-text.ts'
import type { Period } from './strip.ts'
import { showEnd, showWindow } from './window.ts'

export type Told = NonNullable<Awaited<ReturnType<History['incident']>>>

export interface Findings {
  readonly period: Period
  /** time zone incidents and events are told in */
  readonly zone: string
  /** what services are called, by id */
  readonly names: ReadonlyMap<string, string>
  readonly rows: readonly TimelineRow[]
  /** oldest first */
  readonly measured: readonly Told[]
  readonly reported: readonly Told[]
  readonly events: ReadonlyMap<string, TriggerEvent>
  readonly significance: Readonly<Record<'measured' | 'reported', Significance | null>>
  /** Unix ms */
  readonly now: number
  readonly version: string
}

/** Candidates below this are not worth a line in a brief. */
const WORTH_TELLING = 0.05

/** The whole report. */
export function reportMarkdown(findings: Findings): string {
  const { period, zone, now, version } = findings
  return [
    `# Reachability, ${day(period.fromAt)} to ${day(period.untilAt)}`,
    `From ${minute(period.fromAt)} to ${minute(period.untilAt)} UTC. Times of incidents and events are those of ${plain(zone)}. Written ${minute(now)} UTC by didbon ${version}.`,
    ...briefPart(findings),
    ...measuredPart(findings),
    ...reportedPart(findings),
    ...significancePart(findings),
  ].join('\n\n')
}

function briefPart(findings: Findings): string[] {
  const { measured, reported, rows, period, now } = findings
  const blockedMs = measuredHours(rows, period, now).reduce((sum, row) => sum + row.blockedMs, 0)
  const sum = (all: readonly Told[]) => {
    const hit = distinct(all.flatMap(({ incident }) => incident.services)).map((id) => nameOf(id, findings))
    const named = all.filter(({ ranking }) => ranking.documentedTriggers.length > 0).length
    const likely = all.filter(({ ranking }) => ranking.none !== null && ranking.none < 0.5).length
    return [
      `${all.length} ${all.length === 1 ? 'incident' : 'incidents'}${hit.length === 0 ? '' : ` (${hit.join(', ')})`}`,
      `${likely} of them likelier to have followed a documented event than none, by timing`,
      ...(named === 0 ? [] : [`${named} with a trigger that sources name`]),
    ].join('; ')
  }
  return [
    '## In brief',
    [
      rows.every(({ kind }) => kind === 'reported') && measured.length === 0
        ? '- Measured: nothing in this period.'
        : `- Measured: ${sum(measured)}; ${showHours(blockedMs)} blocked, added up over services and vantages.`,
      reported.length === 0
        ? '- Reported by others: nothing known in this period.'
        : `- Reported by others: ${sum(reported)}.`,
    ].join('\n'),
  ]
}

function measuredPart(findings: Findings): string[] {
  const hours = measuredHours(findings.rows, findings.period, findings.now)
  const heading = '## Measured by this lookout'
  if (hours.length === 0 && findings.measured.length === 0) return [heading, 'Nothing was measured in this period.']
  const rows = hours.map(({ service, vantage, uptime, blockedMs, others, unknown }) => [
    nameOf(service, findings),
    plain(vantage),
    uptime === null ? '-' : showPercent(uptime),
    showHours(blockedMs),
    others.map(({ state, ms }) => `${state} ${showHours(ms)}`).join(', ') || '-',
    showPercent(unknown),
  ])
  return [
    heading,
    markdownTable(['Service', 'Vantage', 'Uptime', 'Blocked', 'Other outages', 'Not known'], rows),
    'Uptime is the share of the time that could be judged; "not known" is the rest of the period.',
    ...incidentsPart(findings.measured, findings, 'No incident was measured in this period.'),
  ]
}

function reportedPart(findings: Findings): string[] {
  const { reported, period } = findings
  const heading = '## Reported by others, not measured'
  if (reported.length === 0) return [heading, 'Nobody is known to have reported an outage in this period.']
  const hours = reportedHours(
    reported.flatMap(({ reports }) => reports),
    period,
  )
  const rows = hours.map(({ service, mode, reports, leastMs, mostMs, open }) => [
    nameOf(service, findings),
    mode.replace('-', ' '),
    String(reports),
    showHours(leastMs),
    open === 0 ? showHours(mostMs) : open === reports ? 'not known' : `${showHours(mostMs)}, and ${open} not known`,
  ])
  return [
    heading,
    ...(rows.length === 0
      ? []
      : [
          markdownTable(['Service', 'How', 'Reports', 'At least', 'At most'], rows),
          'Hours within the period, by the onsets and ends that sources allow; overlapping reports count once. "Not known": reports that do not say when it began or ended.',
        ]),
    ...incidentsPart(reported, findings, ''),
  ]
}

function incidentsPart(all: readonly Told[], findings: Findings, none: string): string[] {
  return all.length === 0 ? [none] : all.flatMap((told, i) => incidentPart(told, i + 1, findings))
}

function incidentPart(told: Told, number: number, findings: Findings): string[] {
  const { incident, reports, ranking } = told
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
    ...(incident.kind === 'reported' && incident.services.length === 0 ? incident.otherTargets.map(plain) : []),
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
  const providers = incident.isps.length === 0 ? '' : `; providers named: ${incident.isps.map(plain).join('; ')}`
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
  if (none === null) return 'cannot be told; the onset is not known closely enough.'
  const worth = candidates.filter(({ posterior }) => posterior >= WORTH_TELLING)
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
  const likely = ranking.candidates.filter(({ posterior }) => posterior >= WORTH_TELLING)
  const ids = distinct([...ranking.documentedTriggers, ...likely.map(({ event }) => event)])
  return distinct(
    [...reports, ...ids.flatMap((id) => events.get(id) ?? [])].flatMap(({ sources }) =>
      sources.map(markdownSource),
    ),
  )
}

function significancePart({ significance }: Findings): string[] {
  const found = [significance.reported, significance.measured].filter((one) => one !== null)
  return [
    '## Do blocks follow events?',
    ...(found.length === 0
      ? ['Nothing can be said yet: there is no incident in the record.']
      : found.map((one) => significanceText(one).join(' '))),
  ]
}

function nameOf(service: string, { names }: Findings): string {
  return plain(names.get(service) ?? service)
}

function distinct<T>(values: readonly T[]): T[] {
  return [...new Set(values)]
}

/** Whole hours from ten on. */
function showHours(ms: number): string {
  const hours = ms / 3_600_000
  if (hours === 0) return '0 h'
  return hours < 0.1 ? '<0.1 h' : `${hours < 10 ? hours.toFixed(1) : Math.round(hours).toLocaleString('en')} h`
}

/** Rounded down: what is not all never reads as 100 %. */
function showPercent(share: number): string {
  return `${(Math.floor(share * 10_000) / 100).toFixed(2)} %`
}

function day(at: number): string {
  return new Date(at).toISOString().slice(0, 10)
}

function minute(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace('T', ' ')
}
