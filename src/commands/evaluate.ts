/** evaluate: labelled traces, or a generated world, through the engine, beside the rules of other monitors. */
import { closeSync, createReadStream, openSync, writeSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { DEFAULTS } from '../detect/settings.ts'
import { evaluateWorld, type Evaluation } from '../evaluate/evaluate.ts'
import { WORLD_DEFAULTS, type WorldOptions } from '../evaluate/generate.ts'
import { evaluateTrace } from '../evaluate/open-loop.ts'
import { writeTrace } from '../evaluate/write-trace.ts'
import { AppError } from '../model/error.ts'
import { nearest } from '../model/suggest.ts'
import { evaluationText } from './evaluate-text.ts'
import { print } from './print.ts'

export interface EvaluateOptions {
  readonly args: readonly string[]
  readonly generate?: string
  readonly out?: string
  readonly json?: boolean
}

/** @returns exit code */
export async function evaluateCommand({ args, generate, out, json }: EvaluateOptions): Promise<number> {
  const [file] = args
  if ((file === undefined) === (generate === undefined)) {
    throw new AppError('usage', 'evaluate takes either a FILE or --generate, such as --generate seed=1')
  }
  if (generate === undefined) return printResult(await ofFile(file!), json)
  const world = worldOf(generate)
  if (out === undefined) return printResult(evaluateWorld(world), json)
  const lines = toFile(world, out)
  print(`Wrote ${lines} lines to ${out}.`)
  return 0
}

function printResult(found: Evaluation, json: boolean | undefined): number {
  print(json === true ? JSON.stringify(found, null, 2) : evaluationText(found))
  return 0
}

async function ofFile(file: string): Promise<Evaluation> {
  if ((await stat(file).catch(() => null))?.isFile() !== true)
    throw new AppError(
      'not_found',
      `There is no trace at ${file}. evaluate --generate seed=1 --out FILE writes one.`,
    )
  return evaluateTrace(createInterface({ input: createReadStream(file) }), file, DEFAULTS)
}

/** Chunks of a megabyte: a trace of a year has millions of lines. */
function toFile(world: WorldOptions, out: string): number {
  let file: number
  try {
    file = openSync(out, 'wx')
  } catch (cause) {
    throw new AppError('usage', `--out: ${out} cannot be created. Name a file that does not exist yet.`, {
      cause,
    })
  }
  try {
    let waiting = ''
    const lines = writeTrace(world, (line) => {
      waiting += `${line}\n`
      if (waiting.length < CHUNK) return
      writeSync(file, waiting)
      waiting = ''
    })
    writeSync(file, waiting)
    return lines
  } finally {
    closeSync(file)
  }
}

const CHUNK = 1_000_000

const LIMITS: Readonly<
  Record<Exclude<keyof WorldOptions, 'faults'>, readonly [least: number, most: number]>
> = {
  seed: [0, 4_294_967_295],
  years: [0.01, 100],
  vantages: [1, 50],
  heartbeatS: [5, 3600],
  loss: [0, 0.5],
}

/** `seed=1,years=10`. @throws AppError `usage` */
export function worldOf(text: string): WorldOptions {
  const names = Object.keys(LIMITS) as (keyof typeof LIMITS)[]
  const given = text.split(',').map((part) => {
    const [name = '', value = ''] = part.split('=', 2)
    if (name === 'faults') return ['faults', areFaultsWanted(value)] as const
    const known = names.find((one) => one === name)
    if (known === undefined) {
      const meant = nearest(name, [...names, 'faults'])
      throw new AppError(
        'usage',
        `--generate: '${name}' is not one of ${[...names, 'faults'].join(', ')}${meant === null ? '' : `; did you mean ${meant}?`}`,
      )
    }
    const number = Number(value)
    const [least, most] = LIMITS[known]
    const isWhole = known === 'years' || known === 'loss' || Number.isInteger(number)
    if (value === '' || !isWhole || !(number >= least && number <= most))
      throw new AppError('usage', `--generate: ${known}='${value}' must be a number from ${least} to ${most}`)
    return [known, number] as const
  })
  return { ...WORLD_DEFAULTS, ...Object.fromEntries(given) }
}

function areFaultsWanted(value: string): boolean {
  if (value !== 'all' && value !== 'none')
    throw new AppError('usage', `--generate: faults='${value}' must be all or none`)
  return value === 'all'
}
