/** Problems in a configuration: where, what is wrong, what would be right; and how they are shown to the operator. */
import { AppError } from '../model/error.ts'

/** Keys and list positions from the top of a file down to a value. */
export type KeyPath = readonly (string | number)[]

/** One thing to put right. `line` and `column` count from 1; 0 = the file as a whole. */
export interface Problem {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly path: KeyPath
  readonly text: string
}

/** A key path as people write it: `vantages[0].resolvers[1]`, `endpoints["a b"].url`. */
export function showPath(path: KeyPath): string {
  let text = ''
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`
    else if (/^[\w-]+$/.test(step)) text += text === '' ? step : `.${step}`
    else text += `[${JSON.stringify(step)}]`
  }
  return text
}

/** All problems in one error, a line each, in the order of the files. Said twice is shown once. */
export function configInvalid(problems: readonly Problem[]): AppError {
  const sorted = [...problems].sort((a, b) => a.line - b.line || a.column - b.column)
  const files = [...new Set(problems.map((p) => p.file))]
  const lines = new Set(files.flatMap((file) => sorted.filter((p) => p.file === file).map(showProblem)))
  const count = lines.size === 1 ? '1 problem' : `${lines.size} problems`
  return new AppError('config_invalid', [`the configuration has ${count}:`, ...lines].join('\n'))
}

function showProblem(problem: Problem): string {
  const at = problem.line > 0 ? `${problem.file}:${problem.line}:${problem.column}` : problem.file
  const path = showPath(problem.path)
  return path === '' ? `${at}  ${problem.text}` : `${at}  ${path}: ${problem.text}`
}

/** Enough for whatever holds credentials; a longer value would take long to look through. */
const MOST_READ = 2000

/** A value as a message may show it: short, and never with credentials in it. */
export function showValue(value: unknown): string {
  if (value === null) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a mapping'
  if (typeof value === 'number') return String(value) // JSON knows no infinity, and would say null
  if (typeof value !== 'string') return JSON.stringify(value)
  // up to the last @: a password may hold anything, and what cannot be read as a URL even a slash
  const masked = value.slice(0, MOST_READ).replace(/\/\/\S*@/g, '//***@')
  return JSON.stringify(masked.length > 80 ? `${masked.slice(0, 77)}...` : masked)
}
