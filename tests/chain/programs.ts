/** Programs of Prometheus that tests run: found on the path, or the test says it was skipped and why. In CI they must be there. */
import { execFile } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { TestContext } from 'vitest'

/** The Debian package each comes in. */
const PACKAGES = {
  promtool: 'prometheus',
  prometheus: 'prometheus',
  amtool: 'prometheus-alertmanager',
  'prometheus-alertmanager': 'prometheus-alertmanager',
} as const
export type Program = keyof typeof PACKAGES

/** Skips the test, with the reason, when one of them is missing; fails it where CI=true. */
export function needs({ skip }: TestContext, ...programs: readonly Program[]): void {
  const missing = programs.filter((program) => !isInstalled(program))
  if (missing.length === 0) return
  const packages = [...new Set(missing.map((program) => PACKAGES[program]))].join(' ')
  const why = `${missing.join(', ')} not on the path; on Debian: apt-get install ${packages}`
  if (process.env['CI'] === 'true') throw new Error(why)
  skip(why)
}

/** Runs one to its end. @returns what it printed on both outputs; rejects, with that in the message, when it fails */
export function run(program: Program, args: readonly string[], cwd: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, args, { cwd, timeout: 60_000 }, (error, stdout, stderr) => {
      const printed = stdout + stderr
      if (error === null) resolve(printed)
      else reject(new Error(`${program} ${args.join(' ')}: ${error.message}\n${printed}`))
    })
  })
}

function isInstalled(program: Program): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}
