/** serve: the daemon, from start to signal. */
import { loadConfig } from '../config/load.ts'
import { locateConfig } from '../config/locate.ts'
import { watchConfig } from '../config/watch.ts'
import { startDaemon } from '../daemon.ts'
import { createLog } from '../run/log.ts'
import { type Listening, listeningAs } from './listening.ts'

/**
 * Runs until SIGTERM or SIGINT; reloads a changed configuration on SIGHUP and when a file changes.
 *
 * @returns exit code
 * @throws AppError when the configuration, the store or the port cannot be had
 */
export async function serveCommand(options: Listening & { readonly config?: string }): Promise<number> {
  const path = locateConfig(options.config, process.env)
  const read = await loadConfig(path, process.env)
  const config = listeningAs(read, options)
  const log = createLog(config.log.level)
  const stopped = Promise.withResolvers<NodeJS.Signals>()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, stopped.resolve)

  // Before anything says that it runs: without a handler the signal would end it.
  let reload = (): void => undefined
  process.on('SIGHUP', () => reload())

  const daemon = await startDaemon({ config, log })
  const watching = new AbortController()
  const watcher = watchConfig({
    path,
    env: process.env,
    current: read,
    signal: watching.signal,
    onConfig: (next) => daemon.reload(listeningAs(next, options)),
    onRejected: daemon.refuse,
  })
  reload = () => void watcher.reload()

  log.info({ signal: await stopped.promise }, 'stopping')
  watching.abort()
  await daemon.stop()
  return 0
}
