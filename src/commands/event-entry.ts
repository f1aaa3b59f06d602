/**
 * event-entry: one event as somebody writes it, in a file or by flags, checked and turned into the model, and back.
 *
 * flags or YAML or JSON -> plain data -> the schema of events.yaml -> TriggerEvent, or one error naming every problem.
 */
import { eventSchema } from '../config/events.ts'
import type { KeyPath, Problem } from '../config/problem.ts'
import { showPath, showValue } from '../config/problem.ts'
import { parseYaml, readYaml } from '../config/read.ts'
import type { ReadFile } from '../config/read.ts'
import { shape } from '../config/shape-problems.ts'
import { unknownService } from '../model/known-services.ts'
import { AppError } from '../model/error.ts'
import type { TriggerEvent } from '../model/event.ts'
import { statedWindow } from '../model/stated.ts'
import { isTimeZone } from '../model/zone.ts'
import { showDating } from '../views/rows/shown.ts'

/** What may be said of an event without a file. */
export interface EventFlags {
  readonly id?: string
  readonly title?: string
  readonly kind?: string
  readonly role?: string
  readonly at?: string
  readonly lastedUntil?: string
  readonly timeZone?: string
  readonly scheduled?: boolean
  readonly country?: string
  readonly region?: readonly string[]
  readonly service?: readonly string[]
  readonly otherTarget?: readonly string[]
  readonly confidence?: string
  readonly notes?: string
  readonly source?: readonly string[]
}

type Plain = Readonly<Record<string, unknown>>

/** Where each key of an entry comes from when flags made it. */
const FLAG_OF: Readonly<Record<string, string>> = {
  lastedUntil: '--lasted-until',
  timeZone: '--time-zone',
  regions: '--region',
  services: '--service',
  otherTargets: '--other-target',
  sources: '--source',
}

/**
 * Reads one entry.
 *
 * @param text YAML or JSON that is at hand; `null` = read the file
 * @throws AppError `usage`: every problem, each with field, value and what would be right
 */
export async function eventFromFile(
  file: string,
  text: string | null,
  services: readonly string[],
): Promise<TriggerEvent> {
  const read = text === null ? await readYaml(file, {}) : await parseYaml(file, orEmpty(file, text), {})
  return checked(read, services, ({ line, column, path, text: what }) => {
    const at = line > 0 ? `${file}:${line}:${column}` : file
    return path.length === 0 ? `${at}  ${what}` : `${at}  ${showPath(path)}: ${what}`
  })
}

/**
 * Makes an entry of flags.
 *
 * @param base what the flags change; `null` = a new event, with what is usual for those left out
 * @param zone time zone of a new event that names none
 * @throws AppError `usage`, as eventFromFile
 */
export function eventFromFlags(
  flags: EventFlags,
  base: TriggerEvent | null,
  zone: string,
  services: readonly string[],
): TriggerEvent {
  const start = base === null ? newEntry(flags, zone) : entryOf(base)
  const at = flags.at === undefined ? null : datingOf(flags.at, flags.timeZone ?? base?.timeZone ?? zone)
  const data: Plain = { ...start, ...given(flags), ...(at !== null && { at }) }
  const problemAt = (path: KeyPath, text: string): Problem => ({ file: '', line: 0, column: 0, path, text })
  const read: ReadFile = {
    file: '',
    data,
    problems: flags.at !== undefined && at === null ? [problemAt(['at'], noTime(flags.at))] : [],
    secretFiles: [],
    problemAt,
    shown: (path) => showValue(path.reduce((at: unknown, step) => (at as Plain | undefined)?.[step], data)),
  }
  return checked(read, services, ({ path, text }) => {
    const [key, ...rest] = path
    const flag = FLAG_OF[String(key)] ?? `--${key}`
    return rest.length === 0 ? `${flag}: ${text}` : `${flag} (${showPath(path)}): ${text}`
  })
}

function orEmpty(file: string, text: string): string | Problem {
  return text.trim() === '' ? { file, line: 0, column: 0, path: [], text: 'is empty' } : text
}

/** An event as a file would hold it: what eventFromFile reads back as the same event. */
export function entryOf(event: TriggerEvent) {
  const { id, title, kind, role, at, ...rest } = event
  return {
    id,
    title,
    kind,
    role,
    at: showDating(at),
    ...rest,
  }
}

function newEntry({ title, at }: EventFlags, zone: string): Plain {
  return {
    ...(title !== undefined && at !== undefined && { id: idOf(title, at) }),
    role: 'trigger',
    timeZone: zone,
    scheduled: false,
    country: 'TJ',
    confidence: 'medium',
  }
}

/** What the flags set as it stands, in the keys of an entry. */
function given(flags: EventFlags): Plain {
  const { region, service, otherTarget, source } = flags
  const same = Object.entries(flags).filter(([key, value]) => SAME.includes(key) && value !== undefined)
  return {
    ...Object.fromEntries(same),
    ...(region !== undefined && { regions: region }),
    ...(service !== undefined && { services: service }),
    ...(otherTarget !== undefined && { otherTargets: otherTarget }),
    ...(source !== undefined && { sources: source.map(sourceOf) }),
  }
}

/** Flags that are keys of an entry as they stand. */
const SAME: readonly string[] = [
  'id',
  'title',
  'kind',
  'role',
  'lastedUntil',
  'timeZone',
  'scheduled',
  'country',
  'confidence',
  'notes',
] satisfies (keyof EventFlags)[]

function datingOf(text: string, zone: string): Plain | null {
  const window = statedWindow(text, isTimeZone(zone) ? zone : 'UTC') // the schema refuses what is no zone
  if (window === null) return null
  const { precision } = window
  return precision === 'year' ? null : showDating({ ...window, precision }) // a year is too coarse to compute with
}

function noTime(text: string): string {
  return `must be a month, a day or a time such as 2015-05, 2015-05-28 or 2014-10-10T15:00+05:00, not ${showValue(text)}; another window, or none, goes in a file (--file)`
}

/** `Title | Publisher | 2015-05-28 | https://...`: date and address in any order, either may be left out. */
function sourceOf(text: string): Plain {
  const [title, publisher, ...rest] = text.split('|').map((part) => part.trim())
  const url = rest.find((part) => part.includes('://'))
  const date = rest.find((part) => part !== url)
  return {
    title,
    ...(publisher !== undefined && { publisher }),
    ...(date !== undefined && { date }),
    ...(url !== undefined && { url }),
  }
}

/** `video-shows-commander-2015-05-28`, at most 60 characters */
function idOf(title: string, at: string): string {
  const day = at.slice(0, 10)
  const words = title
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .match(/[a-z0-9]+/g) ?? ['event']
  while (words.length > 1 && words.join('-').length + day.length >= 60) words.pop()
  return [...words, day].join('-')
}

function checked(
  read: ReadFile,
  services: readonly string[],
  show: (problem: Problem) => string,
): TriggerEvent {
  const { data, problems } = shape(eventSchema, read)
  const unknown = (data?.services ?? []).flatMap((service, i) =>
    services.includes(service)
      ? []
      : [read.problemAt(['services', i], unknownService(service, services, 'otherTargets (--other-target)'))],
  )
  const unread = read.data === null && read.problems.length > 0
  const all = [...read.problems, ...(unread ? [] : problems), ...unknown].sort((a, b) => a.line - b.line)
  if (data === null || all.length > 0) throw refused(all.map(show))
  return data
}

function refused(lines: readonly string[]): AppError {
  const unique = [...new Set(lines)]
  const count = unique.length === 1 ? '1 problem' : `${unique.length} problems`
  return new AppError(
    'usage',
    [`the event was rejected, nothing was changed; ${count}:`, ...unique].join('\n'),
  )
}
