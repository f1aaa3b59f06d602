/**
 * watchConfig: a changed configuration takes over whole, or the old one stays and the reason is handed out.
 *
 * Two ways of noticing: folders are watched (editors replace files rather than write into them), and files are polled (a single
 * bind-mounted file, a network file system). Then the files must rest for a moment, so that half-written ones are not read.
 */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { isDeepStrictEqual } from 'node:util'
import type { Config } from './config.ts'
import { createFolderWatch } from './folder-watch.ts'
import { tryLoad } from './load.ts'
import { configInvalid } from './problem.ts'
import { codeOf, type Env } from './secret.ts'

export interface WatchOptions {
  /** of didbon.yaml */
  readonly path: string
  readonly env: Env
  /** what runs now: a load that comes to the same is no change */
  readonly current: Config
  /** ends the watch; no callback comes after */
  readonly signal: AbortSignal
  /** a new configuration, or the present one again after a rejected one was put right; when it fails, the old one stays */
  onConfig(config: Config): void | Promise<void>
  /** the files do not make a configuration, or it could not be applied; said once for one content */
  onRejected(error: Error): void
  /** how often the files are read again; default 5000 */
  readonly pollMs?: number
  /** how long they must rest; default 300 */
  readonly restMs?: number
}

export type Reloaded = 'taken' | 'unchanged' | 'rejected'

export interface ConfigWatch {
  /** looks now, without waiting for files to rest (SIGHUP); a configuration rejected before is rejected again */
  reload(): Promise<Reloaded>
}

/** Watches everything the configuration is read from: both YAML files, secret files, certificate files. */
export function watchConfig(options: WatchOptions): ConfigWatch {
  const { path, env, signal, pollMs = 5000, restMs = 300 } = options
  let current = options.current
  let files = current.files
  let loadedPrint: string | null = null
  let seenPrint: string | null = null
  let wasRejected = false
  let queue: Promise<unknown> = Promise.resolve()
  let timer: NodeJS.Timeout | null = null
  const folders = createFolderWatch(() => checkIn(restMs))

  folders.follow(files)
  checkIn(0)
  signal.addEventListener('abort', end, { once: true })
  return { reload: () => inTurn(load) }

  /** One at a time, in the order asked for. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = queue.then(work)
    queue = result.then(noop, noop)
    return result
  }

  function checkIn(ms: number): void {
    if (signal.aborted) return
    if (timer !== null) clearTimeout(timer)
    timer = setTimeout(() => {
      timer = null
      void inTurn(check)
    }, ms)
    timer.unref()
  }

  /** Loads what differs from what was loaded, once it has been the same twice. */
  async function check(): Promise<void> {
    const print = await fingerprint(files)
    const rested = print === seenPrint
    seenPrint = print
    if (print !== loadedPrint && rested) await load()
    // a folder may have spoken up meanwhile: then the next look is already set
    if (timer === null) checkIn(print === loadedPrint || rested ? pollMs : restMs)
  }

  async function load(): Promise<Reloaded> {
    if (signal.aborted) return 'unchanged'
    const before = await fingerprint(files)
    const { config, problems, files: read } = await tryLoad(path, env)
    const sameFiles = isDeepStrictEqual(files, read)
    files = read
    // of what was there before reading: a change meanwhile is seen at the next look
    loadedPrint = sameFiles ? before : await fingerprint(files)
    if (!sameFiles) folders.follow(files)
    if (signal.aborted) return 'unchanged'
    if (config === null) {
      wasRejected = true
      options.onRejected(configInvalid(problems))
      return 'rejected'
    }
    if (isDeepStrictEqual(config, current) && !wasRejected) return 'unchanged'
    try {
      await options.onConfig(config)
    } catch (error) {
      wasRejected = true
      options.onRejected(error as Error)
      return 'rejected'
    }
    wasRejected = false
    current = config
    return 'taken'
  }

  function end(): void {
    if (timer !== null) clearTimeout(timer)
    folders.close()
  }
}

/** One hash over the content of all files; one that cannot be read counts as the reason why. */
async function fingerprint(files: readonly string[]): Promise<string> {
  const hash = createHash('sha256')
  for (const file of files) {
    const content = await readFile(file).catch((error: unknown) => codeOf(error))
    hash.update(`${file}\0${content.length}\0`).update(content)
  }
  return hash.digest('hex')
}

function noop(): void {}
