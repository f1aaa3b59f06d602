/**
 * Detection, over ten simulated vantage-years: how quick, and how often wrong. `node tests/bench/detection.ts` runs it alone.
 *
 * Everything is simulated but the detector; the same seeds give the same numbers on every machine.
 */
import { fileURLToPath } from 'node:url'
import { blocksUnderLoss, lossOnly, ordinary, type Result } from '../simulation/scenarios.ts'
import { longestMs, type Found } from '../simulation/score.ts'
import { ANSWERING, HTTP, SILENT, WEAK } from '../../src/evaluate/world.ts'
import { DAY_MS } from '../../src/model/time.ts'
import { quantile } from '../../src/model/statistics.ts'

const VANTAGES = 5
const SPAN_MS = 730 * DAY_MS

/** Runs all of it. @returns what to print, one table after another */
export async function benchDetection(): Promise<{ lines: string[] }> {
  const ten = { vantages: VANTAGES, spanMs: SPAN_MS, illsOften: 1 }
  const startedAt = performance.now()
  const calm = ordinary({ ...ten, blocksEveryMs: null, seed: 2015 })
  const seconds = (performance.now() - startedAt) / 1000
  const blocks = ordinary({ ...ten, blocksEveryMs: 30 * DAY_MS, seed: 2017 })
  return {
    lines: [
      'Detection: ten simulated vantage-years, heartbeat 30 s, 2 % of packets lost',
      `  ${calm.looks} looks folded, ${Math.round(calm.looks / seconds / 1000)} thousand per second, simulation included`,
      verdictLine('uncensored, with faults', calm),
      verdictLine('with blocks of a day, each service each month', blocks),
      `  blocks found and called blocked: ${called(blocks)} of ${blocks.score.blocks.length}; mechanism right: ${named(blocks)}`,
      `  (of those, ${blocks.score.blocks.filter(({ disturbed }) => disturbed).length} began within a quarter of an hour of the vantage being offline or its resolver stalled)`,
      '  seconds from the switch        n   to open p50    p95    max   to blocked p50    p95    max',
      ...speeds(blocks.score.blocks),
      'Under loss, heartbeat 20 s: seconds from the switch to open, median (no censor: outages in four vantage-days)',
      ...[0, 0.1, 0.2].map(lossLine),
    ],
  }
}

function verdictLine(name: string, { score }: Result): string {
  const longest = Math.max(0, ...score.falseOutages.map(longestMs)) / 1000
  return `  ${name}: false blocked ${score.falseBlocked.length}; outages where no path was gone ${score.falseOutages.length}, longest ${longest.toFixed(0)} s`
}

function called({ score }: Result): number {
  return score.blocks.filter(({ blockedMs }) => blockedMs !== null).length
}

function named({ score }: Result): number {
  return score.blocks.filter((b) => b.namedMechanism === b.mechanism).length
}

function speeds(blocks: readonly Found[]): string[] {
  const groups = [...ANSWERING, ...WEAK, ...SILENT, ...HTTP].flatMap((mechanism) =>
    [false, true].map((together) => ({
      name: `${mechanism} ${together ? 'together' : 'alone'}`,
      found: blocks.filter((b) => b.mechanism === mechanism && b.together === together),
    })),
  )
  return groups.map(({ name, found }) => {
    const opened = spread(found.map((b) => b.openedMs ?? Infinity))
    const blocked = spread(found.map((b) => b.blockedMs ?? Infinity))
    return `  ${name.padEnd(26)} ${String(found.length).padStart(5)}   ${opened}     ${blocked}`
  })
}

function spread(ms: readonly number[]): string {
  return [0.5, 0.95, 1].map((share) => (quantile(ms, share) / 1000).toFixed(1).padStart(9)).join('')
}

function lossLine(loss: number): string {
  const calm = lossOnly(loss, 4, DAY_MS, 20).score
  const { score } = blocksUnderLoss(loss, 4, 4 * DAY_MS, 21)
  const median = (mechanisms: readonly string[]): string =>
    (
      quantile(
        score.blocks.filter((b) => mechanisms.includes(b.mechanism)).map((b) => b.openedMs ?? Infinity),
        0.5,
      ) / 1000
    ).toFixed(1)
  const falsely = score.falseBlocked.length + calm.falseBlocked.length
  return `  loss ${(loss * 100).toFixed(0).padStart(2)} %: answering ${median(ANSWERING)}, silent ${median(SILENT)}; false blocked ${falsely}, false unreachable ${calm.falseOutages.length}`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const line of (await benchDetection()).lines) console.log(line)
}
