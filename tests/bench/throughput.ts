/**
 * Throttling, over ten simulated vantage-years: how quick, and how often wrong. `node tests/bench/throughput.ts` runs it alone.
 *
 * Everything is simulated but the detector (tests/simulation/lines.ts has the lines); the same seeds give the same numbers on every machine.
 */
import { fileURLToPath } from 'node:url'
import { simulateThroughput, tenLines, type ThroughputScenario } from '../simulation/throughput.ts'
import { DAY_MS, MINUTE_MS } from '../../src/model/time.ts'
import { quantile } from '../../src/model/statistics.ts'

const YEAR = 365 * DAY_MS

/** Runs all of it. @returns what to print */
export async function benchThroughput(): Promise<{ lines: string[] }> {
  const calm = tenLines(YEAR, null, 2024)
  return {
    lines: [
      'Throttling: ten simulated vantage-years of timed bytes, every 5 min, a service each',
      calmLine('nobody throttles', calm),
      calmLine(
        'nobody throttles, no server takes another name',
        calm.map((throughputScenario) => ({
          ...throughputScenario,
          shape: { ...throughputScenario.shape, namesAllowed: false },
        })),
      ),
      ...throttledLines(tenLines(YEAR, 20 * DAY_MS, 2025)),
    ],
  }
}

function calmLine(name: string, scenarios: readonly ThroughputScenario[]): string {
  const results = scenarios.map(simulateThroughput)
  const measurements = results.reduce((n, result) => n + result.looks, 0)
  return `  ${name}: falsely throttled ${results.flatMap(({ falsely }) => falsely).length} in ${measurements} looks`
}

function throttledLines(scenarios: readonly ThroughputScenario[]): string[] {
  const results = scenarios.map((scenario) => ({ scenario, ...simulateThroughput(scenario) }))
  const lineOf = (name: string, fits: (capacity: number) => boolean): string => {
    const episodes = results
      .filter(({ scenario }) => fits(scenario.shape.capacity))
      .flatMap((r) => r.episodes)
    const clear = episodes.filter(({ masked }) => !masked)
    const found = clear.map(({ foundMs }) => foundMs ?? Infinity)
    const within = found.filter((ms) => ms <= 10 * MINUTE_MS).length
    const seconds = (share: number) => (quantile(found, share) / 1000).toFixed(0)
    return `  throttled to 128 kbit/s by name, ${name}: ${within} of ${clear.length} found within 10 min (seconds p50 ${seconds(0.5)}, p95 ${seconds(0.95)}, max ${seconds(1)}); ${episodes.length - clear.length} more began while what it is compared with was slow or gone`
  }
  return [
    lineOf('lines of 3 Mbit/s and more', (capacity) => capacity >= 400_000),
    lineOf('lines of 1.2 Mbit/s', (capacity) => capacity < 400_000),
    `  meanwhile falsely throttled ${results.flatMap(({ falsely }) => falsely).length}`,
  ]
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const line of (await benchThroughput()).lines) console.log(line)
}
