/**
 * write-trace: a generated world as a trace: what our rounds and confirmations saw in it, with the truth.
 *
 * Read back, it gives the same outages, but for measurements whose judging waited for controls and canaries.
 */
import { DEFAULTS } from '../detect/settings.ts'
import { generateWorld, type WorldOptions } from './generate.ts'
import { seeded } from './random.ts'
import { simulate } from './simulate.ts'
import { showHeader, showLine, type TraceLine } from './trace.ts'

/** Lines held back at most, until none that ended before them can come. */
const LONGEST_MEASUREMENT_MS = 40_000

/** @param write takes one line, without its end. @returns how many lines there were */
export function writeTrace(options: WorldOptions, write: (line: string) => void): number {
  const world = generateWorld(options)
  let lines = 0
  const put = (line: string): void => {
    write(line)
    lines += 1
  }
  put(showHeader(world.watch))
  for (const truth of world.truth) put(showLine({ kind: 'truth', truth }))
  let held: Exclude<TraceLine, { kind: 'truth' }>[] = []
  const add = (line: Exclude<TraceLine, { kind: 'truth' }>): void => {
    held.push(line)
    if (held.length >= 10_000) flush(line.startedAt - LONGEST_MEASUREMENT_MS)
  }
  const flush = (before: number): void => {
    held.sort((a, b) => a.endedAt - b.endedAt)
    const at = held.findIndex(({ endedAt }) => endedAt >= before)
    const ready = at === -1 ? held : held.slice(0, at)
    held = at === -1 ? [] : held.slice(at)
    for (const line of ready) put(showLine(line))
  }
  simulate(
    {
      ...world,
      settings: DEFAULTS,
      watcher: {
        observe: ({ target, startedAt, endedAt, facts, purpose }) =>
          add({
            kind: 'look',
            vantage: target.vantage,
            endpoint: target.endpoint,
            startedAt,
            endedAt,
            facts,
            purpose,
          }),
        canary: ({ vantage, canary, startedAt, endedAt, answered }) =>
          add({ kind: 'canary', vantage, canary, startedAt, endedAt, answered }),
      },
    },
    seeded(options.seed + 1),
  )
  flush(Infinity)
  return lines
}
