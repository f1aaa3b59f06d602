/** What every trial over a connection begins with: where to, whose name, and TCP. */
import type net from 'node:net'
import type { TrialAddress, TrialName } from '../../model/differential.ts'
import type { Failure } from '../../model/failure.ts'
import { startDeadline } from '../deadline.ts'
import { failed, type Run } from '../run.ts'
import { since } from '../tcp.ts'

/** What differs from one trial to the next. */
export interface Sent {
  readonly name: TrialName
  /** empty for none */
  readonly host: string
  readonly at: TrialAddress
  readonly address: string
  readonly port: number
}

export interface Opened {
  readonly startedMs: number
  readonly tcpMs: number | null
  readonly failure: Failure | null
  readonly socket: net.Socket | null
}

/** Opens the connection of one trial. */
export async function openTrial(run: Run, { address, port }: Sent): Promise<Opened> {
  const startedMs = run.watch()
  using deadline = startDeadline(run.signal, run.settings.tcpTimeoutMs)
  try {
    const socket = await run.dialer.connect(address, port, deadline.signal)
    return { startedMs, tcpMs: since(run, startedMs), failure: null, socket }
  } catch (error) {
    return { startedMs, tcpMs: null, failure: failed(run, error), socket: null }
  }
}
