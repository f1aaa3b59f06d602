/** event-commands: list and change documented events, and the tokens that may do so through the API. */
import { type Command, Option } from 'commander'
import { EVENT_KINDS, EVENT_ROLES } from '../model/event.ts'
import { JSON_OPTION, type Register, TIMES, count, format } from './register.ts'

/** Adds events list, show, add, edit and retract. */
export function eventCommands(command: Register, root: Command): void {
  const under = root.command('events').description('the documented events that outages may have followed')
  command('list', 'print the events', async () => (await import('./events.ts')).eventsListCommand, under)
    .addOption(new Option('--kind <kind>', 'only this kind').choices(EVENT_KINDS))
    .addOption(new Option('--role <role>', 'only with this role').choices(EVENT_ROLES))
    .option('--service <id>', 'only those that concern this service')
    .option('--since <time>', `not before: ${TIMES}`)
    .option('--until <time>', 'begun before')
    .option('--retracted', 'include retracted ones')
    .option('--limit <n>', 'maximum number, newest first', count, 1000)
    .addOption(format())
  command(
    'show',
    'print one event, its sources and every change made to it',
    async () => (await import('./events.ts')).eventsShowCommand,
    under,
  )
    .argument('<id>', 'as printed by events list')
    .addOption(new Option(...JSON_OPTION).conflicts('entry'))
    .option('--entry', 'the entry alone, as JSON: what --file of add and edit takes')
  const add = command(
    'add',
    'add an event, by a file or by flags',
    async () => (await import('./events-change.ts')).eventsAddCommand,
    under,
  )
  flags(add, { role: ' (default: trigger)', country: ' (default: TJ)', confidence: ' (default: medium)' })
  const edit = command(
    'edit',
    'change an event: all of it by a file, or what the flags say; a list is replaced as a whole',
    async () => (await import('./events-change.ts')).eventsEditCommand,
    under,
  ).argument('<id>', 'as printed by events list')
  flags(edit, { role: '', country: '', confidence: '' })
  command(
    'retract',
    'retract an event: it is no longer used, and stays in the record with its history',
    async () => (await import('./events-change.ts')).eventsRetractCommand,
    under,
  ).argument('<id>', 'as printed by events list')
}

/** What can be said of an event on the command line. The schema of the files says what is allowed, not commander. */
function flags(command: Command, usual: { role: string; country: string; confidence: string }): void {
  const each = (value: string, before: readonly string[] = []) => [...before, value]
  command
    .option('--file <file>', 'the whole event as YAML or JSON, in the form of config/events.yaml; - = stdin')
    .option('--id <id>', 'permanent, links refer to it (default: made from title and date)')
    .option('--title <title>', 'a short title')
    .option('--kind <kind>', EVENT_KINDS.join(', '))
    .option('--role <role>', `${EVENT_ROLES.join(', ')}${usual.role}`)
    .option(
      '--at <time>',
      'when it began: 2015-05, 2015-05-28, or 2015-05-28T15:00, local unless it has an offset',
    )
    .option('--lasted-until <time>', 'when it ended, if it lasted')
    .option('--time-zone <zone>', 'zone of these times (default: schedule.timezone)')
    .option('--scheduled', 'known in advance, so that an outage may come before it')
    .option('--no-scheduled', 'not known in advance')
    .option('--country <code>', `ISO 3166-1${usual.country}`)
    .option('--region <code>', 'ISO 3166-2 code of where it took place; may be repeated', each)
    .option('--service <id>', 'watched service it was published on or concerns; may be repeated', each)
    .option('--other-target <domain>', 'the same for sites that are not watched; may be repeated', each)
    .option('--confidence <word>', `high, medium or low${usual.confidence}`)
    .option('--notes <text>', 'further notes')
    .option(
      '--source <source>',
      '"Title | Publisher | date | URL", date or URL may be missing; may be repeated',
      each,
    )
}

/** Adds token create, list and revoke. */
export function tokenCommands(command: Register, root: Command): void {
  const under = root.command('token').description('who may change events through the API')
  command(
    'create',
    'create a token and print it, only this once',
    async () => (await import('./token.ts')).tokenCreateCommand,
    under,
  ).argument('<name>', 'name of its holder, shown in the audit log')
  command('list', 'list the tokens', async () => (await import('./token.ts')).tokenListCommand, under)
    .addOption(format())
    .option('--json', 'the same as --format json')
  command(
    'revoke',
    'revoke a token',
    async () => (await import('./token.ts')).tokenRevokeCommand,
    under,
  ).argument('<name>', 'as printed by token list')
}
