/**
 * memory: how often looks at an endpoint fail though it can be reached.
 *
 * Three memories side by side, and the worst of them is believed: a slow one (a day), so that a path known to lose packets is
 * not accused of what it always does; a fast one (20 measurements), so that a path that went bad a few minutes ago is not either;
 * and one between (200 measurements), for the hours in which the day has not noticed yet and 20 measurements are few enough to be lucky.
 * The fast one takes its failures a standard deviation higher. Each starts from a Beta prior; the fast one's is also the
 * floor: no measurement is ever so telling that it decides alone.
 */
import type { DetectSettings } from './settings.ts'
import type { Faded, Memory } from './state.ts'

/** A failure this faded is forgotten. */
const FADED = 1e-3

export function newMemory(at: number): Memory {
  return { at, looks: [0, 0, 0], failures: {} }
}

/** Adds one measurement. @param failure its key, or `null` when it was fine */
export function remember(memory: Memory, failure: string | null, at: number, settings: DetectSettings): void {
  const slow = Math.exp(-Math.max(0, at - memory.at) / settings.slowMemoryMs)
  const middle = 1 - 1 / settings.middleMemoryLooks
  const fast = 1 - 1 / settings.fastMemoryLooks
  memory.at = Math.max(memory.at, at)
  fade(memory.looks, slow, middle, fast)
  addOne(memory.looks)
  for (const key in memory.failures) {
    const seen = memory.failures[key]!
    fade(seen, slow, middle, fast)
    if (seen[0] < FADED && seen[1] < FADED) delete memory.failures[key]
  }
  if (failure !== null) addOne((memory.failures[failure] ??= [0, 0, 0]))
}

function fade(counts: Faded, slow: number, middle: number, fast: number): void {
  counts[0] *= slow
  counts[1] *= middle
  counts[2] *= fast
}

function addOne(counts: Faded): void {
  counts[0] += 1
  counts[1] += 1
  counts[2] += 1
}

/** P(this failure | reachable). @param prior what is believed of it before any measurement */
export function failureChance(
  memory: Memory,
  failure: string,
  prior: number,
  settings: DetectSettings,
): number {
  const [slow, middle, fast] = memory.failures[failure] ?? NONE
  const { slowPriorLooks, fastPriorLooks } = settings
  return Math.max(
    (prior * slowPriorLooks + slow) / (slowPriorLooks + memory.looks[0]),
    (prior * slowPriorLooks + middle) / (slowPriorLooks + memory.looks[1]),
    (prior * fastPriorLooks + fast + Math.sqrt(fast)) / (fastPriorLooks + memory.looks[2]),
  )
}

/** P(fine | reachable), by the fast memory: the share of measurements that did not fail in any way. */
export function fineChance(memory: Memory, settings: DetectSettings): number {
  let failed = 0
  for (const key in memory.failures) failed += memory.failures[key]![2]
  return 1 - failed / (settings.fastPriorLooks + memory.looks[2])
}

const NONE: Readonly<Faded> = [0, 0, 0]
