/**
 * The demo's lookout with its censor at work, and a real Prometheus that scrapes it every second by the rules that are shipped:
 * what the dashboards are compared with.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Config } from '../../src/config/config.ts'
import { loadConfig } from '../../src/config/load.ts'
import { locateConfig } from '../../src/config/locate.ts'
import { type Daemon, startDaemon } from '../../src/daemon.ts'
import { FIRST_WAVE } from '../../src/demo/blocks.ts'
import { demoConfig } from '../../src/demo/setting.ts'
import { firstVideo, secondVideo } from '../../src/demo/videos.ts'
import { openWitness } from '../../src/demo/witness.ts'
import { DEFAULT_NETWORKS } from '../../src/lab/default-networks.ts'
import { spawnLab } from '../../src/lab/spawn.ts'
import type { CensorRule } from '../../src/lab/censor.ts'
import { createLog } from '../../src/run/log.ts'
import type { Outage } from '../../src/model/outage.ts'
import { PROMETHEUS } from '../chain/shipped.ts'
import { type Prometheus, startPrometheus } from '../real-prometheus.ts'

/** Prometheus takes one sample a second. */
export const SCRAPE_S = 1
/** All of it together. Some 25 s suffice where nobody else needs the machine. */
const WITHIN_MS = 280_000
/** A rate wants a few samples from after the censor was switched on. */
const SAMPLES_AFTER = 5

/** Two networks and the control: a small machine under load is not to be taken for a censor. */
const WATCHED = new Set(['babilon', 'tcell', 'outside'])
/** All four services on one network, by means that answer; and one on the other, to be lifted again. */
const LASTING = FIRST_WAVE.filter(({ network }) => network === 'babilon')
const LIFTED: CensorRule = { layer: 'tls', names: ['www.facebook.com'], action: 'reset' }

export interface Watched {
  readonly daemon: Daemon
  readonly prometheus: Prometheus
  /** Unix ms of the first and of the last sample that is asked for */
  readonly from: number
  readonly to: number
  readonly end: () => Promise<void>
}

/** Starts it all, lets five blocks be found and one of them be lifted, and waits until Prometheus has seen that. */
export async function watchDemo(): Promise<Watched> {
  const parts = new AsyncDisposableStack()
  const end = () => parts.disposeAsync()
  const signal = AbortSignal.timeout(WITHIN_MS)
  try {
    const folder = await mkdtemp(join(tmpdir(), 'didbon-watched-'))
    parts.defer(() => rm(folder, { recursive: true, force: true }))
    const lab = await spawnLab({ networks: DEFAULT_NETWORKS.filter(({ id }) => WATCHED.has(id)) })
    parts.defer(() => lab.close())
    const base = await loadConfig(locateConfig(undefined, {}), {})
    const witness = openWitness()
    const daemon = await startDaemon({
      config: unhurried(demoConfig(base, lab, join(folder, 'demo.db'))),
      log: createLog('silent'),
      onChange: witness.receive,
    })
    parts.defer(() => daemon.stop())
    const from = Date.now()
    const prometheus = await startPrometheus({
      config: {
        global: { scrape_interval: `${SCRAPE_S}s`, evaluation_interval: `${SCRAPE_S}s` },
        rule_files: [join(PROMETHEUS, '*.rules.yml')],
        scrape_configs: [{ job_name: 'didbon', static_configs: [{ targets: [new URL(daemon.url).host] }] }],
      },
      flags: ['--enable-feature=exemplar-storage'],
      atEnd: (work) => parts.defer(work),
    })
    const pairs = daemon.status().length
    await until(
      async () => (await count(prometheus, 'didbon_service_state{state="ok"} == 1')) === pairs,
      signal,
    )
    daemon.refuse(new Error('didbon.yaml: schedule.heartbeat: “often” is not a time of node-cron'))
    daemon.register(firstVideo(Date.now()), 'demo')
    daemon.register(secondVideo(Date.now()), 'demo')
    await Promise.all(LASTING.map(({ network, rule }) => lab.network(network).censor.add(rule)))
    const lift = await lab.network('tcell').censor.add(LIFTED)
    const blocked = ({ cause }: Outage) => cause === 'blocked'
    await witness.until((all) => all.filter(blocked).length > LASTING.length, WITHIN_MS, signal)
    await lift()
    await witness.until((all) => all.some(({ closedAt }) => closedAt !== null), WITHIN_MS, signal)
    const often = `sum_over_time(didbon_service_state{state="blocked",vantage="babilon"}[1m]) >= ${SAMPLES_AFTER}`
    await until(async () => (await count(prometheus, often)) === LASTING.length, signal)
    const again = 'didbon_service_state{service="facebook",vantage="tcell",state="ok"} == 1'
    await until(async () => (await count(prometheus, again)) === 1, signal)
    for (const late of ['didbon_diagnoses_total', 'didbon_throughput_ratio']) {
      await until(async () => (await count(prometheus, `${late}{service="facebook"}`)) > 0, signal)
    }
    return { daemon, prometheus, from, to: Date.now(), end }
  } catch (error) {
    await end()
    throw error
  }
}

/** The demo without its haste, with all it can measure, and on any port: these blocks all answer, so long timeouts cost nothing where nobody else needs the machine. */
function unhurried(config: Config): Config {
  return {
    ...config,
    schedule: {
      ...config.schedule,
      heartbeat: '*/3 * * * * *',
      throughput: '*/5 * * * * *',
      suspectAfterMs: 3_000,
    },
    probe: {
      ...config.probe,
      dnsTimeoutMs: 4_000,
      tcpTimeoutMs: 4_000,
      tlsTimeoutMs: 4_000,
      httpTimeoutMs: 4_000,
      totalTimeoutMs: 12_000,
      maxLoopLagMs: 10_000,
    },
    diagnose: { ...config.diagnose, enabled: true },
    throughput: { ...config.throughput, bytes: 49_152 },
    serve: { ...config.serve, port: 0 },
  }
}

/** How many series an expression gives now. */
async function count(prometheus: Prometheus, expr: string): Promise<number> {
  const { result } = (await prometheus.ask('/api/v1/query', { query: expr })) as { result: unknown[] }
  return result.length
}

/** Asks again until it is so. @throws the signal's reason */
async function until(isSo: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
  while (!(await isSo())) await pause(200, undefined, { signal })
}
