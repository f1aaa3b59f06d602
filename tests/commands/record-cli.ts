/** didbon against a store of its own and the record it is shipped with, on a machine where the daemon never ran. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished, vi } from 'vitest'
import { runProgram } from '../../src/commands/program.ts'
import { type Store, type StoreOptions, openStore } from '../../src/store/store.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** A record small enough to be read often. */
export const SMALL = {
  events: `events:
  - id: a-speech
    title: A speech
    kind: official-statement
    role: context
    at: { stated: 2021-01-01, precision: day, earliest: 2020-12-31T19:00:00Z, latest: 2021-01-01T18:59:59Z }
    timeZone: Asia/Dushanbe
    scheduled: false
    country: TJ
    confidence: high
    sources: [{ title: A speech, publisher: A paper, date: 2021-01-01 }]
`,
  reports: `record: { from: 2010-01-01, until: 2022-12-31 }
reports:
  - id: tj-2021-01-facebook
    episode: 2021-01
    mode: service-block
    services: [facebook]
    onset: { stated: 2021-01-11, precision: day, earliest: 2021-01-10T19:00:00Z, latest: 2021-01-11T18:59:59Z }
    end: { stated: null, precision: null, earliest: null, latest: null }
    timeZone: Asia/Dushanbe
    country: TJ
    reportedBy: A paper
    confidence: medium
    sources: [{ title: It is gone, publisher: A paper, date: 2021-01-11 }]
`,
}

export interface Done {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Lookout {
  readonly folder: string
  readonly store: string
  /** in this process: what it writes is caught */
  readonly run: (...args: string[]) => Promise<Done>
  /** in a process of its own, with text on stdin */
  readonly feed: (stdin: string, ...args: string[]) => Promise<Done>
}

/** The store as a daemon holds it, every measurement kept; what goes wrong in it is thrown. Whoever opens it closes it. */
export function aDaemonsStore(path: string, over: Partial<StoreOptions> = {}): Promise<Store> {
  return openStore({
    path,
    now: Date.now,
    keepRawMs: 1e12,
    keepOkSampleEvery: 1,
    commitEveryMs: 50,
    onError(error) {
      throw error
    },
    ...over,
  })
}

/** A lookout that is gone after the test. @param record other files than the shipped ones @param over keys of didbon.yaml */
export async function aLookout(
  record: { events?: string; reports?: string } = {},
  over: Readonly<Record<string, unknown>> = {},
): Promise<Lookout> {
  const { lookout, remove } = await newLookout(record, over)
  onTestFinished(remove)
  return lookout
}

/** One that lives until it is removed. */
export async function newLookout(
  record: { events?: string; reports?: string } = {},
  over: Readonly<Record<string, unknown>> = {},
): Promise<{ readonly lookout: Lookout; readonly remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'didbon-test-'))
  const store = join(folder, 'didbon.db')
  const path = join(folder, 'didbon.yaml')
  const named = { events: null as string | null, reports: null as string | null }
  for (const [key, text] of Object.entries(record)) {
    await writeFile(join(folder, `${key}.yaml`), text)
    named[key as keyof typeof named] = `${key}.yaml`
  }
  const config = {
    services: join(ROOT, 'config/services.yaml'),
    record: named,
    store: { path: store },
    ...over,
  }
  await writeFile(path, JSON.stringify(config))
  const lookout: Lookout = {
    folder,
    store,
    run: (...args) => caught(() => runProgram(['node', 'didbon', ...args, '--config', path])),
    async feed(stdin, ...args) {
      const child = spawn(process.execPath, [join(ROOT, 'src/cli.ts'), ...args, '--config', path], {
        stdio: 'pipe',
      })
      const done = { stdout: '', stderr: '' }
      child.stdout.setEncoding('utf8').on('data', (text: string) => (done.stdout += text))
      child.stderr.setEncoding('utf8').on('data', (text: string) => (done.stderr += text))
      child.stdin.end(stdin)
      const [code] = (await once(child, 'close')) as [number | null]
      return { code, ...done }
    },
  }
  return { lookout, remove: () => rm(folder, { recursive: true, force: true }) }
}

async function caught(run: () => Promise<number>): Promise<Done> {
  const texts = { stdout: '', stderr: '' }
  const catching = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((text) => {
      texts[name] += String(text)
      return true
    }),
  )
  try {
    return { code: await run(), ...texts }
  } finally {
    for (const spy of catching) spy.mockRestore()
  }
}
