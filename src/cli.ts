#!/usr/bin/env node
/**
 * cli: argv in, one command run, an exit code out.
 *
 * 0 fine · 1 our fault · 2 usage or configuration · 3 a probe found an anomaly, a confirmed block or a site that is down
 */
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { AppError } from './model/error.ts'
import { EVENT_KINDS, EVENT_ROLES } from './model/event.ts'
import { CAUSES } from './model/outage.ts'
import { VERSION } from './version.ts'

const EXIT_OUR_FAULT = 1
const EXIT_USAGE = 2

function program(done: (code: number) => void): Command {
  const root = new Command('didbon')
    .description('Watches whether services can be reached, tells censorship from faults, and logs outages.')
    .version(VERSION)
    .option(
      '-c, --config <file>',
      'configuration file (default: $DIDBON_CONFIG, /etc/didbon/didbon.yaml, or the embedded one)',
    )
    .exitOverride()
    .showHelpAfterError('(didbon --help lists the commands)')

  // Commands are loaded when they are run: `outages` need not wait for what only the daemon uses.
  const command = (
    name: string,
    description: string,
    run: (options: never) => Promise<number>,
    under: Command = root,
  ) =>
    under
      .command(name)
      .description(description)
      .action(async (...given: unknown[]) => {
        const self = given.at(-1) as Command
        done(await run({ ...self.optsWithGlobals<object>(), args: self.args } as never))
      })

  command('serve', 'run the lookout until told to stop', async (options) =>
    (await import('./commands/serve.ts')).serveCommand(options),
  )
  command('check', 'validate the configuration and print what would run', async (options) =>
    (await import('./commands/check.ts')).checkCommand(options),
  ).option('--json', 'one JSON document on stdout')
  command('probe', 'look at a service or a URL once, now', async (options) =>
    (await import('./commands/probe.ts')).probeCommand(options),
  )
    .argument('<service-or-url>', 'a service id such as facebook, or an http(s) URL')
    .option('--vantage <id>', 'from this vantage only')
    .option('--explain', 'print every observation, every rule tried and the one that fired')
    .option('--json', 'one JSON document on stdout')
  command('outages', 'print the log of outages', async (options) =>
    (await import('./commands/outages.ts')).outagesCommand(options),
  )
    .option('--service <id>', 'only this service')
    .option('--vantage <id>', 'only from this vantage')
    .addOption(new Option('--cause <cause>', 'only with this cause').choices(CAUSES))
    .option('--since <time>', 'not ended before: 2015-05-23, 2015-05-23T10:00:00Z, or 7d ago')
    .option('--until <time>', 'begun before')
    .option('--open', 'only those that last')
    .option('--limit <n>', 'at most so many, newest first', count, 1000)
    .addOption(format())
  command('incidents', 'print outages that belong together, measured or reported', async (options) =>
    (await import('./commands/incidents.ts')).incidentsCommand(options),
  )
    .addOption(new Option('--kind <kind>', 'only what we measured, or what others reported').choices(KINDS))
    .option('--service <id>', 'only those that hit this service')
    .option('--since <time>', 'not ended before: 2015-05-23, 2015-05-23T10:00:00Z, or 7d ago')
    .option('--until <time>', 'begun before')
    .option('--limit <n>', 'at most so many, newest first', count, 1000)
    .addOption(format())
  command(
    'incident',
    'print one incident: its outages or reports, and what it may have followed',
    async (options) => (await import('./commands/incident.ts')).incidentCommand(options),
  )
    .argument('<id>', 'as printed by incidents')
    .option('--json', 'one JSON document on stdout')
  command(
    'correlate',
    'rank the events that incidents may have followed, and test the whole record',
    async (options) => (await import('./commands/correlate.ts')).correlateCommand(options),
  )
    .argument('[incident]', 'one incident, with every candidate; left out: all')
    .option('--json', 'one JSON document on stdout')
  command('timeline', 'draw what held when, a strip per service and vantage', async (options) =>
    (await import('./commands/timeline.ts')).timelineCommand(options),
  )
    .addOption(new Option('--since <time>', '2015-05-23, 2015-05-23T10:00:00Z, or 7d ago').default('7d'))
    .option('--until <time>', 'default: now')
    .option('--service <id>', 'only this service')
    .option('--vantage <id>', 'only from this vantage; leaves out reports, which seldom say')
    .option('--width <n>', 'columns to draw in (default: those of the terminal)', count)
    .option('--json', 'one JSON document on stdout')
  command(
    'report',
    'write a summary in Markdown: uptime, blocked hours, incidents, triggers and sources',
    async (options) => (await import('./commands/report.ts')).reportCommand(options),
  )
    .requiredOption('--since <time>', '2015-05-23, 2015-05-23T10:00:00Z, or 7d ago')
    .option('--until <time>', 'default: now')
  events(command, root)
  tokens(command, root)
  command('vantages', 'print the vantage points and their last known health', async (options) =>
    (await import('./commands/vantages.ts')).vantagesCommand(options),
  ).option('--json', 'one JSON document on stdout')
  command(
    'demo',
    'play the founding case in a simulated internet and score what the lookout saw',
    async (options) => (await import('./commands/demo.ts')).demoCommand(options),
  )
    .option('--json', 'the scorecard as one JSON document on stdout')
    .option('--keep', 'leave lab and daemon running afterwards')
    .option('--port <n>', 'port of the daemon during the demo', count, 8080)
    .option('--seed <n>', 'seed of what is random in the lab', count, 1)
  return root
}

const KINDS = ['measured', 'reported'] as const

type Register = (
  name: string,
  description: string,
  run: (options: never) => Promise<number>,
  under: Command,
) => Command

function events(command: Register, root: Command): void {
  const under = root.command('events').description('the documented events that outages may have followed')
  command(
    'list',
    'print the events',
    async (options) => (await import('./commands/events.ts')).eventsListCommand(options),
    under,
  )
    .addOption(new Option('--kind <kind>', 'only this kind').choices(EVENT_KINDS))
    .addOption(new Option('--role <role>', 'only with this role').choices(EVENT_ROLES))
    .option('--service <id>', 'only those that speak of this service')
    .option('--since <time>', 'not before: 2015-05-23, 2015-05-23T10:00:00Z, or 7d ago')
    .option('--until <time>', 'begun before')
    .option('--retracted', 'also those that were retracted')
    .option('--limit <n>', 'at most so many, newest first', count, 1000)
    .addOption(format())
  command(
    'show',
    'print one event, its sources and every change made to it',
    async (options) => (await import('./commands/events.ts')).eventsShowCommand(options),
    under,
  )
    .argument('<id>', 'as printed by events list')
    .addOption(new Option('--json', 'one JSON document on stdout').conflicts('entry'))
    .option('--entry', 'the entry alone, as JSON: what --file of add and edit takes')
  const add = command(
    'add',
    'add an event, by a file or by flags',
    async (options) => (await import('./commands/events.ts')).eventsAddCommand(options),
    under,
  )
  flags(add, { role: ' (default: trigger)', country: ' (default: TJ)', confidence: ' (default: medium)' })
  const edit = command(
    'edit',
    'change an event: all of it by a file, or what the flags say; a list is replaced as a whole',
    async (options) => (await import('./commands/events.ts')).eventsEditCommand(options),
    under,
  ).argument('<id>', 'as printed by events list')
  flags(edit, { role: '', country: '', confidence: '' })
  command(
    'retract',
    'take an event out of every later answer; it stays in the record with its history',
    async (options) => (await import('./commands/events.ts')).eventsRetractCommand(options),
    under,
  ).argument('<id>', 'as printed by events list')
}

/** What can be said of an event on the command line. The schema of the files says what is allowed, not commander. */
function flags(command: Command, usual: { role: string; country: string; confidence: string }): void {
  const each = (value: string, before: readonly string[] = []) => [...before, value]
  command
    .option('--file <file>', 'the whole event as YAML or JSON, in the form of config/events.yaml; - = stdin')
    .option('--id <id>', 'links refer to it for ever (default: made of title and date)')
    .option('--title <title>', 'a short title')
    .option('--kind <kind>', EVENT_KINDS.join(', '))
    .option('--role <role>', `${EVENT_ROLES.join(', ')}${usual.role}`)
    .option(
      '--at <time>',
      'when it began: 2015-05, 2015-05-28, or 2015-05-28T15:00, local unless it has an offset',
    )
    .option('--lasted-until <time>', 'when it ended, if it had a length')
    .option('--time-zone <zone>', 'zone of these times (default: schedule.timezone)')
    .option('--scheduled', 'known in advance, so that an outage may come before it')
    .option('--no-scheduled', 'not known in advance')
    .option('--country <code>', `ISO 3166-1${usual.country}`)
    .option('--region <code>', 'ISO 3166-2 code of where it took place; may be repeated', each)
    .option('--service <id>', 'watched service it was published on or speaks of; may be repeated', each)
    .option('--other-target <domain>', 'the same for sites that are not watched; may be repeated', each)
    .option('--confidence <word>', `high, medium or low${usual.confidence}`)
    .option('--notes <text>', 'what else must be known')
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
    'make a token and print it, this once',
    async (options) => (await import('./commands/token.ts')).tokenCreateCommand(options),
    under,
  ).argument('<name>', 'whose it is; the audit log will say so')
  command(
    'list',
    'print who holds a token',
    async (options) => (await import('./commands/token.ts')).tokenListCommand(options),
    under,
  ).option('--json', 'one JSON document on stdout')
  command(
    'revoke',
    'make a token worthless from now on',
    async (options) => (await import('./commands/token.ts')).tokenRevokeCommand(options),
    under,
  ).argument('<name>', 'as printed by token list')
}

function format(): Option {
  return new Option('--format <format>', 'how to print them')
    .choices(['table', 'json', 'csv'])
    .default('table')
}

function count(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Not a whole number.')
  return Number(text)
}

async function main(argv: readonly string[]): Promise<number> {
  let code = 0
  try {
    await program((given) => {
      code = given
    }).parseAsync(argv)
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE
    if (!(error instanceof AppError)) throw error
    process.stderr.write(`didbon: ${error.message}\n`)
    return error.code === 'config_invalid' || error.code === 'usage' || error.code === 'not_found'
      ? EXIT_USAGE
      : EXIT_OUR_FAULT
  }
  return code
}

// A reader that has seen enough (`| head`) closes the pipe: that is no error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

process.exitCode = await main(process.argv)
