/** serve: the daemon, from start to signal. */
import { loadConfig } from '../config/load.ts'
import { locateConfig } from '../config/locate.ts'
import { watchConfig } from '../config/watch.ts'
import { startDaemon } from '../daemon.ts'
import { createLog } from '../log.ts'

/**
 * Runs until SIGTERM or SIGINT; takes a changed configuration over on SIGHUP and when a file changes.
 *
 * @returns exit code
 * @throws AppError when the configuration, the store or the port cannot be had
 */
export async function serveCommand(options: { config?: string }): Promise<number> {
  const path = locateConfig(options.config, process.env)
  const config = await loadConfig(path, process.env)
  const log = createLog(config.log.level)
  const stopped = Promise.withResolvers<NodeJS.Signals>()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, stopped.resolve)

  const daemon = await startDaemon({ config, log })
  const watching = new AbortController()
  const watcher = watchConfig({
    path,
    env: process.env,
    current: config,
    signal: watching.signal,
    onConfig: daemon.take,
    onRejected: daemon.refuse,
  })
  process.on('SIGHUP', () => void watcher.reload())

  log.info({ signal: await stopped.promise }, 'stopping')
  watching.abort()
  await daemon.stop()
  return 0
}
