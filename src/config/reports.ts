/** The file of documented outages: read, checked against its schema and against the events it links to, turned into the model. */
import { z } from 'zod'
import { CONFIDENCES, type TriggerEvent } from '../model/event.ts'
import { REPORT_MODES, type ReportRecord } from '../model/report.ts'
import { name, oneOf, section, text, timezone } from './fields.ts'
import { configInvalid } from './problem.ts'
import { readYaml } from './read.ts'
import {
  countryCode,
  dating,
  instant,
  listOf,
  namedTwice,
  recordId,
  regionCodes,
  sourceList,
  windowAgrees,
} from './record-fields.ts'
import { shape } from './shape-problems.ts'
import { nearest } from '../model/suggest.ts'

const entrySchema = section({
  id: recordId(),
  episode: recordId(),
  mode: oneOf(REPORT_MODES),
  services: listOf(name()),
  otherTargets: listOf(text('must be a domain or a few words', 200)),
  onset: dating(),
  end: dating(),
  timeZone: timezone(),
  country: countryCode(),
  regions: regionCodes(),
  isps: listOf(text('must be a few words', 200)),
  reportedBy: text('must be who reported it', 300),
  attribution: text('must be a few words', 300).nullable().default(null),
  documentedTrigger: recordId().nullable().default(null),
  documentedRelease: recordId().nullable().default(null),
  confidence: oneOf(CONFIDENCES),
  notes: text('must be a note', 1000).nullable().default(null),
  sources: sourceList(),
})

const reportSchema = windowAgrees(windowAgrees(entrySchema, 'onset'), 'end').refine(
  ({ onset, end }) => onset.earliestAt === null || end.latestAt === null || onset.earliestAt <= end.latestAt,
  {
    error: 'must not be before the onset; correct whichever is wrong',
    path: ['end', 'latest'],
    // of what is no date enough is said
    when: ({ issues }) => issues.length === 0,
  },
)

const reportsFileSchema = section({
  record: section({ from: instant(), until: instant() }).refine(({ from, until }) => from < until, {
    error: 'must be after from',
    path: ['until'],
  }),
  reports: z.array(reportSchema, { error: 'must be a list of reports' }),
})

/**
 * Reads a file of reports.
 *
 * @param events what `documentedTrigger` and `documentedRelease` may refer to
 * @throws AppError `config_invalid`: every problem at once, each with file, line, key, value and what would be right
 */
export async function loadReports(path: string, events: readonly TriggerEvent[]): Promise<ReportRecord> {
  const file = await readYaml(path, {})
  const { data, problems } = shape(reportsFileSchema, file)
  const reports = data?.reports ?? []
  const known = events.map((event) => event.id)
  const wrong = namedTwice(file, 'reports', reports)
  for (const [i, report] of reports.entries()) {
    for (const key of ['documentedTrigger', 'documentedRelease'] as const) {
      const id = report[key]
      if (id === null || known.includes(id)) continue
      const meant = nearest(id, known)
      wrong.push(
        file.problemAt(
          ['reports', i, key],
          `must be the id of an event, not "${id}"${meant === null ? '' : `; did you mean ${meant}?`}`,
        ),
      )
    }
  }
  const all = [...file.problems, ...problems, ...wrong]
  if (data === null || all.length > 0) throw configInvalid(all)
  return { fromAt: data.record.from, untilAt: data.record.until, reports }
}
