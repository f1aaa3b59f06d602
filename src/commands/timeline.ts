/** timeline: what held when, as a row of blocks per service and vantage. */
import { styleText } from 'node:util'
import { AppError } from '../model/error.ts'
import { showTimeline } from '../views/rows/timeline.ts'
import { periodOf } from './period.ts'
import { type Paint, timelineText } from './timeline-text.ts'
import { print, printJson } from './print.ts'
import { withHistory } from './with-history.ts'

export interface TimelineOptions {
  readonly config?: string
  readonly since: string
  readonly until?: string
  readonly service?: string
  readonly vantage?: string
  readonly width?: number
  readonly json?: boolean
}

const USUAL_COLUMNS = 100

/** Prints series; in colour on a terminal, unless NO_COLOR is set. @returns exit code */
export async function timelineCommand(options: TimelineOptions): Promise<number> {
  return withHistory(options.config, async ({ config, history, now }) => {
    const period = periodOf(options.since, options.until, now)
    const { service, vantage } = options
    const known = {
      service: config.services.map(({ id }) => id),
      vantage: config.vantages.map(({ id }) => id),
    }
    const rows = await history.timeline({
      since: period.fromAt,
      until: period.untilAt,
      ...(service !== undefined && { service }),
      ...(vantage !== undefined && { vantage }),
    })
    for (const key of ['service', 'vantage'] as const) {
      const wanted = options[key]
      if (rows.length === 0 && wanted !== undefined && !known[key].includes(wanted)) {
        throw new AppError(
          'usage',
          `--${key}: '${wanted}' is neither configured nor in the record of that time; configured: ${known[key].join(', ')}`,
        )
      }
    }
    if (options.json === true) {
      printJson(showTimeline(rows).rows)
    } else {
      const width = options.width ?? (process.stdout.columns || USUAL_COLUMNS) // 0 = a terminal that does not say
      print(timelineText(rows, period, width, now, { paint, reports: vantage === undefined }))
    }
    return 0
  })
}

/** Node leaves colour out by itself where stdout is no terminal, or NO_COLOR is set. */
const paint: Paint = (colour, text) => styleText(colour, text, { stream: process.stdout })
