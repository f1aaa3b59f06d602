/** check: is the configuration sound, and what would run? */
import { describeConfig, formatDescription } from '../config/describe.ts'
import { loadConfig } from '../config/load.ts'
import { locateConfig } from '../config/locate.ts'

export interface CheckOptions {
  readonly config?: string
  readonly json?: boolean
}

/**
 * Prints services, endpoints in force, vantages, controls, canaries and probes an hour.
 *
 * @returns exit code
 * @throws AppError `config_invalid` naming every problem at once
 */
export async function checkCommand({ config: file, json }: CheckOptions): Promise<number> {
  const path = locateConfig(file, process.env)
  const description = describeConfig(await loadConfig(path, process.env), Date.now())
  process.stdout.write(
    json === true
      ? `${JSON.stringify(description, null, 2)}\n`
      : `${path} is valid.\n\n${formatDescription(description).join('\n')}\n`,
  )
  return 0
}
