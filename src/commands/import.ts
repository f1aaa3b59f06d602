/**
 * import: other people's measurements, judged by our rules.
 *
 * file -> lines -> measurements -> judge -> one line each (--dry-run), or into the store
 */
import { open } from 'node:fs/promises'
import { judge } from '../judge/judge.ts'
import { AppError } from '../model/error.ts'
import type { Verdict } from '../model/verdict.ts'
import { type ReadMeasurement, readMeasurements } from '../ooni/read.ts'
import { printable } from '../views/text/table.ts'
import { type ImportCount, countRead, newCount, summary } from './import-count.ts'
import { importInto } from './import-store.ts'
import { streamOut } from './stream-out.ts'

export interface ImportOptions {
  readonly config?: string
  readonly args: readonly string[]
  readonly format: 'ooni'
  readonly dryRun?: boolean
  readonly json?: boolean
}

/** Reads a file, or standard input for `-`. @returns 1 when nothing in it could be read, else 0 */
export async function importCommand(options: ImportOptions): Promise<number> {
  const count = newCount()
  const measurements = counted(options.args[0]!, count)
  const notes =
    options.dryRun === true
      ? await printAll(measurements, options.json === true ? asJson : asText)
      : await importInto(options.config, measurements, verdictOf)
  process.stderr.write(`${[summary(count), ...notes].join('\n')}\n`)
  return count.measurements === 0 && count.malformed > 0 ? 1 : 0
}

async function printAll(
  measurements: AsyncIterable<ReadMeasurement>,
  show: (read: ReadMeasurement, verdict: Verdict) => string,
): Promise<string[]> {
  const out = streamOut()
  for await (const read of measurements) {
    const slow = out.line(show(read, verdictOf(read)))
    if (slow !== null) await slow
  }
  await out.end()
  return []
}

/** The measurements of a file, while everything in it is counted. */
async function* counted(path: string, count: ImportCount): AsyncGenerator<ReadMeasurement> {
  for await (const read of readMeasurements(await bytesOf(path))) {
    countRead(count, read)
    if (read.kind === 'measurement') yield read
  }
}

async function bytesOf(path: string): Promise<AsyncIterable<Buffer>> {
  if (path === '-') return process.stdin
  try {
    const file = await open(path)
    if ((await file.stat()).isDirectory()) {
      await file.close()
      throw new AppError('usage', `${path} is a folder; give one file, or - for standard input`)
    }
    return file.createReadStream({ highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>
  } catch (error) {
    if (error instanceof AppError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new AppError('usage', `${path} cannot be read: ${reason}`, { cause: error })
  }
}

/** It brings its own control; of the vantage's canaries nothing is known. */
function verdictOf({ measurement }: ReadMeasurement): Verdict {
  return judge(measurement, [], 'unknown')
}

/** @see ooni/README.md: these keys, in this order */
function asJson({ input }: ReadMeasurement, verdict: Verdict): string {
  const { blocking, accessible, outcome, mechanism, rule } = verdict
  return JSON.stringify({ input, blocking, accessible, outcome, mechanism, rule })
}

function asText({ measurement }: ReadMeasurement, verdict: Verdict): string {
  const { outcome, mechanism, rule, blocking, accessible } = verdict
  const when = new Date(measurement.startedAt).toISOString().slice(0, 19)
  return `${when}  ${measurement.vantage}  ${printable(measurement.url).slice(0, 200)}  ${outcome}${mechanism === null ? '' : ` ${mechanism}`} (${rule}); OONI blocking ${JSON.stringify(blocking)}, accessible ${accessible}`
}
