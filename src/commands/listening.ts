/** listening: where the daemon listens when the command line or the environment says so, whatever the file says. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Config } from '../config/config.ts'

export interface Listening {
  readonly host?: string
  readonly port?: number
}

/** Adds the options to a command that listens, or that asks whoever does. */
export function listening(command: Command): Command {
  return command
    .addOption(hostOption())
    .addOption(
      new Option('--port <n>', 'listen on this port instead of serve.port')
        .env('DIDBON_PORT')
        .argParser(portOf),
    )
}

export function hostOption(): Option {
  return new Option('--host <address>', 'listen on this address instead of serve.host').env('DIDBON_HOST')
}

/** The configuration with what was said outside the file. */
export function listeningAs(config: Config, { host, port }: Listening): Config {
  const { serve } = config
  return { ...config, serve: { ...serve, host: host ?? serve.host, port: port ?? serve.port } }
}

function portOf(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text)
  throw new InvalidArgumentError('Not a port: write a whole number from 0 to 65535.')
}
