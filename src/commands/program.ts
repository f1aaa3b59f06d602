/**
 * program: every command with its options, and what becomes of what they throw.
 *
 * Commands are loaded when they are run: `outages` need not wait for what only the daemon uses.
 */
import { Command, CommanderError, Option } from 'commander'
import { AppError } from '../model/error.ts'
import { CAUSES } from '../model/outage.ts'
import { VERSION } from '../version.ts'
import { registerHistory } from './history-program.ts'
import { hostOption, listening } from './listening.ts'
import { type Register, count, format, seconds } from './register.ts'

const EXIT_OUR_FAULT = 1
const EXIT_USAGE = 2

/**
 * Runs one command.
 *
 * @param argv as in process.argv
 * @returns exit code; what an operator can mend is told on stderr
 */
export async function runProgram(argv: readonly string[]): Promise<number> {
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

/** Every command, unparsed; `done` is given the exit code of the one that was run. */
export function program(done: (code: number) => void): Command {
  const root = new Command('didbon')
    .description(
      'Watches whether services can be reached, tells censorship from faults, and records outages.',
    )
    .version(VERSION)
    .option(
      '-c, --config <file>',
      'configuration file (default: $DIDBON_CONFIG, /etc/didbon/didbon.yaml, or the embedded one)',
    )
    .exitOverride()
    .showHelpAfterError('(didbon --help lists the commands)')

  const command: Register = (name, description, run, under = root) =>
    under
      .command(name)
      .description(description)
      .action(async (...given: unknown[]) => {
        const self = given.at(-1) as Command
        done(await run({ ...self.optsWithGlobals<object>(), args: self.args } as never))
      })

  listening(
    command('serve', 'run the daemon until it is stopped', async (options) =>
      (await import('./serve.ts')).serveCommand(options),
    ),
  )
  listening(
    command('health', 'check whether the running daemon is alive', async (options) =>
      (await import('./health.ts')).healthCommand(options),
    ),
  ).option('--ready', 'check whether it is ready: the schedule runs and the database accepts measurements')
  command('check', 'validate the configuration and print what would run', async (options) =>
    (await import('./check.ts')).checkCommand(options),
  ).option('--json', 'one JSON document on stdout')
  command('probe', 'probe a service or a URL once, now', async (options) =>
    (await import('./probe.ts')).probeCommand(options),
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
    .option('--json', 'one JSON document on stdout')
  command('outages', 'print the log of outages, measured and reported by others', async (options) =>
    (await import('./outages.ts')).outagesCommand(options),
  )
    .addOption(
      new Option('--kind <kind>', 'only measured by this instance, or only reported by others')
        .choices(['measured', 'reported', 'all'])
        .default('all'),
    )
    .option('--service <id>', 'only this service')
    .option('--vantage <id>', 'only from this vantage; leaves out reports, which rarely say')
    .addOption(new Option('--cause <cause>', 'only measured ones with this cause').choices(CAUSES))
    .option('--since <time>', 'not ended before: 2015-05-23, 2015-05-23T10:00:00Z, or 7d ago')
    .option('--until <time>', 'begun before')
    .option('--open', 'only measured ones that are ongoing')
    .option('--limit <n>', 'maximum number, newest first', count, 1000)
    .addOption(format())
  registerHistory(command, root)
  command('import', 'import measurements made by others, judged by the rules of didbon', async (options) =>
    (await import('./import.ts')).importCommand(options),
  )
    .argument('<file>', 'JSONL, plain or gzip; - for standard input')
    .addOption(new Option('--format <format>', 'format of the file').choices(['ooni']).default('ooni'))
    .option('--dry-run', 'judge and print, store nothing')
    .option('--json', 'one JSON object per measurement, a line each')
  command('vantages', 'print the vantage points and their last known health', async (options) =>
    (await import('./vantages.ts')).vantagesCommand(options),
  ).option('--json', 'one JSON document on stdout')
  command('replay', 'judge stored measurements again, and print what would change', async (options) =>
    (await import('./replay.ts')).replayCommand(options),
  )
    .addOption(new Option('--since <time>', '2015-05-23, 2015-05-23T10:00:00Z, or 7d ago').default('7d'))
    .option('--until <time>', 'default: to the end of what is stored')
    .option(
      '--rules <file>',
      'YAML: detect settings, weights of rules, and rules that are off, to use instead',
    )
    .option('--service <id>', 'print only outages of this service')
    .option('--vantage <id>', 'print only outages from this vantage')
    .option('--write', 'replace what is stored by the result; no daemon may be running')
    .option('--json', 'one JSON document on stdout')
  command(
    'evaluate',
    'score detection on labelled traces, compared with the rules of other monitors',
    async (options) => (await import('./evaluate.ts')).evaluateCommand(options),
  )
    .argument('[file]', 'a trace: one JSON object a line')
    .option('--generate <what>', 'a seeded world: seed=1[,years=10,vantages=5,heartbeatS=30,loss=0.01]')
    .option('--out <file>', 'write the generated world as a trace instead of scoring it')
    .option('--json', 'one JSON document on stdout')
  command(
    'demo',
    'play a documented case in a simulated internet and score what didbon detected',
    async (options) => (await import('./demo.ts')).demoCommand(options),
  )
    .option('--json', 'the scorecard as one JSON document on stdout')
    .option('--keep', 'keep lab and daemon running afterwards')
    .addOption(hostOption())
    .option('--port <n>', 'port of the daemon (default: 8080 with --keep, else any free one)', count)
    .option(
      '--hold <s>',
      'seconds that each act continues once it is detected; 30 lets Prometheus see it',
      seconds,
      1.5,
    )
    .option('--seed <n>', 'random seed of the lab', count, 1)
  return root
}
