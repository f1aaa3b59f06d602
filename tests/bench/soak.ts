/**
 * soak: the memory of a daemon over an hour of the demo's networks and services at the default schedule, with a censor that comes
 * and goes.
 * `npm run bench -- soak`, not part of `npm run bench`: it takes DIDBON_SOAK_MINUTES (60) and a build (`npm run build`).
 *
 * The lab is here, the daemon a process of its own; in a container where DIDBON_SOAK_IMAGE names one. Resident memory is read from
 * /proc of the daemon, once a minute; a shell that only looks adds nothing to it.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { loadConfig } from '../../src/config/load.ts'
import { embedded } from '../../src/config/locate.ts'
import { FIRST_WAVE, SECOND_WAVE } from '../../src/demo/blocks.ts'
import { writeLabConfig } from '../../src/demo/kept.ts'
import { NETWORKS, demoConfig } from '../../src/demo/setting.ts'
import { DEFAULT_NETWORKS } from '../../src/lab/default-networks.ts'
import { type Lab, startLab } from '../../src/lab/lab.ts'
import { median } from '../../src/model/statistics.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const MINUTES = Math.max(4, Number(process.env['DIDBON_SOAK_MINUTES'] ?? 60))
const IMAGE = process.env['DIDBON_SOAK_IMAGE']
const RUN = process.env['DIDBON_CONTAINER_RUN']
const ENGINE = process.env['DIDBON_CONTAINER_ENGINE'] ?? 'podman'
const NAME = `didbon-soak-${process.pid}`
const MINUTE = 60_000
/** as in the Dockerfile */
const FLAGS = [
  '--no-memory-protection-keys',
  '--optimize-for-size',
  '--max-semi-space-size=2',
  '--v8-pool-size=1',
]
/** The censor: on for this long, off for as long. */
const SPELL_MINUTES = 5

const folder = mkdtempSync(join(tmpdir(), 'didbon-soak-'))
chmodSync(folder, 0o755)
const lab = await startLab({ networks: DEFAULT_NETWORKS.filter(({ id }) => NETWORKS.includes(id)) })
const config = await configure(lab)
const daemon = IMAGE === undefined ? startProcess() : startContainer(IMAGE)
const readings: number[] = []
try {
  let lift = (): void => undefined
  for (let minute = 0; minute < MINUTES; minute++) {
    if (minute % SPELL_MINUTES === 0) {
      lift()
      const waves = [FIRST_WAVE, null, SECOND_WAVE, null]
      lift = censor(lab, waves[(minute / SPELL_MINUTES) % waves.length] ?? [])
    }
    await pause(MINUTE)
    readings.push(rssMiB(daemon))
    console.log(`minute ${minute + 1}: ${readings.at(-1)!.toFixed(0)} MiB`)
  }
  report(readings)
} finally {
  if (IMAGE === undefined) (daemon as ChildProcess).kill('SIGTERM')
  else execFileSync(ENGINE, ['rm', '--force', '--time', '20', NAME])
  await lab.close()
  rmSync(folder, { recursive: true, force: true })
}

function report(all: readonly number[]): void {
  const half = all.slice(Math.floor(all.length / 2))
  const quarter = Math.floor(half.length / 2)
  console.log(
    `largest ${Math.max(...all).toFixed(0)} MiB; median of the third quarter ${median(half.slice(0, quarter)).toFixed(0)}, of the last ${median(half.slice(quarter)).toFixed(0)} MiB`,
  )
}

function censor(within: Lab, blocks: typeof FIRST_WAVE): () => void {
  const lifts = blocks.map(({ network, rule }) => within.network(network).censor.add(rule))
  return () => {
    for (const lift of lifts) lift()
  }
}

/** The demo's networks and services, and everything else as it comes: the schedule, the timeouts, the throughput. */
async function configure(within: Lab): Promise<string> {
  const base = await loadConfig(embedded('didbon.yaml'), {})
  const demo = demoConfig(base, within, '')
  const path = await writeLabConfig(folder, within, { ...demo, probe: base.probe })
  const written = JSON.parse(readFileSync(path, 'utf8')) as object
  const store = IMAGE === undefined ? { path: join(folder, 'didbon.db') } : {}
  writeFileSync(path, JSON.stringify({ ...written, store, serve: { port: 0 }, log: { level: 'warn' } }))
  return path
}

function startProcess(): ChildProcess {
  const args = [...FLAGS, join(ROOT, 'dist/cli.js'), 'serve', '--config', config]
  return spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] })
}

/** On the network of this machine, where the lab listens. @returns nothing that is needed: the container has a name */
function startContainer(image: string): null {
  const args = ['--detach', '--name', NAME, '--volume', `${dirname(config)}:/etc/didbon:ro`, image]
  if (RUN === undefined) execFileSync(ENGINE, ['run', '--network', 'host', '--memory', '512m', ...args])
  else execFileSync(RUN, args)
  return null
}

function rssMiB(running: ChildProcess | null): number {
  const pid =
    running?.pid ?? Number(execFileSync(ENGINE, ['inspect', '--format', '{{.State.Pid}}', NAME]).toString())
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024
}
