/** report-markdown: findings over a period as text; what was measured and what others reported never in one sentence. */
import { measuredHours, reportedHours } from '../views/hours.ts'
import { markdownTable, plain } from '../views/text/markdown.ts'
import { HOUR_MS } from '../model/time.ts'
import { showDay, showMinute } from '../views/text/time.ts'
import { significanceText } from './ranking-text.ts'
import { type Findings, type FullIncident, distinct, incidentsPart, nameOf } from './report-incident.ts'

/** The whole report. */
export function reportMarkdown(findings: Findings): string {
  const { period, zone, now, version } = findings
  return [
    `# Reachability, ${showDay(period.fromAt)} to ${showDay(period.untilAt)}`,
    `From ${showMinute(period.fromAt)} to ${showMinute(period.untilAt)} UTC. Times of incidents and events are those of ${plain(zone)}. Written ${showMinute(now)} UTC by didbon ${version}.`,
    ...briefPart(findings),
    ...measuredPart(findings),
    ...reportedPart(findings),
    ...significancePart(findings),
  ].join('\n\n')
}

function briefPart(findings: Findings): string[] {
  const { measured, reported, rows, period, now } = findings
  const blockedMs = measuredHours(rows, period, now).reduce((sum, row) => sum + row.blockedMs, 0)
  const sum = (all: readonly FullIncident[]) => {
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
  if (hours.length === 0 && findings.measured.length === 0)
    return [heading, 'Nothing was measured in this period.']
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
  if (reported.length === 0) return [heading, 'No reported outage is known in this period.']
  const hours = reportedHours(
    reported.flatMap(({ reports }) => reports),
    period,
  )
  const rows = hours.map(({ service, mode, reports, leastMs, mostMs, open }) => [
    nameOf(service, findings),
    mode.replace('-', ' '),
    String(reports),
    showHours(leastMs),
    open === 0
      ? showHours(mostMs)
      : open === reports
        ? 'not known'
        : `${showHours(mostMs)}, and ${open} not known`,
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

function significancePart({ significance }: Findings): string[] {
  const found = [significance.reported, significance.measured].filter((test) => test !== null)
  return [
    '## Do blocks follow events?',
    ...(found.length === 0
      ? ['Nothing can be said yet: there is no incident in the record.']
      : found.map((test) => significanceText(test).join(' '))),
  ]
}

/** Whole hours from ten on. */
function showHours(ms: number): string {
  const hours = ms / HOUR_MS
  if (hours === 0) return '0 h'
  return hours < 0.1
    ? '<0.1 h'
    : `${hours < 10 ? hours.toFixed(1) : Math.round(hours).toLocaleString('en')} h`
}

/** Rounded down: what is not all never reads as 100 %. */
function showPercent(share: number): string {
  return `${(Math.floor(share * 10_000) / 100).toFixed(2)} %`
}
