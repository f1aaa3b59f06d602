/** export: the record for other programs to read, on standard output, a line at a time. A format is one entry of FORMATS. */
import { AppError } from '../model/error.ts'
import { exportOoni } from './export-ooni.ts'
import { exportOpenMetrics } from './export-openmetrics.ts'
import { periodOf } from './period.ts'
import type { ExportFormat } from './register.ts'
import type { Period } from '../views/strip.ts'
import { streamOut } from './stream-out.ts'
import { type Opened, withHistory } from './with-history.ts'

export interface ExportOptions {
  readonly config?: string
  readonly format: ExportFormat
  /** `openmetrics` needs it; else since ever */
  readonly since?: string
  readonly until?: string
  /** `openmetrics` only */
  readonly step?: string
  /** `ooni` only */
  readonly service?: string
  readonly vantage?: string
}

/** What a format makes of the record. */
export interface Export {
  readonly lines: AsyncIterable<string>
  /** what to tell on stderr once all is written; asked at the end */
  readonly told: () => string
}

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
    const { lines, told } = await FORMATS[options.format](opened, period, options)
    const out = streamOut()
    for await (const line of lines) {
      const slow = out.line(line)
      if (slow !== null) await slow
    }
    await out.end()
    process.stderr.write(`${told()}\n`)
    return 0
  })
}

/** Samples at every step of all time would be without end; measurements are as many as there are. */
function sinceOf({ format, since }: ExportOptions): string {
  if (since !== undefined) return since
  if (format === 'ooni') return '1970-01-01'
  throw new AppError('usage', `--format ${format} needs --since: 2015-05-23, 2015-05-23T10:00:00Z, or 7d ago`)
}
