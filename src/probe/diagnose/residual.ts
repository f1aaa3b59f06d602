/**
 * residual: how long after a trigger a harmless handshake with the same server still fails. At the neutral server, because the
 * service's own addresses are triggered by every other measurement too.
 *
 *     wait until something harmless is answered ─► the name, once ─► harmless, at growing gaps ─► the name, once more
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

type Residual = (TlsExperiment | ResidualExperiment)[]

/** Nothing when the name is not cut at the neutral server, nothing harmless is answered there either, or too little time is left. */
export async function measureResidual(
  run: Run,
  trials: Trials,
  host: string,
  neutral: Neutral | null,
): Promise<Residual> {
  const lastMs = neutral === null ? null : lastCutMs(trials, host, neutral)
  if (neutral === null || lastMs === null || !answersAnything(trials, neutral)) return []
  const { tcpTimeoutMs, tlsTimeoutMs } = run.settings
  const { address } = neutral
  const made: Residual = []
  const send = async (): Promise<boolean> => {
    if (run.signal.aborted || trials.leftMs() < tcpTimeoutMs + tlsTimeoutMs) return false
    made.push(await tryTls(run, { name: 'target', host, at: 'neutral', address, port: 443 }, 'small'))
    return !run.signal.aborted
  }
  // What the trials before have left must be over, or it would be taken for what comes next.
  if (!(await untilOpen(run, trials, neutral, lastMs, made))) return made
  if (!(await send())) return made
  // Once more where it is known to be open: a trial that nothing before it can have tainted.
  if (await untilOpen(run, trials, neutral, run.watch(), made)) await send()
  return made
}

/** Tries until a harmless handshake is answered; what was tried is left in `made`. @returns false when time ran out first */
async function untilOpen(
  run: Run,
  trials: Trials,
  neutral: Neutral,
  triggeredMs: number,
  made: Residual,
): Promise<boolean> {
  for (const atMs of TRY_AT_MS) {
    const waitMs = Math.max(0, triggeredMs + atMs - run.watch())
    if (run.signal.aborted || waitMs + PATIENCE_MS > trials.leftMs()) return false
    if (waitMs > 0) await pause(waitMs, undefined, { signal: run.signal }).catch(() => undefined)
    const tried = await tryHarmless(run, neutral, triggeredMs)
    if (run.signal.aborted) return false
    made.push(tried)
    if (tried.answered) return true
  }
  return false
}

async function tryHarmless(
  run: Run,
  { host, address }: Neutral,
  triggeredMs: number,
): Promise<ResidualExperiment> {
  const startedMs = run.watch()
  using deadline = startDeadline(run.signal, PATIENCE_MS)
  const bounded: Run = { ...run, signal: deadline.signal }
  const tried = await tryTls(bounded, { name: 'neutral', host, at: 'neutral', address, port: 443 }, 'small')
  run.unfit ??= bounded.unfit
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

/** Whether there is anything to come back to: the harmless trials of the baseline are made before any filter is triggered. */
function answersAnything({ made }: Trials, { address }: Neutral): boolean {
  return made.some((trial) => trial.kind === 'tls' && trial.address === address && trial.answered)
}

/** When the last trial that was cut by the name ended at the neutral server; `null`: there the name is not cut. */
function lastCutMs({ made }: Trials, host: string, { address }: Neutral): number | null {
  const cut = made.filter(
    (trial) =>
      trial.kind === 'tls' &&
      trial.name === 'target' &&
      trial.host === host &&
      trial.address === address &&
      trial.failedAt === 'after' &&
      !trial.answered,
  )
  return cut.length === 0 ? null : Math.max(...cut.map(({ startedMs, durationMs }) => startedMs + durationMs))
}
