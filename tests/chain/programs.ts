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
  'prometheus-blackbox-exporter': 'prometheus-blackbox-exporter',
} as const
export type Program = keyof typeof PACKAGES

/** What is missing and how to get it; `null` when all are there. */
export function missing(programs: readonly Program[]): string | null {
  const gone = programs.filter((program) => !isInstalled(program))
  if (gone.length === 0) return null
  const packages = [...new Set(gone.map((program) => PACKAGES[program]))].join(' ')
  return `${gone.join(', ')} not on the path; on Debian: apt-get install ${packages}`
}

/** Skips the test, with the reason, when one of them is missing; fails it where CI=true. */
export function needs({ skip }: TestContext, ...programs: readonly Program[]): void {
  const why = missing(programs)
  if (why === null) return
  if (process.env['CI'] === 'true') throw new Error(why)
  console.warn(`skipped: ${why}`) // the reporter does not say why
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
