/** events: the documented events that outages may have followed, as a list and one by one. */
import { AppError } from '../model/error.ts'
import type { AuditEntry, EventQuery, History, KeptEvent } from '../model/history.ts'
import { eventRow, showEvent, showEventDetail } from '../views/rows/event.ts'
import { facts, showSource } from '../views/text/facts.ts'
import { showTime } from '../views/text/time.ts'
import { showWindow } from '../views/text/window.ts'
import { entryOf } from './event-entry.ts'
import { listCommand } from './list.ts'
import { print, printJson } from './print.ts'
import { withHistory } from './with-history.ts'

type Filters = Pick<EventQuery, 'kind' | 'role' | 'service' | 'retracted'>

/** Prints events, newest first. @returns exit code */
export const eventsListCommand = listCommand<Filters, KeptEvent>({
  find: (history, query) => history.events(query),
  rows: (zone) => ({
    row: eventRow,
    show: showEvent,
    heading: [`began (${zone})`, 'role', 'kind', 'id', 'title'],
    cells: ({ event, retractedAt }) => [
      showWindow(event.at, zone),
      retractedAt === null ? event.role : 'retracted',
      event.kind,
      event.id,
      event.title,
    ],
    none: 'No event matches.',
  }),
  async note({ missing }) {
    const gone = await missing()
    return gone.length === 0
      ? ''
      : `Note: no longer in the file, and still in the record: ${gone.join(', ')}. didbon events retract <id> takes one out.\n`
  },
})

export interface EventsShowOptions {
  readonly config?: string
  readonly args: readonly [string]
  readonly json?: boolean
  readonly entry?: boolean
}

/** Prints one event with its sources and every change made to it. @returns exit code */
export async function eventsShowCommand({ config: file, args, json, entry }: EventsShowOptions) {
  return withHistory(file, async ({ history, config }) => {
    const found = await demand(history, args[0])
    if (entry === true) printJson(entryOf(found.event))
    else if (json === true) printJson(showEventDetail(found))
    else print(eventText(found, config.schedule.timezone))
    return 0
  })
}

function eventText(
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
