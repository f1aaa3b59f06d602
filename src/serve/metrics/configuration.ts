/** configuration: what is running, and whether the last configuration read was applied. */
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
      help: 'A constant 1, labelled by the version of didbon and of Node.js',
      labelNames: ['version', 'node'],
      read: (put) => put(1, build.version, build.node),
    },
    {
      name: 'didbon_config_last_reload_successful',
      help: 'Whether the last configuration read was loaded (1) or rejected (0)',
      labelNames: [],
      read: (put) => put(refused === null ? 1 : 0),
    },
    {
      name: 'didbon_config_last_reload_success_timestamp_seconds',
      help: 'Time when the current configuration was loaded',
      labelNames: [],
      read(put) {
        if (takenAt !== null) put(takenAt / 1000)
      },
    },
    {
      name: 'didbon_config_rejected_info',
      help: 'A constant 1, labelled by the first problem of the rejected configuration; absent while the last one read is in force',
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
