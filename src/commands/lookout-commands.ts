/** lookout-commands: run the daemon, ask whether it is alive, check its configuration, probe once. */
import { Option } from 'commander'
import { listening } from './listening.ts'
import { JSON_OPTION, type Register } from './register.ts'

/** Adds serve, health, check and probe. */
export function lookoutCommands(command: Register): void {
  listening(
    command(
      'serve',
      'run the daemon until it is stopped',
      async () => (await import('./serve.ts')).serveCommand,
    ),
  )
  listening(
    command(
      'health',
      'check whether the running daemon is alive',
      async () => (await import('./health.ts')).healthCommand,
    ),
  ).option('--ready', 'check whether it is ready: the schedule runs and the database accepts measurements')
  command(
    'check',
    'validate the configuration and print what would run',
    async () => (await import('./check.ts')).checkCommand,
  ).option(...JSON_OPTION)
  command(
    'probe',
    'probe a service or a URL once, now',
    async () => (await import('./probe.ts')).probeCommand,
  )
    .argument('<service-or-url>', 'a service id such as facebook, or an http(s) URL')
    .addOption(
      new Option(
        '--plan <plan>',
        'probe in full, find out by trials how a block works, or measure throughput',
      )
        .choices(['full', 'diagnose', 'throughput'])
        .default('full'),
    )
    .option('--vantage <id>', 'from this vantage only')
    .option('--explain', 'print every observation or trial, every rule tried and the one that fired')
    .option(...JSON_OPTION)
}
