/** The file of `replay --rules`: what to use instead, read and checked as any other file of the configuration is. */
import { z } from 'zod'
import type { DetectConfig } from './config.ts'
import { replayDetectSchema } from './detect-schema.ts'
import { section, text } from './fields.ts'
import { configInvalid, type Problem } from './problem.ts'
import { readYaml } from './read.ts'
import { listOf } from './record-fields.ts'
import { shape } from './shape-problems.ts'
import { nearest } from '../model/suggest.ts'

/** What differs from the rules as they are; what is left out stays. */
export interface ReplayRules {
  /** over the `detect` section of the configuration */
  readonly detect: DetectConfig
  /** nats, by rule id */
  readonly weights: Readonly<Record<string, number>>
  /** ids of rules that are passed over */
  readonly off: readonly string[]
}

const nats = 'must be a number of nats from -20 to 20'

const fileSchema = section({
  detect: replayDetectSchema.optional(),
  weights: z
    .record(
      text('must be a rule id', 100),
      z.number({ error: nats }).min(-20, { error: nats }).max(20, { error: nats }),
      { error: 'must be rule ids, each with a number of nats' },
    )
    .optional(),
  off: listOf(text('must be a rule id', 100)),
})

/**
 * Reads such a file.
 *
 * @param ruleIds those there are, in order; the last one decides where no other does, so it cannot be off
 * @throws AppError `config_invalid`: every problem at once, each with file, line, key and what would be right
 */
export async function loadReplayRules(path: string, ruleIds: readonly string[]): Promise<ReplayRules> {
  const file = await readYaml(path, {})
  const { data, problems } = shape(fileSchema, file)
  const unknown = (id: string, at: readonly (string | number)[]): Problem[] => {
    if (ruleIds.includes(id)) return []
    const meant = nearest(id, ruleIds)
    return [
      file.problemAt(
        at,
        `is not a rule of this version${meant === null ? '' : `; did you mean ${meant}?`} (probe --explain names rules)`,
      ),
    ]
  }
  const weights = data?.weights ?? {}
  const off = data?.off ?? []
  const last = off.indexOf(ruleIds.at(-1)!)
  const all = [
    ...file.problems,
    ...problems,
    ...Object.keys(weights).flatMap((id) => unknown(id, ['weights', id])),
    ...off.flatMap((id, i) => unknown(id, ['off', i])),
    ...(last === -1
      ? []
      : [file.problemAt(['off', last], 'cannot be off: it decides where no other rule does')]),
  ]
  if (data === null || all.length > 0) throw configInvalid(all)
  return { detect: (data.detect ?? {}) as DetectConfig, weights, off }
}
