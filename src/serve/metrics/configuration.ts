/** configuration: what is running, and whether the last configuration read was taken over. */
import type { LiveGauge } from './live.ts'

const MAX_REASON = 200

export interface Build {
  readonly version: string
  readonly node: string
}

export function configurationState(build: Build) {
  let takenAt: number | null = null
  let refused: string | null = null

  const gauges: readonly LiveGauge[] = [
    {
      name: 'didbon_build_info',
      help: 'Always 1; labels say what is running',
      labelNames: ['version', 'node'],
      read: (put) => put(1, build.version, build.node),
    },
    {
      name: 'didbon_config_last_reload_successful',
      help: 'Whether the last configuration read was taken over (1) or refused (0)',
      labelNames: [],
      read: (put) => put(refused === null ? 1 : 0),
    },
    {
      name: 'didbon_config_last_reload_success_timestamp_seconds',
      help: 'When the configuration in force was taken over',
      labelNames: [],
      read(put) {
        if (takenAt !== null) put(takenAt / 1000)
      },
    },
    {
      name: 'didbon_config_rejected_info',
      help: 'The first problem of the configuration that was refused; absent while the last one was taken over',
      labelNames: ['reason'],
      read(put) {
        if (refused !== null) put(1, refused)
      },
    },
  ]

  return {
    gauges,
    configTaken(at: number): void {
      takenAt = at
      refused = null
    },
    configRefused(reason: string): void {
      refused = reason.slice(0, MAX_REASON)
    },
  }
}
