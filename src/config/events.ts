/** The file of documented events: read, checked against its schema, turned into the model. */
import { z } from 'zod'
import { CONFIDENCES, EVENT_KINDS, EVENT_ROLES, type TriggerEvent } from '../model/event.ts'
import { name, oneOf, section, text, timezone, yesNo } from './fields.ts'
import { configInvalid } from './problem.ts'
import { readYaml } from './read.ts'
import {
  countryCode,
  dating,
  listOf,
  namedTwice,
  recordId,
  regionCodes,
  sourceList,
  statedDate,
  windowAgrees,
} from './record-fields.ts'
import { shape } from './shape-problems.ts'

const entrySchema = section({
  id: recordId(),
  title: text('must be a short title', 200),
  kind: oneOf(EVENT_KINDS),
  role: oneOf(EVENT_ROLES),
  at: dating(),
  lastedUntil: statedDate().nullable().default(null),
  timeZone: timezone(),
  scheduled: yesNo(),
  country: countryCode(),
  regions: regionCodes(),
  services: listOf(name()),
  otherTargets: listOf(text('must be a domain', 200)),
  confidence: oneOf(CONFIDENCES),
  notes: text('must be a note', 1000).nullable().default(null),
  sources: sourceList(),
})

/** One event as it is written, in a file or by hand. */
export const eventSchema = windowAgrees(entrySchema, 'at')

const eventsFileSchema = section({
  events: z.array(eventSchema, { error: 'must be a list of events' }),
})

/**
 * Reads a file of events.
 *
 * @throws AppError `config_invalid`: every problem at once, each with file, line, key, value and what would be right
 */
export async function loadEvents(path: string): Promise<readonly TriggerEvent[]> {
  const file = await readYaml(path, {})
  const { data, problems } = shape(eventsFileSchema, file)
  const events = data?.events ?? []
  const all = [...file.problems, ...problems, ...namedTwice(file, 'events', events)]
  if (all.length > 0) throw configInvalid(all)
  return events
}
