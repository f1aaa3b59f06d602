/** A daemon as an operator runs it: a process of its own, a configuration file, and its log on stderr. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import type { NetworkFacts } from '../../src/lab/network.ts'
import { type SpawnedLab, spawnLab } from '../../src/lab/spawn.ts'

/** As `npm start` runs it. */
const CLI = ['--no-memory-protection-keys', fileURLToPath(new URL('../../src/cli.ts', import.meta.url))]

export interface LogLine {
  readonly level: number
  readonly msg: string
  readonly [key: string]: unknown
}

export interface Running {
  readonly url: string
  readonly process: ChildProcess
  readonly lines: readonly LogLine[]
  /** The first line from now on, or among those already written, that fits; rejects when the process ends first. */
  readonly line: (fits: (line: LogLine) => boolean) => Promise<LogLine>
  /** Ends it and waits. @returns exit code, or the signal */
  readonly end: (signal: NodeJS.Signals) => Promise<number | NodeJS.Signals | null>
}

const SERVICES = {
  services: {
    facebook: { name: 'Facebook', endpoints: { www: { url: 'https://www.facebook.com/', role: 'primary' } } },
    'asia-plus': {
      name: 'Asia-Plus',
      endpoints: { www: { url: 'https://asiaplustj.info/', role: 'primary' } },
    },
  },
  canaries: {
    international: {
      firefox: { url: 'http://detectportal.firefox.com/success.txt', expectBody: 'success' },
      microsoft: {
        url: 'http://www.msftconnecttest.com/connecttest.txt',
        expectBody: 'Microsoft Connect Test',
      },
      apple: { url: 'http://www.apple.com/library/test/success.html', expectBody: 'Success' },
    },
    domestic: { khovar: { url: 'https://khovar.tj/' } },
  },
}

/** A vantage entry for one network of the lab. */
export function vantageEntry({
  id,
  role,
  country,
  asn,
  isp,
  socksHost,
  socksPort,
  ispResolver,
}: NetworkFacts) {
  return {
    id,
    role,
    country,
    asn,
    isp,
    kind: 'socks5',
    host: socksHost,
    port: socksPort,
    resolvers: [`udp://${ispResolver.address}:${ispResolver.port}`],
  }
}

/** A lab in a process of its own, that ends with the test. */
export async function aLab(): Promise<SpawnedLab> {
  const lab = await spawnLab()
  onTestFinished(() => lab.close())
  return lab
}

/** A folder that is gone after the test. */
export async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'didbon-test-'))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  return path
}

/**
 * Writes a configuration into a folder: looks every second, short timeouts, a store beside it, any port.
 *
 * @param over replaces top-level keys
 * @returns path of didbon.yaml
 */
export async function configure(
  into: string,
  ca: string,
  vantages: readonly object[],
  over: object = {},
): Promise<string> {
  const path = join(into, 'didbon.yaml')
  const config = {
    services: 'services.yaml',
    vantages,
    schedule: {
      heartbeat: '* * * * * *',
      full: '*/10 * * * * *',
      canary: '*/2 * * * * *',
      confirmAfterMs: [100, 200, 500],
    },
    probe: {
      dnsTimeoutMs: 800,
      tcpTimeoutMs: 1500,
      tlsTimeoutMs: 1500,
      httpTimeoutMs: 1500,
      totalTimeoutMs: 4000,
      extraCaFiles: ['ca.pem'],
      maxLoopLagMs: 10_000, // a busy machine is not what is tested
    },
    store: { path: join(into, 'didbon.db'), commitEveryMs: 100 },
    serve: { port: 0 },
    log: { level: 'debug' },
    ...over,
  }
  await writeFile(join(into, 'ca.pem'), ca)
  await writeFile(join(into, 'services.yaml'), JSON.stringify(SERVICES))
  await writeFile(path, JSON.stringify(config, null, 2))
  return path
}

/** Runs `didbon` with arguments to its end. */
export async function didbon(
  ...args: string[]
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [...CLI, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, stdout, stderr }
}

/** Starts `didbon serve` and waits until it listens. */
export async function serve(config: string): Promise<Running> {
  const child = spawn(process.execPath, [...CLI, 'serve', '--config', config], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const lines: LogLine[] = []
  const waiting = new Set<() => void>()
  const ended = once(child, 'exit')
  let over = false
  void ended.then(() => {
    over = true
    for (const measurement of waiting) measurement()
  })
  createInterface({ input: child.stderr }).on('line', (text) => {
    lines.push(text.startsWith('{') ? (JSON.parse(text) as LogLine) : { level: 0, msg: text })
    for (const measurement of waiting) measurement()
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const running = {
    process: child,
    lines,
    line: (fits: (line: LogLine) => boolean) =>
      new Promise<LogLine>((resolve, reject) => {
        let seen = 0
        const measureOnce = () => {
          for (; seen < lines.length; seen++) {
            if (!fits(lines[seen]!)) continue
            waiting.delete(measureOnce)
            resolve(lines[seen]!)
            return
          }
          if (over) reject(new Error(`it ended first:\n${lines.map(({ msg }) => msg).join('\n')}`))
        }
        waiting.add(measureOnce)
        measureOnce()
      }),
    async end(signal: NodeJS.Signals) {
      child.kill(signal)
      const [code, by] = (await ended) as [number | null, NodeJS.Signals | null]
      return code ?? by
    },
  }
  const started = await running.line(({ msg }) => msg === 'lookout started')
  return { ...running, url: started['url'] as string }
}
