/** list: a command that prints part of the record, row by row. Each such command is a declaration. */
import type { History, Page, Paging, Span } from '../model/history.ts'
import { allRows } from '../model/cursor.ts'
import { spanOf } from './period.ts'
import { type RowPrinter, printRows } from './print.ts'
import type { Format } from './register.ts'
import { type Opened, withHistory } from './with-history.ts'

export interface ListOptions {
  readonly config?: string
  readonly args?: readonly string[]
  readonly since?: string
  readonly until?: string
  readonly limit: number
  readonly format: Format
}

export interface List<Filters, Found> {
  /** @param query options that are not of every list are passed as they are: they are called what the query calls them */
  readonly find: (history: History, query: Filters & Span & Paging) => Promise<Page<Found>>
  /** @param zone that of the schedule */
  readonly rows: (zone: string, now: number) => RowPrinter<Found>
  /** what else must be said, on stderr; an empty text: nothing */
  readonly note?: (opened: Opened) => Promise<string>
}

/** @returns the command: prints what is found, newest first, and gives the exit code */
export function listCommand<Filters, Found>(
  list: List<Filters, Found>,
): (options: ListOptions & Filters) => Promise<number> {
  return ({ config: file, args: _args, since, until, limit, format, ...filters }) =>
    withHistory(file, async (opened) => {
      const { history, config, now } = opened
      const span = spanOf({ since, until }, now)
      const find = (paging: Paging) =>
        list.find(history, { ...(filters as unknown as Filters), ...span, ...paging })
      printRows(await allRows(find, limit), format, list.rows(config.schedule.timezone, now))
      process.stderr.write((await list.note?.(opened)) ?? '')
      return 0
    })
}
