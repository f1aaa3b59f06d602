/**
 * by-name: does the failure follow the name? The name is sent to servers that have nothing to do with it, beside another name
 * that they know as little. What a server does to every name that is not its own is told from what is done to this one.
 *
 * A filter that remembers cuts harmless trials after a trigger too: where one that was answered before fails after, a trial at
 * that server counts only once the server has answered something harmless again.
 */
import { fisherNats } from '../../model/statistics.ts'
import { type Connected, serverOf } from './trials.ts'

/** How trials of one layer are read. */
export interface Reading<T extends Connected> {
  /** what is looked for */
  readonly isCut: (trial: T) => boolean
  /** a harmless trial that did not get what harmless trials get */
  readonly isBad: (trial: T) => boolean
}

export interface NameTest<T extends Connected> {
  readonly nats: number
  readonly cut: number
  readonly tried: number
  readonly harmlessFailed: number
  readonly harmless: number
  /** the trials that were cut and count */
  readonly cuts: readonly T[]
  /** harmless trials were cut after a trigger, which were answered before it */
  readonly remembers: boolean
}

/** @param trials at neutral servers, of one service name and harmless ones, in the order they were made */
export function testName<T extends Connected>(trials: readonly T[], reading: Reading<T>): NameTest<T> | null {
  const servers = [...Map.groupBy(trials, serverOf).values()]
  const parts = servers.flatMap((own) => testAt(own, reading) ?? [])
  const sum = (of: (part: NameTest<T>) => number) => parts.reduce((n, part) => n + of(part), 0)
  const [cut, tried] = [sum((p) => p.cut), sum((p) => p.tried)]
  const [harmlessFailed, harmless] = [sum((p) => p.harmlessFailed), sum((p) => p.harmless)]
  if (cut < LEAST_CUTS || cut * 2 < tried || harmless < LEAST_HARMLESS) return null
  return {
    nats: fisherNats(cut, tried, harmlessFailed, harmless),
    cut,
    tried,
    harmlessFailed,
    harmless,
    cuts: parts.flatMap(({ cuts }) => cuts),
    remembers: parts.some(({ remembers }) => remembers),
  }
}

/** One failure is an accident. */
const LEAST_CUTS = 2
const LEAST_HARMLESS = 3

function testAt<T extends Connected>(trials: readonly T[], { isCut, isBad }: Reading<T>): NameTest<T> | null {
  // A server that turns away whatever it does not know cannot be asked about one name.
  if (!trials.some((trial) => trial.name === 'other' && !isBad(trial))) return null
  const remembers = remembersAt(trials, isCut, isBad)
  let open = true
  const counted = { cut: 0, tried: 0, harmlessFailed: 0, harmless: 0 }
  const cuts: T[] = []
  const seen = kindsCut(trials, isCut)
  for (const trial of trials) {
    if (trial.name !== 'target') {
      const bad = isBad(trial)
      if (!bad) open = true
      if (bad && remembers && !open) continue
      counted.harmless += 1
      if (bad) counted.harmlessFailed += 1
    } else if (trial.failedAt !== 'tcp' && seen.has(helloOf(trial)) && (open || !remembers)) {
      counted.tried += 1
      if (!isCut(trial)) continue
      counted.cut += 1
      cuts.push(trial)
      open = false
    } else if (isCut(trial)) {
      open = false
    }
  }
  return { ...counted, nats: 0, cuts, remembers }
}

function remembersAt<T extends Connected>(
  trials: readonly T[],
  isCut: (trial: T) => boolean,
  isBad: (trial: T) => boolean,
): boolean {
  const first = trials.findIndex((trial) => trial.name === 'target' && isCut(trial))
  if (first === -1) return false
  const harmless = (part: readonly T[]) => part.filter(({ name }) => name !== 'target')
  return harmless(trials.slice(0, first)).some((t) => !isBad(t)) && harmless(trials.slice(first)).some(isBad)
}

/** Hellos that get through every time are a way around, not a part of the test. */
function kindsCut<T extends Connected>(
  trials: readonly T[],
  isCut: (trial: T) => boolean,
): ReadonlySet<string> {
  return new Set(trials.flatMap((trial) => (trial.name === 'target' && isCut(trial) ? [helloOf(trial)] : [])))
}

/** Cleartext has one kind. */
export function helloOf(trial: Connected): string {
  return trial.kind === 'tls' ? trial.hello : 'plain'
}
