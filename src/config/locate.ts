/** Finds the configuration: what was asked for, else the machine's, else the one that comes with didbon. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Where an operator's configuration lies on a machine or in the image. */
const SYSTEM_PATH = '/etc/didbon/didbon.yaml'

export type Environment = Readonly<Record<string, string | undefined>>

/**
 * @param path value of `--config`, if given
 * @param env `DIDBON_CONFIG` is looked up in it
 * @returns a path; whether it can be read is found out by loadConfig
 */
export function locateConfig(path: string | undefined, env: Environment): string {
  if (path !== undefined) return path
  // a compose file passes on what is not set as nothing
  return env['DIDBON_CONFIG'] || (existsSync(SYSTEM_PATH) ? SYSTEM_PATH : embedded('didbon.yaml'))
}

/** The path of a file in the configuration folder that comes with didbon. */
export function embedded(file: string): string {
  return fileURLToPath(new URL(`../../config/${file}`, import.meta.url))
}
