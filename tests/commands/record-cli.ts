/** didbon against a store of its own and the record it is shipped with, on a machine where the daemon never ran. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { folder } from '../e2e/lookout.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

export interface Done {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Lookout {
  readonly store: string
  readonly run: (...args: string[]) => Promise<Done>
  /** the same with text on stdin */
  readonly feed: (stdin: string, ...args: string[]) => Promise<Done>
}

/** @param record other files than the shipped ones, by name, written beside the configuration */
export async function aLookout(
  record: { events?: string; reports?: string } = {},
  where?: string,
): Promise<Lookout> {
  return lookoutIn(where ?? (await folder()), record)
}

async function lookoutIn(where: string, record: { events?: string; reports?: string }): Promise<Lookout> {
  const store = join(where, 'didbon.db')
  for (const [name, text] of Object.entries(record)) await writeFile(join(where, `${name}.yaml`), text)
  const config = {
    services: join(ROOT, 'config/services.yaml'),
    record: {
      events: record.events === undefined ? null : 'events.yaml',
      reports: record.reports === undefined ? null : 'reports.yaml',
    },
    store: { path: store },
  }
  const path = join(where, 'didbon.yaml')
  await writeFile(path, JSON.stringify(config))
  const feed = async (stdin: string, ...args: string[]): Promise<Done> => {
    const child = spawn(process.execPath, [join(ROOT, 'src/cli.ts'), ...args, '--config', path], {
      stdio: 'pipe',
      env: { ...process.env, NO_COLOR: '1' },
    })
    const done = { stdout: '', stderr: '' }
    child.stdout.setEncoding('utf8').on('data', (text: string) => (done.stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (done.stderr += text))
    child.stdin.on('error', () => {}) // a command that reads nothing closes it
    child.stdin.end(stdin)
    const [code] = (await once(child, 'close')) as [number | null]
    return { code, ...done }
  }
  return { store, feed, run: (...args) => feed('', ...args) }
}
