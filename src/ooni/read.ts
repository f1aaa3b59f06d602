/**
 * read: OONI's JSONL in, one of our measurements per web_connectivity line out.
 *
 * A line that cannot be used is named and counted, and never ends the reading.
 */
import type { Measurement } from '../model/measurement.ts'
import { isObject, type Json, textOf } from './json.ts'
import { type Line, type LineLimits, readLines } from './lines.ts'
import { inputOf, measurementOf } from './measurement.ts'
import { type Origin, originOf } from './identity.ts'

/** The only test we can judge. */
const TEST = 'web_connectivity'

export interface ReadMeasurement {
  readonly kind: 'measurement'
  readonly number: number
  /** the URL, as the measurement gives it */
  readonly input: string | null
  readonly origin: Origin
  readonly measurement: Measurement
}

/** What one line came to. */
export type Read =
  | ReadMeasurement
  | { readonly kind: 'other-test'; readonly number: number; readonly test: string }
  | { readonly kind: 'malformed'; readonly number: number; readonly why: string }

export async function* readMeasurements(
  source: AsyncIterable<Buffer>,
  limits?: LineLimits,
): AsyncGenerator<Read> {
  for await (const line of readLines(source, limits)) {
    const read = readLine(line)
    if (read !== null) yield read
  }
}

function readLine(line: Line): Read | null {
  const { number } = line
  const malformed = (why: string): Read => ({ kind: 'malformed', number, why })
  if (line.kind === 'too-long') return malformed('the line is longer than any measurement')
  if (line.kind === 'broken') return malformed(`the file could not be read further: ${line.why}`)
  const text = line.bytes.toString('utf8').trim()
  if (text === '') return null
  const raw = parsed(text)
  if (raw === null) return malformed('not a JSON object')
  const test = textOf(raw['test_name'])
  if (test === null) return malformed('no test_name')
  if (test !== TEST) return { kind: 'other-test', number, test }
  return {
    kind: 'measurement',
    number,
    input: inputOf(raw),
    origin: originOf(raw),
    measurement: measurementOf(raw, text),
  }
}

function parsed(text: string): Json | null {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : null
  } catch {
    return null
  }
}
