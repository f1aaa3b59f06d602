/** register: what the lists of commands share. */
import { type Command, InvalidArgumentError, Option } from 'commander'

/** Adds a command. @param under the command it belongs to; left out: the program itself */
export type Register = (
  name: string,
  description: string,
  run: (options: never) => Promise<number>,
  under?: Command,
) => Command

export const EXPORT_FORMATS = ['openmetrics', 'ooni'] as const
export type ExportFormat = (typeof EXPORT_FORMATS)[number]

export function format(): Option {
  return new Option('--format <format>', 'how to print them')
    .choices(['table', 'json', 'csv'])
    .default('table')
}

export function count(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Not a whole number.')
  return Number(text)
}

export function seconds(text: string): number {
  if (!/^\d{1,5}(\.\d{1,3})?$/.test(text)) throw new InvalidArgumentError('Not a number of seconds.')
  return Number(text)
}
