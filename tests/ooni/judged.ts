/** What our rules say of a document, as an import prints it. */
import { judge } from '../../src/judge/judge.ts'
import type { Json } from '../../src/ooni/json.ts'
import { measurementOf } from '../../src/ooni/measurement.ts'

export function judged(document: object) {
  const measurement = measurementOf(document as Json, JSON.stringify(document))
  const { blocking, accessible, outcome, mechanism, rule } = judge(measurement, [], 'unknown')
  return { blocking, accessible, outcome, mechanism, rule }
}

/** `blocking` and `accessible` alone. */
export function keysOf(document: object) {
  const { blocking, accessible } = judged(document)
  return { blocking, accessible }
}
