/** config-of: the configuration of a command: the file that `--config` or the environment names, or the one that comes with it. */
import type { Config } from '../config/config.ts'
import { loadConfig } from '../config/load.ts'
import { locateConfig } from '../config/locate.ts'

/** @throws AppError config_invalid naming every problem */
export function configOf(file: string | undefined): Promise<Config> {
  return loadConfig(locateConfig(file, process.env), process.env)
}
