/** events-change: documented events added, changed and retracted by hand; every change is kept with who made it. */
import { userInfo } from 'node:os'
import { text as textOf } from 'node:stream/consumers'
import { AppError } from '../model/error.ts'
import type { TriggerEvent } from '../model/event.ts'
import { knownServices } from '../model/known-services.ts'
import { type EventFlags, eventFromFile, eventFromFlags } from './event-entry.ts'
import { demand } from './events.ts'
import { print } from './print.ts'
import { type Opened, withHistory } from './with-history.ts'

export interface EventsAddOptions extends EventFlags {
  readonly config?: string
  readonly file?: string
}

/** Adds one event, or brings a retracted one back. @returns exit code */
export async function eventsAddCommand(options: EventsAddOptions): Promise<number> {
  return withHistory(options.config, async (opened) => {
    const event = await entered(options, null, opened)
    const before = await opened.history.event(event.id)
    const taken = before === null && opened.record.addEvent(event, changedBy()) === 'taken'
    if (taken || before?.retractedAt === null) {
      throw new AppError(
        'usage',
        `there is an event ${event.id} already: didbon events edit ${event.id} changes it; --id gives this one another`,
      )
    }
    if (before !== null) opened.record.putEvent(event, changedBy())
    print(`${before === null ? 'added' : 'restored'} ${event.id}`)
    return 0
  })
}

export interface EventsEditOptions extends EventsAddOptions {
  readonly args: readonly [string]
}

/** Changes an event that stands. @returns exit code */
export async function eventsEditCommand(options: EventsEditOptions): Promise<number> {
  const [id] = options.args
  return withHistory(options.config, async (opened) => {
    const { event: before, retractedAt } = await demand(opened.history, id)
    if (retractedAt !== null) {
      throw new AppError(
        'usage',
        `${id} was retracted: didbon events show ${id} --entry | didbon events add --file - brings it back`,
      )
    }
    const event = await entered(options, before, opened)
    if (event.id !== id) {
      throw new AppError(
        'usage',
        `id: must stay ${id}, not ${event.id}: links refer to it. Add the other one, and retract this one`,
      )
    }
    const result = opened.record.putEvent(event, changedBy())
    print(`${result} ${id}`)
    return 0
  })
}

export interface EventsRetractOptions {
  readonly config?: string
  readonly args: readonly [string]
}

/** Takes an event out of every later answer; it stays in the record with its history. @returns exit code */
export async function eventsRetractCommand({ config, args }: EventsRetractOptions): Promise<number> {
  return withHistory(config, async ({ record, history }) => {
    const [id] = args
    await demand(history, id)
    record.retractEvent(id, changedBy())
    print(`retracted ${id}`)
    return 0
  })
}

async function entered(
  options: EventsAddOptions & { readonly args?: unknown },
  base: TriggerEvent | null,
  { config, history }: Opened,
): Promise<TriggerEvent> {
  const { file } = options
  const flags: EventFlags = Object.fromEntries(
    Object.entries(options).filter(
      ([key, value]) => !['config', 'file', 'args'].includes(key) && value !== undefined,
    ),
  )
  const named = Object.keys(flags)
  const services = await knownServices(history, config.services)
  if (file !== undefined) {
    if (named.length > 0)
      throw new AppError('usage', `--file holds the whole event: leave out ${named.join(', ')}`)
    return eventFromFile(file, file === '-' ? await textOf(process.stdin) : null, services)
  }
  if (named.length === 0) {
    throw new AppError(
      'usage',
      'nothing was given for the event: give --file <file>, or flags such as --title, --kind and --at',
    )
  }
  return eventFromFlags(flags, base, config.schedule.timezone, services)
}

function changedBy(): string {
  return `cli:${userInfo().username}`
}
