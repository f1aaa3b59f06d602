/** validation-problem: what a zod schema has against a query or a body, in sentences: where, what was found, what would be right. */
import type { z } from 'zod'
import { Problem, type Complaint } from './problem.ts'

type Path = readonly PropertyKey[]

/** Refuses what does not fit; 422, with every complaint at once. */
export function validationProblem(
  error: z.ZodError,
  { part, input, known }: { part: Complaint['in']; input: unknown; known: readonly string[] },
): Problem {
  const complaints = error.issues.flatMap((issue) => complaintsOf(issue, part, input, known))
  return new Problem(
    422,
    complaints.map(({ at, detail }) => (at === '' ? `The ${part} ${detail}` : `${at}: ${detail}`)).join('; '),
    { complaints },
  )
}

function complaintsOf(
  issue: z.core.$ZodIssue,
  part: Complaint['in'],
  input: unknown,
  known: readonly string[],
): Complaint[] {
  if (issue.code === 'unrecognized_keys') {
    const among = issue.path.length === 0 && known.length > 0 ? `; there are ${known.join(', ')}` : ''
    const what = part === 'query' ? 'is not a parameter here' : 'is not a known key'
    return issue.keys.map((key) => ({
      in: part,
      at: showPath([...issue.path, key]),
      detail: what + among,
    }))
  }
  return [{ in: part, at: showPath(issue.path), detail: sentence(issue, valueAt(input, issue.path)) }]
}

function sentence(issue: z.core.$ZodIssue, value: unknown): string {
  if (issue.code === 'custom' && issue.params?.whole === true) return issue.message
  return value === undefined ? `is missing; it ${issue.message}` : `${issue.message}, not ${showValue(value)}`
}

function showPath(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`
    return text === '' ? String(step) : `${text}.${String(step)}`
  }, '')
}

function valueAt(input: unknown, path: Path): unknown {
  return path.reduce((at, step) => (at as Record<PropertyKey, unknown> | null | undefined)?.[step], input)
}

function showValue(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a mapping'
  return JSON.stringify(typeof value === 'string' && value.length > 80 ? `${value.slice(0, 77)}...` : value)
}
