/** Prometheus, Alertmanager and blackbox_exporter as Debian packages them, on loopback and in a folder of the test's own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

const READY_MS = 20_000
const POLL_MS = 50
const LOWEST_PORT = 10_000
/** Linux's default; other systems begin higher. */
const OUTGOING_FROM = 32_768

export interface Monitor {
  readonly url: string
  /** what it printed so far */
  readonly output: () => string
  /** Ends it and waits. */
  readonly stop: () => Promise<void>
}

/** A port nobody listens on, from below those that the system gives to outgoing connections: one of them could take it meanwhile. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(LOWEST_PORT, OUTGOING_FROM)
    if (await isFree(port)) return port
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return false
    throw error
  }
  server.close()
  await once(server, 'close')
  return true
}

/** Starts Prometheus on a configuration file; its data go beside it. */
export function startPrometheus(config: string, port: number): Promise<Monitor> {
  const args = [`--config.file=${config}`, `--storage.tsdb.path=${join(dirname(config), 'tsdb')}`]
  return start('prometheus', [...args, `--web.listen-address=127.0.0.1:${port}`], port)
}

/** Starts an Alertmanager that is alone. */
export function startAlertmanager(config: string, port: number): Promise<Monitor> {
  const args = [`--config.file=${config}`, `--storage.path=${join(dirname(config), 'alerts')}`]
  const alone = ['--cluster.listen-address=', `--web.listen-address=127.0.0.1:${port}`]
  return start('prometheus-alertmanager', [...args, ...alone], port)
}

/** Starts blackbox_exporter. */
export function startBlackbox(config: string, port: number): Promise<Monitor> {
  const args = [`--config.file=${config}`, `--web.listen-address=127.0.0.1:${port}`]
  return start('prometheus-blackbox-exporter', args, port)
}

async function start(program: string, args: readonly string[], port: number): Promise<Monitor> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (printed += text))
  }
  const ended = once(child, 'close')
  const monitor: Monitor = {
    url: `http://127.0.0.1:${port}`,
    output: () => printed,
    async stop() {
      child.kill('SIGKILL')
      await ended
    },
  }
  try {
    await ready(child, monitor.url)
  } catch (cause) {
    await monitor.stop()
    throw new Error(`${program} did not start:\n${printed}`, { cause })
  }
  return monitor
}

async function ready(child: ChildProcess, url: string): Promise<void> {
  const deadline = AbortSignal.timeout(READY_MS)
  while (child.exitCode === null) {
    const answer = await fetch(`${url}/-/healthy`, { signal: deadline }).catch(() => null)
    if (answer?.ok === true) return
    deadline.throwIfAborted()
    await pause(POLL_MS)
  }
  throw new Error(`it ended with ${child.exitCode}`)
}
