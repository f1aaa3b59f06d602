/**
 * program: every command with its options, and what becomes of what they throw.
 *
 * Commands are loaded when they are run: `outages` need not wait for what only the daemon uses.
 */
import { Command, CommanderError } from 'commander'
import { AppError } from '../model/error.ts'
import { VERSION } from '../version.ts'
import { eventCommands, tokenCommands } from './event-commands.ts'
import { lookoutCommands } from './lookout-commands.ts'
import { measurementCommands } from './measurement-commands.ts'
import { recordCommands } from './record-commands.ts'
import type { Register } from './register.ts'

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

  const command: Register = (name, description, load, under = root) =>
    under
      .command(name)
      .description(description)
      .action(async (...given: unknown[]) => {
        const self = given.at(-1) as Command
        const run = await load()
        done(await run({ ...self.optsWithGlobals<object>(), args: self.args } as never))
      })

  lookoutCommands(command)
  recordCommands(command)
  eventCommands(command, root)
  tokenCommands(command, root)
  measurementCommands(command)
  return root
}
