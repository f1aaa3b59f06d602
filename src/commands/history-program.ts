/** history-program: the commands that ask the record, and those that change it. */
import { type Command, Option } from 'commander'
import { EVENT_KINDS, EVENT_ROLES } from '../model/event.ts'
import { EXPORT_FORMATS, type Register, count, format } from './register.ts'

const KINDS = ['measured', 'reported'] as const

export function registerHistory(command: Register, root: Command): void {
  command('incidents', 'print outages that belong together, measured or reported', async (options) =>
    (await import('./incidents.ts')).incidentsCommand(options),
  )
    .addOption(
      new Option('--kind <kind>', 'only measured by this instance, or only reported by others').choices(
        KINDS,
      ),
    )
    .option('--service <id>', 'only those that affected this service')
    .option('--since <time>', 'not ended before: 2015-05-23, 2015-05-23T10:00:00Z, or 7d ago')
    .option('--until <time>', 'begun before')
    .option('--limit <n>', 'maximum number, newest first', count, 1000)
    .addOption(format())
  command(
    'incident',
    'print one incident: its outages or reports, and what it may have followed',
    async (options) => (await import('./incident.ts')).incidentCommand(options),
  )
    .argument('<id>', 'as printed by incidents')
    .option('--json', 'one JSON document on stdout')
  command(
    'correlate',
    'rank the events that incidents may have followed, and test the whole record',
    async (options) => (await import('./correlate.ts')).correlateCommand(options),
  )
    .argument('[incident]', 'one incident, with every candidate; left out: all')
    .option('--json', 'one JSON document on stdout')
  command('timeline', 'draw the states over time, a line per service and vantage', async (options) =>
    (await import('./timeline.ts')).timelineCommand(options),
  )
    .addOption(new Option('--since <time>', '2015-05-23, 2015-05-23T10:00:00Z, or 7d ago').default('7d'))
    .option('--until <time>', 'default: now')
    .option('--service <id>', 'only this service')
    .option('--vantage <id>', 'only from this vantage; leaves out reports, which rarely say')
    .option('--width <n>', 'columns to draw in (default: those of the terminal)', count)
    .option('--json', 'one JSON document on stdout')
  command(
    'report',
    'write a summary in Markdown: uptime, blocked hours, incidents, triggers and sources',
    async (options) => (await import('./report.ts')).reportCommand(options),
  )
    .requiredOption('--since <time>', '2015-05-23, 2015-05-23T10:00:00Z, or 7d ago')
    .option('--until <time>', 'default: now')
  command('export', 'write the record for other programs to read, on stdout', async (options) =>
    (await import('./export.ts')).exportCommand(options),
  )
    .addOption(
      new Option(
        '--format <format>',
        'openmetrics: states and outages as samples, for promtool tsdb create-blocks-from; ooni: full measurements as web_connectivity measurements',
      )
        .choices(EXPORT_FORMATS)
        .makeOptionMandatory(),
    )
    .option('--since <time>', '2015-05-23, 2015-05-23T10:00:00Z, or 7d ago (ooni: default: everything)')
    .option('--until <time>', 'default: now')
    .option('--step <length>', 'time between samples: 5m (default: 5m up to three months, then 1h)')
    .option('--service <id>', 'ooni: only measurements of this service')
    .option('--vantage <id>', 'ooni: only measurements from this vantage')
  command('backup', 'copy the store while the daemon keeps running, and check the copy', async (options) =>
    (await import('./backup.ts')).backupCommand(options),
  )
    .argument('<file>', 'destination; it must not exist yet')
    .option('--deadline <length>', 'give up after this long', '1h')
    .option('--json', 'one JSON document on stdout')
    .addHelpText('after', RESTORE)
  events(command, root)
  tokens(command, root)
}

/** A test does as this says. */
const RESTORE = `
To put a copy back: stop didbon, and in the folder of the store

  mkdir aside
  mv didbon.db* aside/
  cp "$COPY" didbon.db

then start didbon, which checks the whole copy before it uses it. Files of the old store, such as didbon.db-wal, must not
stay beside the copy. The file belongs to the user didbon runs as: chown it where you copied it as another.
`

function events(command: Register, root: Command): void {
  const under = root.command('events').description('the documented events that outages may have followed')
  command(
    'list',
    'print the events',
    async (options) => (await import('./events.ts')).eventsListCommand(options),
    under,
  )
    .addOption(new Option('--kind <kind>', 'only this kind').choices(EVENT_KINDS))
    .addOption(new Option('--role <role>', 'only with this role').choices(EVENT_ROLES))
    .option('--service <id>', 'only those that concern this service')
    .option('--since <time>', 'not before: 2015-05-23, 2015-05-23T10:00:00Z, or 7d ago')
    .option('--until <time>', 'begun before')
    .option('--retracted', 'include retracted ones')
    .option('--limit <n>', 'maximum number, newest first', count, 1000)
    .addOption(format())
  command(
    'show',
    'print one event, its sources and every change made to it',
    async (options) => (await import('./events.ts')).eventsShowCommand(options),
    under,
  )
    .argument('<id>', 'as printed by events list')
    .addOption(new Option('--json', 'one JSON document on stdout').conflicts('entry'))
    .option('--entry', 'the entry alone, as JSON: what --file of add and edit takes')
  const add = command(
    'add',
    'add an event, by a file or by flags',
    async (options) => (await import('./events-change.ts')).eventsAddCommand(options),
    under,
  )
  flags(add, { role: ' (default: trigger)', country: ' (default: TJ)', confidence: ' (default: medium)' })
  const edit = command(
    'edit',
    'change an event: all of it by a file, or what the flags say; a list is replaced as a whole',
    async (options) => (await import('./events-change.ts')).eventsEditCommand(options),
    under,
  ).argument('<id>', 'as printed by events list')
  flags(edit, { role: '', country: '', confidence: '' })
  command(
    'retract',
    'retract an event: it is no longer used, and stays in the record with its history',
    async (options) => (await import('./events-change.ts')).eventsRetractCommand(options),
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

function tokens(command: Register, root: Command): void {
  const under = root.command('token').description('who may change events through the API')
  command(
    'create',
    'create a token and print it, only this once',
    async (options) => (await import('./token.ts')).tokenCreateCommand(options),
    under,
  ).argument('<name>', 'name of its holder, shown in the audit log')
  command(
    'list',
    'list the tokens',
    async (options) => (await import('./token.ts')).tokenListCommand(options),
    under,
  ).option('--json', 'one JSON document on stdout')
  command(
    'revoke',
    'revoke a token',
    async (options) => (await import('./token.ts')).tokenRevokeCommand(options),
    under,
  ).argument('<name>', 'as printed by token list')
}
