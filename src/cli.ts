#!/usr/bin/env node
/**
 * cli: argv in, one command run, an exit code out.
 *
 * 0 fine · 1 our fault · 2 usage or configuration · 3 a probe found an anomaly, a confirmed block or a site that is down
 */
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { checkCommand } from './commands/check.ts'
import { demoCommand } from './commands/demo.ts'
import { outagesCommand } from './commands/outages.ts'
import { probeCommand } from './commands/probe.ts'
import { serveCommand } from './commands/serve.ts'
import { vantagesCommand } from './commands/vantages.ts'
import { AppError } from './model/error.ts'
import { CAUSES } from './model/outage.ts'
import { VERSION } from './version.ts'

const EXIT_OUR_FAULT = 1
const EXIT_USAGE = 2

function program(done: (code: number) => void): Command {
  const root = new Command('didbon')
    .description('Watches whether services can be reached, tells censorship from faults, and logs outages.')
    .version(VERSION)
    .option('-c, --config <file>', 'configuration file (default: $DIDBON_CONFIG, /etc/didbon/didbon.yaml, or the embedded one)')
    .exitOverride()
    .showHelpAfterError('(didbon --help lists the commands)')

  const command = <Options>(name: string, description: string, run: (options: Options & { config?: string }) => Promise<number>) =>
    root
      .command(name)
      .description(description)
      .action(async (...args: unknown[]) => {
        const self = args.at(-1) as Command
        done(await run({ ...(self.optsWithGlobals() as Options & { config?: string }), args: self.args } as never))
      })

  command('serve', 'run the lookout until told to stop', serveCommand)
  command('check', 'validate the configuration and print what would run', checkCommand)
    .option('--json', 'one JSON document on stdout')
  command('probe', 'look at a service or a URL once, now', probeCommand)
    .argument('<service-or-url>', 'a service id such as facebook, or an http(s) URL')
    .option('--vantage <id>', 'from this vantage only')
    .option('--explain', 'print every observation, every rule tried and the one that fired')
    .option('--json', 'one JSON document on stdout')
  command('outages', 'print the log of outages', outagesCommand)
    .option('--service <id>', 'only this service')
    .option('--vantage <id>', 'only from this vantage')
    .addOption(new Option('--cause <cause>', 'only with this cause').choices(CAUSES))
    .option('--since <time>', 'not ended before: 2015-05-23, 2015-05-23T10:00:00Z, or 7d ago')
    .option('--until <time>', 'begun before')
    .option('--open', 'only those that last')
    .option('--limit <n>', 'at most so many, newest first', count, 1000)
    .addOption(new Option('--format <format>', 'how to print them').choices(['table', 'json', 'csv']).default('table'))
  command('vantages', 'print the vantage points and their last known health', vantagesCommand)
    .option('--json', 'one JSON document on stdout')
  command('demo', 'play the founding case in a simulated internet and score what the lookout saw', demoCommand)
    .option('--json', 'the scorecard as one JSON document on stdout')
    .option('--keep', 'leave lab and daemon running afterwards')
    .option('--port <n>', 'port of the daemon during the demo', count, 8080)
    .option('--seed <n>', 'seed of what is random in the lab', count, 1)
  return root
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
    return error.code === 'config_invalid' || error.code === 'usage' || error.code === 'not_found' ? EXIT_USAGE : EXIT_OUR_FAULT
  }
  return code
}

// A reader that has seen enough (`| head`) closes the pipe: that is no error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

process.exitCode = await main(process.argv)
