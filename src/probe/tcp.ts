/** The second rung: one TCP connection to one address. */
import type net from 'node:net'
import type { TcpObservation } from '../model/measurement.ts'
import type { Target } from './addresses.ts'
import { startDeadline } from './deadline.ts'
import { failed, type Run } from './run.ts'

/**
 * Opens one TCP connection to one address.
 *
 * @param target a literal address, or a name where the proxy resolves; names are resolved in dns.ts, never here
 * @returns what was seen, and the open socket for the next rung or `null`. A refused connection is a result, not an exception.
 * @see OONI df-005-tcpconnect
 */
export async function connectTcp(
  run: Run,
  target: Target,
  port: number,
  depth: number,
): Promise<{ seen: TcpObservation; socket: net.Socket | null }> {
  const startedMs = run.watch()
  using deadline = startDeadline(run.signal, run.settings.tcpTimeoutMs)
  const about = {
    layer: 'tcp',
    depth,
    address: target.address,
    port,
    source: target.source,
    startedMs,
  } as const
  try {
    const socket = await run.dialer.connect(target.address, port, deadline.signal)
    return { seen: { ...about, durationMs: since(run, startedMs), failure: null }, socket }
  } catch (error) {
    return {
      seen: { ...about, durationMs: since(run, startedMs), failure: failed(run, error) },
      socket: null,
    }
  }
}

/** Ms since a step began, to the microsecond. */
export function since(run: Run, startedMs: number): number {
  return Math.round((run.watch() - startedMs) * 1000) / 1000
}
