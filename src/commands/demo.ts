/** demo: a daemon, a lab in a process beside it, the story, and a scorecard. */
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig } from '../config/load.ts'
import { locateConfig } from '../config/locate.ts'
import { startDaemon } from '../daemon.ts'
import { type NarratedIncident, createNarrator } from '../demo/narrator.ts'
import { type Expected, isClean, score } from '../demo/scorecard.ts'
import { blockAgain, writeLabConfig } from '../demo/kept.ts'
import { createPace } from '../demo/pace.ts'
import { HEARTBEAT_MS, NETWORKS, demoConfig } from '../demo/setting.ts'
import { type Stage, play } from '../demo/story.ts'
import { openWitness } from '../demo/witness.ts'
import { DEFAULT_NETWORKS } from '../lab/default-networks.ts'
import { spawnLab } from '../lab/spawn.ts'
import { createLog } from '../run/log.ts'
import type { History } from '../model/history.ts'
import { interrupted } from './interrupted.ts'
import { listeningAs } from './listening.ts'

export interface DemoOptions {
  readonly config?: string
  readonly host?: string
  readonly json?: boolean
  readonly keep?: boolean
  /** left out: 8080 for a demo that is kept, else any free one */
  readonly port?: number
  readonly seed: number
  /** seconds that an act goes on once the lookout has seen it */
  readonly hold: number
}

const EXIT_NOT_CLEAN = 1
const EXIT_INTERRUPTED = 1
const KEPT_PORT = 8080
/** How many of the latest are looked back on at most. */
const LOOKS = 2_000

/** Plays the founding case. @returns 0 when the scorecard is clean, 1 when it is not or the play was interrupted */
export async function demoCommand(options: DemoOptions): Promise<number> {
  const { host, json = false, keep = false, port = keep ? KEPT_PORT : 0, seed, hold } = options
  const signal = interrupted()
  const read = await loadConfig(locateConfig(options.config, process.env), process.env)
  const base = listeningAs(read, host === undefined ? { port } : { host, port })
  await using parts = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'didbon-demo-'))
  parts.defer(() => rm(folder, { recursive: true, force: true }))
  const networks = DEFAULT_NETWORKS.filter(({ id }) => NETWORKS.includes(id))
  const lab = await spawnLab({ seed, networks })
  parts.defer(() => lab.close())
  const witness = openWitness()
  const narrator = createNarrator(json ? null : process.stdout, Date.now)
  const configAt = (interval: number) => demoConfig(base, lab, join(folder, 'demo.db'), interval)
  const daemon = await startDaemon({
    config: configAt(1),
    log: createLog('error'),
    onChange(change, opened) {
      witness.receive(change)
      narrator.saw(change)
      for (const ranked of opened) narrator.opened(ranked)
    },
  })
  parts.defer(() => daemon.stop())

  narrator.say(`didbon runs at ${daemon.url}, fifteen times as fast as by default.`)
  const pace = createPace({
    looks: async ({ since, until }) =>
      (await daemon.history.measurements({ since, until, limit: LOOKS })).rows,
    apply: (interval) => daemon.reload({ ...configAt(interval), log: { level: 'error' } }),
    say: narrator.say,
    now: Date.now,
  })
  const expected = await playUnlessInterrupted({
    lab,
    witness,
    say: narrator.say,
    allWell: () => daemon.status().every(({ state }) => state === 'ok'),
    now: Date.now,
    register: (event) => daemon.register(event, 'demo'),
    holdMs: hold * 1000,
    pace,
    signal,
  })
  if (expected === null) return EXIT_INTERRUPTED
  const card = score(expected, witness.outages(), HEARTBEAT_MS * pace.stretch, pace.voided)
  const incidents = await narratedIncidents(daemon.history)
  if (json) process.stdout.write(`${JSON.stringify({ ...card, incidents: incidents.map(asData) })}\n`)
  narrator.incidents(incidents)
  narrator.scorecard(card)
  if (keep) {
    const config = configAt(pace.stretch)
    const file = await writeLabConfig(folder, lab, config)
    await blockAgain(lab)
    await daemon.reload({
      ...config,
      diagnose: { ...config.diagnose, enabled: true },
      log: { level: 'error' },
    })
    narrator.say('The first wave of blocks is in force again, and each outage is diagnosed.')
    narrator.say(
      `To diagnose one yourself: npm run -s didbon -- --config ${file} probe youtube --plan diagnose --explain`,
    )
    narrator.say(`Everything keeps running at ${daemon.url}; Ctrl-C stops it.`)
    if (!signal.aborted) await once(signal, 'abort')
  }
  return isClean(card) ? 0 : EXIT_NOT_CLEAN
}

async function playUnlessInterrupted(stage: Stage): Promise<Expected[] | null> {
  try {
    return await play(stage)
  } catch (error) {
    if (stage.signal.aborted) return null
    throw error
  }
}

/** Every measured incident, the oldest first, with the event it is likelier to have followed than none. */
async function narratedIncidents(history: History): Promise<NarratedIncident[]> {
  const { rows } = await history.incidents({ kind: 'measured', order: 'oldest', limit: 100 })
  const measured = rows.filter((incident) => incident.kind === 'measured')
  return Promise.all(
    measured.map(async (incident) => {
      const ranking = (await history.incident(incident.id))?.ranking
      const [first] = ranking?.candidates ?? []
      const likelier = first !== undefined && first.posterior > (ranking?.none ?? 1)
      const kept = likelier ? await history.event(first.event) : null
      const after =
        kept === null ? null : { event: kept.event.id, title: kept.event.title, posterior: first!.posterior }
      return { incident, after }
    }),
  )
}

function asData({ incident, after }: NarratedIncident) {
  const { id, services, vantages, causes, mechanisms } = incident
  return {
    id,
    services,
    vantages,
    causes,
    mechanisms,
    after: after?.event ?? null,
    posterior: after?.posterior ?? null,
  }
}
