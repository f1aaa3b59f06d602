/**
 * memory: how often looks at an endpoint fail though it can be reached.
 *
 * Two memories side by side, and the worse of them is believed: a slow one, so that a path known to lose packets is not
 * accused of what it always does, and a fast one, so that a path that went bad a few minutes ago is not either. The fast one
 * has seen so little that its failures are taken a standard deviation higher. Each starts from a Beta prior, which is also
 * the floor: no look is ever so telling that it decides alone.
 */
import type { DetectSettings } from './settings.ts'

/** Looks and failures, each fading: `[slow, fast]`. */
export interface Memory {
  /** Unix ms of the last look remembered */
  at: number
  looks: [number, number]
  failures: Record<string, [number, number]>
}

/** A failure this faded is forgotten. */
const FADED = 1e-3

export function newMemory(at: number): Memory {
  return { at, looks: [0, 0], failures: {} }
}

/** Adds one look. @param failure its key, or `null` when it was fine */
export function remember(memory: Memory, failure: string | null, at: number, settings: DetectSettings): void {
  const slow = Math.exp(-Math.max(0, at - memory.at) / settings.slowMemoryMs)
  const fast = 1 - 1 / settings.fastMemoryLooks
  memory.at = Math.max(memory.at, at)
  memory.looks[0] = memory.looks[0] * slow + 1
  memory.looks[1] = memory.looks[1] * fast + 1
  for (const key in memory.failures) {
    const seen = memory.failures[key]!
    seen[0] *= slow
    seen[1] *= fast
    if (seen[0] < FADED && seen[1] < FADED) delete memory.failures[key]
  }
  if (failure !== null) {
    const seen = (memory.failures[failure] ??= [0, 0])
    seen[0] += 1
    seen[1] += 1
  }
}

/** P(this failure | reachable). @param prior what is believed of it before any look */
export function failureChance(
  memory: Memory,
  failure: string,
  prior: number,
  settings: DetectSettings,
): number {
  const [slow, fast] = memory.failures[failure] ?? NONE
  return Math.max(
    (prior * settings.slowPriorLooks + slow) / (settings.slowPriorLooks + memory.looks[0]),
    (prior * settings.fastPriorLooks + fast + Math.sqrt(fast)) / (settings.fastPriorLooks + memory.looks[1]),
  )
}

/** P(fine | reachable), by the fast memory: the share of looks that did not fail in any way. */
export function fineChance(memory: Memory, settings: DetectSettings): number {
  let failed = 0
  for (const key in memory.failures) failed += memory.failures[key]![1]
  return 1 - failed / (settings.fastPriorLooks + memory.looks[1])
}

const NONE: readonly [number, number] = [0, 0]
