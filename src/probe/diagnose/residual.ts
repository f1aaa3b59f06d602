/**
 * residual: how long after a trigger a harmless handshake with the same server still fails. At the neutral server, because the
 * service's own addresses are triggered by every other look too.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { ResidualExperiment, TlsExperiment } from '../../model/differential.ts'
import { startDeadline } from '../deadline.ts'
import type { Run } from '../run.ts'
import type { Neutral } from './matrix.ts'
import { tryTls } from './tls-trial.ts'
import type { Trials } from './trials.ts'

/** When to try, in ms after the trigger: few, at growing gaps. A filter that remembers does so for seconds to minutes. */
const TRY_AT_MS = [200, 1_000, 3_000, 7_000, 15_000, 30_000]
/** A harmless handshake that takes longer than this is not let through. */
const PATIENCE_MS = 2_000

/** Sends the name once more, then tries until a harmless handshake is answered or time is up. Nothing when the name is not cut there. */
export async function linger(
  run: Run,
  trials: Trials,
  host: string,
  neutral: Neutral | null,
): Promise<(TlsExperiment | ResidualExperiment)[]> {
  if (neutral === null || !isCut(trials, host, neutral)) return []
  const { tcpTimeoutMs, tlsTimeoutMs } = run.settings
  if (trials.leftMs() < tcpTimeoutMs + tlsTimeoutMs + PATIENCE_MS) return []
  const { address } = neutral
  const send = () => tryTls(run, { name: 'target', host, at: 'neutral', address, port: 443 }, 'small')
  const trigger = await send()
  const triggeredMs = run.watch()
  const made: (TlsExperiment | ResidualExperiment)[] = [trigger]
  for (const atMs of TRY_AT_MS) {
    const waitMs = triggeredMs + atMs - run.watch()
    if (run.signal.aborted || Math.max(0, waitMs) + 2 * PATIENCE_MS > trials.leftMs()) return made
    if (waitMs > 0) await pause(waitMs, undefined, { signal: run.signal }).catch(() => undefined)
    const tried = await tryHarmless(run, neutral, triggeredMs)
    if (run.signal.aborted) return made
    made.push(tried)
    if (!tried.answered) continue
    // Once more where it is known to be open: a trial that nothing before it can have tainted.
    if (trials.leftMs() >= tcpTimeoutMs + tlsTimeoutMs) made.push(await send())
    return made
  }
  return made
}

async function tryHarmless(
  run: Run,
  { host, address }: Neutral,
  triggeredMs: number,
): Promise<ResidualExperiment> {
  const startedMs = run.watch()
  const deadline = startDeadline(run.signal, PATIENCE_MS)
  const bounded: Run = { ...run, signal: deadline.signal }
  const tried = await tryTls(bounded, { name: 'neutral', host, at: 'neutral', address, port: 443 }, 'small')
  deadline.clear()
  run.trouble ??= bounded.trouble
  return {
    kind: 'residual',
    startedMs,
    durationMs: tried.durationMs,
    failure: tried.failure,
    address,
    port: 443,
    afterMs: Math.round(startedMs - triggeredMs),
    answered: tried.answered,
  }
}

/** The name was met with failure at the neutral server, and nothing came back. */
function isCut({ made }: Trials, host: string, { address }: Neutral): boolean {
  return made.some(
    (trial) =>
      trial.kind === 'tls' &&
      trial.name === 'target' &&
      trial.host === host &&
      trial.address === address &&
      trial.hello === 'small' &&
      trial.failedAt === 'after' &&
      !trial.answered,
  )
}
