/** The real Prometheus and its promtool, as Debian packs them (`apt-get install prometheus`). */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'

const START_MS = 20_000

export interface Prometheus {
  readonly url: string
  /** Asks the HTTP API. @returns its `data`; rejects with what it says is wrong */
  readonly ask: (path: string, parameters: Readonly<Record<string, string>>) => Promise<unknown>
}

export interface PrometheusOptions {
  /** its configuration file, as JSON, which is YAML too */
  readonly config?: object
  /** a folder with blocks in it; left out: an empty one */
  readonly data?: string
  readonly flags?: readonly string[]
  /** takes what ends it; left out: the test that started it */
  readonly atEnd?: (work: () => Promise<void>) => void
}

/** Starts a Prometheus on any free port of loopback, and has it ended. */
export async function startPrometheus({
  config = {},
  data,
  flags = [],
  atEnd = onTestFinished,
}: PrometheusOptions = {}): Promise<Prometheus> {
  const folder = await mkdtemp(join(tmpdir(), 'didbon-prometheus-'))
  atEnd(() => rm(folder, { recursive: true, force: true }))
  const file = join(folder, 'prometheus.yml')
  await writeFile(file, JSON.stringify(config))
  const child = spawn(
    'prometheus',
    [
      `--config.file=${file}`,
      `--storage.tsdb.path=${data ?? join(folder, 'data')}`,
      '--web.listen-address=127.0.0.1:0',
      ...flags,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  atEnd(() => end(child))
  const url = await ready(child)
  return {
    url,
    async ask(path, parameters) {
      const answer = await fetch(`${url}${path}?${new URLSearchParams(parameters).toString()}`)
      const { status, data: found, error } = (await answer.json()) as Record<string, unknown>
      if (status !== 'success') throw new Error(String(error))
      return found
    },
  }
}

async function ready(child: ChildProcess): Promise<string> {
  const lines: string[] = []
  const deadline = AbortSignal.timeout(START_MS)
  const tooLate = () => child.kill('SIGKILL')
  deadline.addEventListener('abort', tooLate)
  let [url, isReady] = ['', false]
  for await (const line of createInterface({ input: child.stderr! })) {
    lines.push(line)
    url ||= /msg="Listening on" address=(\S+)/.exec(line)?.[1] ?? ''
    isReady ||= line.includes('Server is ready to receive web requests')
    // either may come first
    if (url === '' || !isReady) continue
    deadline.removeEventListener('abort', tooLate)
    child.stderr!.resume()
    return `http://${url}`
  }
  throw new Error(`Prometheus did not start:\n${lines.join('\n')}`)
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}

/** Runs a tool to its end, with a text on its standard input. */
export async function runTool(
  command: string,
  args: readonly string[],
  input = '',
): Promise<{ code: number | null; said: string }> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => (said += text))
  child.stdin.end(input)
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, said }
}
