/** register: what the lists of commands share. */
import { type Command, InvalidArgumentError, Option } from 'commander'

/** Adds a command. @param load gives what it runs, and is called only then. @param under the command it belongs to; left out: the program itself */
export type Register = (
  name: string,
  description: string,
  load: () => Promise<(options: never) => Promise<number>>,
  under?: Command,
) => Command

/** How rows are printed. */
export const FORMATS = ['table', 'json', 'csv'] as const
export type Format = (typeof FORMATS)[number]

export const JSON_OPTION = ['--json', 'one JSON document on stdout'] as const
/** What an option takes for a moment. */
export const TIMES = '2015-05-23, 2015-05-23T10:00:00Z, or 7d ago'

export function format(): Option {
  return new Option('--format <format>', 'how to print them').choices(FORMATS).default('table')
}

export function count(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Not a whole number.')
  return Number(text)
}

export function seconds(text: string): number {
  if (!/^\d{1,5}(\.\d{1,3})?$/.test(text)) throw new InvalidArgumentError('Not a number of seconds.')
  return Number(text)
}
