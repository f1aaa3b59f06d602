/**
 * How much the ladder costs: full probes per second on one worker, their records collected here, beside a bare
 * net + tls + GET loop against the same local server. The two take turns, so that a busy machine slows both.
 */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { startProber } from '../../src/probe/prober.ts'
import { PROBE_DEFAULTS } from '../../src/model/probe-settings.ts'
import type { ProbeTask } from '../../src/probe/task.ts'
import { median } from '../../src/model/statistics.ts'

export interface LadderFigures {
  readonly lines: string[]
  /** ladder probes per second over those of the bare loop, at the worst of the concurrencies */
  readonly ratio: number
  readonly rows: readonly { inFlight: number; ladderPerS: number; barePerS: number; ratio: number }[]
  readonly bytesPerProbeInFlight: number
}

const TARGET = 0.7
const ROUNDS = 5
const PER_ROUND = 300
const WAITING = 200

/** Runs the bench; it takes about twenty seconds. */
export async function benchLadder(): Promise<LadderFigures> {
  const server = fork(fileURLToPath(new URL('ladder-server.ts', import.meta.url)))
  const [{ port, ca }] = (await once(server, 'message')) as [{ port: number; ca: string }]
  const bare = new Worker(new URL('ladder-bare.ts', import.meta.url), { workerData: { port, ca } })
  const prober = startProber({ workers: 1, drainMs: 1_000, onError: (error) => console.error(error) })
  const task = aTask(port, ca)
  const ladder = (inFlight: number, count: number) =>
    runLadder(() => prober.probe(task, NEVER), inFlight, count)
  try {
    await ladder(8, 200)
    await runBare(bare, 8, 200)
    const rows = []
    for (const inFlight of [8, 32]) {
      const ratios: number[] = []
      let ladderMs = 0
      let bareMs = 0
      for (let round = 0; round < ROUNDS; round += 1) {
        const one = await ladder(inFlight, PER_ROUND)
        const other = await runBare(bare, inFlight, PER_ROUND)
        ladderMs += one
        bareMs += other
        ratios.push(other / one)
      }
      const perS = (ms: number) => Math.round((ROUNDS * PER_ROUND * 1000) / ms)
      rows.push({ inFlight, ladderPerS: perS(ladderMs), barePerS: perS(bareMs), ratio: median(ratios) })
    }
    const bytesPerProbeInFlight = await memoryInFlight(server, task)
    const ratio = Math.min(...rows.map((r) => r.ratio))
    const lines = [
      ...rows.map(
        (r) =>
          `ladder, ${String(r.inFlight).padStart(2)} in flight: ${r.ladderPerS}/s, bare net+tls+GET ${r.barePerS}/s, ratio ${r.ratio.toFixed(2)} (median of ${ROUNDS})`,
      ),
      `ladder: memory per probe in flight ${(bytesPerProbeInFlight / 1024).toFixed(0)} KiB`,
      `ladder: worst ratio ${ratio.toFixed(2)}, target at least ${TARGET}`,
    ]
    return { lines, ratio, rows, bytesPerProbeInFlight }
  } finally {
    await prober.close()
    await bare.terminate()
    stop(server)
  }
}

const NEVER = new AbortController().signal

async function runLadder(
  probe: () => Promise<{ unfit: unknown; observations: readonly unknown[] }>,
  inFlight: number,
  count: number,
): Promise<number> {
  let left = count
  const kept: unknown[] = []
  const startedAt = performance.now()
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      while (left > 0) {
        left -= 1
        const measurement = await probe()
        if (measurement.unfit !== null || measurement.observations.length !== 3) {
          throw new Error(`The bench's own server failed: ${JSON.stringify(measurement)}`)
        }
        kept.push(measurement)
      }
    }),
  )
  return performance.now() - startedAt
}

async function runBare(bare: Worker, inFlight: number, count: number): Promise<number> {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  bare.postMessage({ inFlight, count })
  const [ms] = (await once(bare, 'message')) as [number]
  return ms
}

/** Heap and buffers of a fresh process with 200 probes waiting for a page that never comes, against itself before. */
async function memoryInFlight(server: ChildProcess, task: ProbeTask): Promise<number> {
  const child = fork(fileURLToPath(new URL('ladder-memory.ts', import.meta.url)), {
    execArgv: ['--expose-gc'],
  })
  child.send({ task: { ...task, url: `${task.url}wait` }, probes: WAITING })
  await new Promise<void>((resolve) => {
    server.on('message', (message: { waiting?: number }) => {
      if (message.waiting === WAITING) resolve()
    })
  })
  child.send('weigh')
  const [bytes] = (await once(child, 'message')) as [number]
  return bytes
}

function stop(child: ChildProcess): void {
  if (child.connected) child.disconnect()
}

function aTask(port: number, ca: string): ProbeTask {
  const url = `https://127.0.0.1:${port}/`
  return {
    vantage: {
      id: 'bench',
      role: 'probe',
      route: { kind: 'direct' },
      country: 'TJ',
      asn: null,
      isp: null,
      city: null,
      resolvers: [],
      trustedResolver: null,
      maxInFlight: 100,
    },
    endpoint: url,
    url,
    plan: 'full',
    purpose: 'manual',
    extraAddresses: [],
    // The bench drives the thread as hard as it goes, so lateness is expected here and says nothing.
    settings: { ...PROBE_DEFAULTS, extraCa: [ca], connectToLoopback: true, maxLoopLagMs: 60_000 },
  }
}

if (import.meta.main) {
  const { lines, ratio } = await benchLadder()
  for (const line of lines) console.log(line)
  process.exitCode = ratio >= TARGET ? 0 : 1
}
