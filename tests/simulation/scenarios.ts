/** scenarios: the worlds that the tests and the bench run, at whatever length they can afford. */
import { DEFAULTS, type Watch } from '../../src/detect/settings.ts'
import type { EndpointRole } from '../../src/model/service.ts'
import { pick, seeded } from '../../src/evaluate/random.ts'
import { scoreOf, type Score } from './score.ts'
import { simulate, type Run } from '../../src/evaluate/simulate.ts'
import { ANSWERING, faults, SILENT, type Episode } from '../../src/evaluate/world.ts'
import { HOUR_MS, MINUTE_MS } from '../../src/model/time.ts'
import { monthlyBlocks } from './monthly-blocks.ts'

/** Four services with two or three endpoints each, and one primary endpoint at least. */
export function watchOf(vantages: number, roundMs: number): Watch {
  const endpoints = (service: string, ...roles: EndpointRole[]) => ({
    id: service,
    endpoints: roles.map((role, i) => ({ id: `${service}/${i}`, role })),
  })
  return {
    services: [
      endpoints('facebook', 'primary', 'primary', 'asset'),
      endpoints('youtube', 'primary', 'primary', 'media'),
      endpoints('odnoklassniki', 'primary', 'primary'),
      endpoints('asia-plus', 'primary', 'asset'),
    ],
    vantages: Array.from({ length: vantages }, (_, i) => ({ id: `isp-${i + 1}`, country: 'TJ' })),
    canaries: [
      { id: 'canary/world-1', group: 'international' },
      { id: 'canary/world-2', group: 'international' },
      { id: 'canary/world-3', group: 'international' },
      { id: 'canary/home-1', group: 'domestic' },
      { id: 'canary/home-2', group: 'domestic' },
    ],
    roundMs,
  }
}

export interface Result extends Run {
  readonly score: Score
}

function run(
  watch: Watch,
  episodes: readonly (readonly Episode[])[],
  loss: number,
  spanMs: number,
  seed: number,
): Result {
  const played = simulate({ watch, settings: DEFAULTS, loss, episodes, spanMs }, seeded(seed))
  const ids = watch.vantages.map(({ id }) => id)
  return { ...played, score: scoreOf(played.told, ids, episodes) }
}

/** How much of an ordinary network to simulate. */
export interface Ordinary {
  readonly vantages: number
  readonly spanMs: number
  /** how many times as often as usual something is the matter */
  readonly illsOften: number
  /** a block of each service once in this time; `null` = none at all */
  readonly blocksEveryMs: number | null
  readonly seed: number
}

/** A lossy, faulty network, with blocks or without. */
export function ordinary({ vantages, spanMs, illsOften, blocksEveryMs, seed }: Ordinary): Result {
  const watch = watchOf(vantages, 30_000)
  const services = watch.services.map(({ id }) => id)
  const random = seeded(seed)
  const blocks =
    blocksEveryMs === null ? [] : monthlyBlocks(random, services, vantages, spanMs, blocksEveryMs)
  const episodes = watch.vantages.map((_, i) => [
    ...faults(random, services, spanMs, illsOften),
    ...(blocks[i] ?? []),
  ])
  return run(watch, episodes, 0.02, spanMs, seed + 1)
}

/** Nothing but loss, with heartbeats every 20 s: first an hour without, which is what the memories remember. */
export function lossOnly(loss: number, vantages: number, spanMs: number, seed: number): Result {
  const watch = watchOf(vantages, 20_000)
  const episodes = watch.vantages.map(() =>
    watch.services.map(({ id }): Episode => ({
      kind: 'lossy',
      service: id,
      loss,
      from: HOUR_MS,
      to: spanMs,
    })),
  )
  return run(watch, episodes, 0.001, spanMs, seed)
}

/** Heavy loss all along, heartbeats every 20 s, and every 40 minutes a service blocked for 20 by one mechanism. */
export function blocksUnderLoss(loss: number, vantages: number, spanMs: number, seed: number): Result {
  const watch = watchOf(vantages, 20_000)
  const random = seeded(seed)
  const episodes = watch.vantages.map(() => {
    const blocks: Episode[] = []
    for (let at = HOUR_MS; at + HOUR_MS < spanMs; at += 40 * MINUTE_MS) {
      const from = at + random() * 10 * MINUTE_MS
      const { id: service } = pick(random, watch.services)
      const mechanism = pick(random, [...ANSWERING, ...SILENT])
      blocks.push({ kind: 'block', service, mechanism, together: false, from, to: from + 20 * MINUTE_MS })
    }
    return blocks
  })
  return run(watch, episodes, loss, spanMs, seed + 1)
}
