/** One handshake of the matrix: a name, an address, and a way to cut the hello. */
import type { Hello, TlsExperiment } from '../../model/differential.ts'
import { classifyVerification } from '../classify.ts'
import { startDeadline } from '../deadline.ts'
import { failed, type Run } from '../run.ts'
import { since } from '../tcp.ts'
import { greet } from './hello.ts'
import { openTrial, type Sent } from './trial.ts'

/** Makes the trial. Kept are what came back, by its kind, and how it ended. */
export async function tryTls(run: Run, sent: Sent, hello: Hello): Promise<TlsExperiment> {
  const { startedMs, tcpMs, failure, socket } = await openTrial(run, sent)
  const about = { kind: 'tls', ...sent, hello, startedMs, tcpMs } as const
  if (socket === null) {
    const durationMs = since(run, startedMs)
    const nothing = { answered: false, came: 'nothing', alert: null, helloBytes: 0, verified: null } as const
    return { ...about, durationMs, failure, failedAt: 'tcp', ...nothing }
  }
  using deadline = startDeadline(run.signal, run.settings.tlsTimeoutMs)
  const greeted = await greet(socket, sent.host, hello, run.settings.extraCa, deadline.signal)
  const { error, verification, presented, helloBytes, answer } = greeted
  const why =
    error !== null ? failed(run, error) : verification === null ? null : classifyVerification(verification)
  return {
    ...about,
    durationMs: since(run, startedMs),
    failure: why,
    failedAt: why === null ? null : 'after',
    ...answer,
    helloBytes,
    verified: presented && sent.host !== '' ? verification === null : null,
  }
}
