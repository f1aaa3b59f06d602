/** export: the record for other programs to read, on standard output, a line at a time. A format is one entry of FORMATS. */
import { AppError } from '../model/error.ts'
import { exportOoni } from './export-ooni.ts'
import { exportOpenMetrics } from './export-openmetrics.ts'
import { periodOf } from './period.ts'
import type { Export, ExportFormat, ExportOptions } from './export-format.ts'
import type { Period } from '../views/state-series.ts'
import { streamOut } from './stream-out.ts'
import { type Opened, withHistory } from './with-history.ts'

const FORMATS: Readonly<
  Record<ExportFormat, (opened: Opened, period: Period, options: ExportOptions) => Promise<Export>>
> = {
  openmetrics: exportOpenMetrics,
  ooni: exportOoni,
}

/** Writes it as fast as whoever reads takes it, and keeps nothing. @returns exit code */
export async function exportCommand(options: ExportOptions): Promise<number> {
  return withHistory(options.config, async (opened) => {
    const period = periodOf(sinceOf(options), options.until, opened.now)
    const { lines, summary } = await FORMATS[options.format](opened, period, options)
    const out = streamOut()
    for await (const line of lines) {
      const slow = out.line(line)
      if (slow !== null) await slow
    }
    await out.end()
    process.stderr.write(`${summary()}\n`)
    return 0
  })
}

/** Samples at every step of all time would be without end; measurements are as many as there are. */
function sinceOf({ format, since }: ExportOptions): string {
  if (since !== undefined) return since
  if (format === 'ooni') return '1970-01-01'
  throw new AppError('usage', `--format ${format} needs --since: 2015-05-23, 2015-05-23T10:00:00Z, or 7d ago`)
}
