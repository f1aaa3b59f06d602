/** commands: what every command says of itself with --help. */
import type { Command } from 'commander'
import { program } from '../../src/commands/program.ts'

export function commandReference(): string {
  return everyCommand()
    .map((command) => [`## ${nameOf(command)}`, '', '```text', helpOf(command), '```', ''].join('\n'))
    .join('\n')
}

/** Every command that does something by itself, in the order of --help; the program itself first. */
export function everyCommand(): readonly Command[] {
  const root = program(() => {})
  const under = (command: Command): readonly Command[] =>
    command.commands.length === 0 ? [command] : command.commands.flatMap(under)
  return [root, ...root.commands.flatMap(under)]
}

/** As it is typed, such as `didbon events list`. */
export function nameOf(command: Command): string {
  return command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`
}

/** What is printed on stdout, at a width that no terminal changes. */
function helpOf(command: Command): string {
  let printed = ''
  command.configureOutput({ writeOut: (text) => (printed += text), getOutHelpWidth: () => 100 })
  command.outputHelp()
  return printed.trim()
}
