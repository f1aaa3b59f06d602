/** events: the documented events that outages may have followed, as a list and one by one. */
import { AppError } from '../model/error.ts'
import type { EventKind, EventRole } from '../model/event.ts'
import type { AuditEntry, History, KeptEvent } from '../model/history.ts'
import { showEventDetail, showEvent as eventRow } from '../views/rows/event.ts'
import { csv } from '../views/csv.ts'
import { entryOf } from './event-entry.ts'
import { facts, showSource } from '../views/text/facts.ts'
import { spanOf } from './period.ts'
import { table } from '../views/text/table.ts'
import { showTime } from '../views/text/time.ts'
import { all, print, withHistory } from './with-history.ts'
import { showWindow } from '../views/text/window.ts'

export interface EventsListOptions {
  readonly config?: string
  readonly since?: string
  readonly until?: string
  readonly kind?: EventKind
  readonly role?: EventRole
  readonly service?: string
  readonly retracted?: boolean
  readonly limit: number
  readonly format: 'table' | 'json' | 'csv'
}

/** Prints events, the newest first. @returns exit code */
export async function eventsListCommand(options: EventsListOptions): Promise<number> {
  return withHistory(options.config, async ({ history, config, missing, now }) => {
    const { kind, role, service, retracted } = options
    const span = spanOf(options, now)
    const events = await all(
      (paging) =>
        history.events({
          ...paging,
          ...span,
          ...(kind !== undefined && { kind }),
          ...(role !== undefined && { role }),
          ...(service !== undefined && { service }),
          ...(retracted !== undefined && { retracted }),
        }),
      options.limit,
    )
    print(render(events, options.format, config.schedule.timezone))
    const gone = await missing()
    if (gone.length > 0)
      process.stderr.write(
        `Note: no longer in the file, and still in the record: ${gone.join(', ')}. didbon events retract <id> takes one out.\n`,
      )
    return 0
  })
}

function render(events: readonly KeptEvent[], format: EventsListOptions['format'], zone: string): string {
  if (format === 'json') return JSON.stringify(events.map(eventRow), null, 2)
  if (format === 'csv') {
    const rows = events.map(({ event, addedBy, retractedAt }) => {
      const { at, ...entry } = eventRow({ event, addedBy, retractedAt })
      return {
        ...entry,
        ...at,
        regions: event.regions.join(' '),
        services: event.services.join(' '),
        otherTargets: event.otherTargets.join(' '),
        sources: event.sources.map(showSource).join(' | '),
      }
    })
    return csv(rows, CSV_COLUMNS)
  }
  if (events.length === 0) return 'No event matches.'
  return table(
    [`began (${zone})`, 'role', 'kind', 'id', 'title'],
    events.map(({ event, retractedAt }) => [
      showWindow(event.at, zone),
      retractedAt === null ? event.role : 'retracted',
      event.kind,
      event.id,
      event.title,
    ]),
  )
}

const CSV_COLUMNS = [
  'id',
  'title',
  'kind',
  'role',
  'stated',
  'precision',
  'earliest',
  'latest',
  'lastedUntil',
  'timeZone',
  'scheduled',
  'country',
  'regions',
  'services',
  'otherTargets',
  'confidence',
  'sources',
  'notes',
  'addedBy',
  'retracted',
]

export interface EventsShowOptions {
  readonly config?: string
  readonly args: readonly [string]
  readonly json?: boolean
  readonly entry?: boolean
}

/** Prints one event with its sources and every change made to it. @returns exit code */
export async function eventsShowCommand({ config: asked, args, json, entry }: EventsShowOptions) {
  return withHistory(asked, async ({ history, config }) => {
    const found = await demand(history, args[0])
    if (entry === true) print(JSON.stringify(entryOf(found.event), null, 2))
    else if (json === true) print(JSON.stringify(showEventDetail(found), null, 2))
    else print(showEvent(found, config.schedule.timezone))
    return 0
  })
}

function showEvent(
  { event, retractedAt, audit }: KeptEvent & { readonly audit: readonly AuditEntry[] },
  zone: string,
): string {
  const { at } = event
  const stated = at.stated === null ? 'no source says when' : `stated as ${at.stated}`
  return facts([
    ['id', event.id],
    ['title', event.title],
    ['kind', `${event.kind}, ${event.role}${event.scheduled ? ', known in advance' : ''}`],
    [
      'began',
      `${showWindow(at, zone)} (${zone}); ${stated}${at.precision === null ? '' : `, to the ${at.precision}`}`,
    ],
    ['lasted until', event.lastedUntil],
    ['where', [event.country, ...event.regions].join(' ')],
    ['concerns', [...event.services, ...event.otherTargets].join(', ')],
    ['confidence', event.confidence],
    ['notes', event.notes],
    ['sources', event.sources.map(showSource)],
    ['retracted', retractedAt === null ? null : `${showTime(retractedAt)} UTC: it is no longer used`],
    [
      'history',
      audit.map(({ at: changedAt, action, by }) => `${showTime(changedAt)} UTC ${action} by ${by}`),
    ],
  ])
}

/** @throws AppError `not_found` */
export async function demand(history: History, id: string) {
  const found = await history.event(id)
  if (found === null)
    throw new AppError('not_found', `There is no event ${id}. didbon events list names them all.`)
  return found
}
