/** record-commands: what asks the record, and copies it. */
import { Option } from 'commander'
import { CAUSES } from '../model/outage.ts'
import { EXPORT_FORMATS } from './export-format.ts'
import { JSON_OPTION, type Register, TIMES, count, format } from './register.ts'

const KINDS = ['measured', 'reported'] as const

/** Adds the lists of outages and incidents, and what is made of them: one incident, correlate, timeline, report, export, backup. */
export function recordCommands(command: Register): void {
  listCommands(command)
  command(
    'incident',
    'print one incident: its outages or reports, and what it may have followed',
    async () => (await import('./incident.ts')).incidentCommand,
  )
    .argument('<id>', 'as printed by incidents')
    .option(...JSON_OPTION)
  command(
    'correlate',
    'rank the events that incidents may have followed, and test the whole record',
    async () => (await import('./correlate.ts')).correlateCommand,
  )
    .argument('[incident]', 'one incident, with every candidate; left out: all')
    .option(...JSON_OPTION)
  command(
    'timeline',
    'draw the states over time, a line per service and vantage',
    async () => (await import('./timeline.ts')).timelineCommand,
  )
    .addOption(new Option('--since <time>', TIMES).default('7d'))
    .option('--until <time>', 'default: now')
    .option('--service <id>', 'only this service')
    .option('--vantage <id>', 'only from this vantage; leaves out reports, which rarely say')
    .option('--width <n>', 'columns to draw in (default: those of the terminal)', count)
    .option(...JSON_OPTION)
  command(
    'report',
    'write a summary in Markdown: uptime, blocked hours, incidents, triggers and sources',
    async () => (await import('./report.ts')).reportCommand,
  )
    .requiredOption('--since <time>', TIMES)
    .option('--until <time>', 'default: now')
  command(
    'export',
    'write the record for other programs to read, on stdout',
    async () => (await import('./export.ts')).exportCommand,
  )
    .addOption(
      new Option(
        '--format <format>',
        'openmetrics: states and outages as samples, for promtool tsdb create-blocks-from; ooni: full measurements as web_connectivity measurements',
      )
        .choices(EXPORT_FORMATS)
        .makeOptionMandatory(),
    )
    .option('--since <time>', `${TIMES} (ooni: default: everything)`)
    .option('--until <time>', 'default: now')
    .option('--step <length>', 'time between samples: 5m (default: 5m up to three months, then 1h)')
    .option('--service <id>', 'ooni: only measurements of this service')
    .option('--vantage <id>', 'ooni: only measurements from this vantage')
  command(
    'backup',
    'copy the store while the daemon keeps running, and check the copy',
    async () => (await import('./backup.ts')).backupCommand,
  )
    .argument('<file>', 'destination; it must not exist yet')
    .option('--deadline <length>', 'give up after this long', '1h')
    .option(...JSON_OPTION)
    .addHelpText('after', RESTORE)
}

function listCommands(command: Register): void {
  command(
    'outages',
    'print the log of outages, measured and reported by others',
    async () => (await import('./outages.ts')).outagesCommand,
  )
    .addOption(
      new Option('--kind <kind>', 'only measured by this instance, or only reported by others')
        .choices(['measured', 'reported', 'all'])
        .default('all'),
    )
    .option('--service <id>', 'only this service')
    .option('--vantage <id>', 'only from this vantage; leaves out reports, which rarely say')
    .addOption(new Option('--cause <cause>', 'only measured ones with this cause').choices(CAUSES))
    .option('--since <time>', `not ended before: ${TIMES}`)
    .option('--until <time>', 'begun before')
    .option('--open', 'only measured ones that are ongoing')
    .option('--limit <n>', 'maximum number, newest first', count, 1000)
    .addOption(format())
  command(
    'incidents',
    'print outages that belong together, measured or reported',
    async () => (await import('./incidents.ts')).incidentsCommand,
  )
    .addOption(
      new Option('--kind <kind>', 'only measured by this instance, or only reported by others').choices(
        KINDS,
      ),
    )
    .option('--service <id>', 'only those that affected this service')
    .option('--since <time>', `not ended before: ${TIMES}`)
    .option('--until <time>', 'begun before')
    .option('--limit <n>', 'maximum number, newest first', count, 1000)
    .addOption(format())
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
