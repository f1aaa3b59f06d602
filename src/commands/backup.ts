/** backup: a checked copy of the store, beside a running daemon or without one. */
import { parseLength } from '../model/time.ts'
import { type BackupStep, backupStore } from '../store/file/backup.ts'
import { configOf } from './config-of.ts'
import { interrupted } from './interrupted.ts'
import { print, printJson } from './print.ts'

export interface BackupCommandOptions {
  readonly config?: string
  readonly args: readonly string[]
  readonly deadline: string
  readonly json?: boolean
}

const REPORT_EVERY_MS = 1_000

/** Copies, tells how far it is on stderr, and prints what was copied. @returns exit code */
export async function backupCommand({
  config: file,
  args,
  deadline,
  json,
}: BackupCommandOptions): Promise<number> {
  const signal = AbortSignal.any([AbortSignal.timeout(parseLength(deadline, '--deadline')), interrupted()])
  const { store } = await configOf(file)
  const startedMs = performance.now()
  const done = await backupStore(
    { from: store.path, to: args[0]!, onProgress: progressReporter(startedMs) },
    signal,
  )
  const tookMs = Math.round(performance.now() - startedMs)
  if (json === true) printJson({ store: store.path, ...done, tookMs })
  else {
    const { file, bytes, rows } = done
    const { measurement = 0, outage = 0, event = 0 } = rows
    const held = `${measurement} measurements, ${outage} outages, ${event} events`
    print(`${file}: ${megabytes(bytes)} MB, checked: ${held}; ${(tookMs / 1000).toFixed(1)} s`)
  }
  return 0
}

/** The first step and the last are always told, and one a second in between. */
function progressReporter(startedMs: number): (step: BackupStep) => void {
  let toldMs = startedMs - REPORT_EVERY_MS
  return (step) => {
    if (step.kind === 'checking') process.stderr.write('copied; checking it from end to end\n')
    else if (performance.now() - toldMs >= REPORT_EVERY_MS) {
      toldMs = performance.now()
      process.stderr.write(
        `copied ${Math.floor((step.donePages / step.pages) * 100)} % of ${step.pages} pages\n`,
      )
    }
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1)
}
