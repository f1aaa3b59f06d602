/** One GET in cleartext: a Host, and an address that is the host's own or somebody else's. */
import { hash } from 'node:crypto'
import type { HttpExperiment } from '../../model/differential.ts'
import { startDeadline } from '../deadline.ts'
import { exchange } from '../exchange.ts'
import { headText, titleOf } from '../page.ts'
import { failed, type Run } from '../run.ts'
import { since } from '../tcp.ts'
import { openTrial, type Sent } from './trial.ts'

/** Enough of a page to know it again. */
const MAX_BODY_BYTES = 65_536
const MAX_LOCATION = 500
/** Of the page at an address that nobody else gives, in characters. */
const MAX_HEAD = 4_096

export async function tryHttp(run: Run, sent: Sent): Promise<HttpExperiment> {
  const { startedMs, tcpMs, failure, socket } = await openTrial(run, sent)
  const about = { kind: 'http', ...sent, startedMs, tcpMs } as const
  if (socket === null) {
    const nothing = { answered: false, status: null, location: null, bodySha256: null, title: null }
    return { ...about, durationMs: since(run, startedMs), failure, failedAt: 'tcp', ...nothing }
  }
  const before = socket.bytesRead
  using deadline = startDeadline(run.signal, run.settings.httpTimeoutMs)
  const { status, headers, body, error } = await exchange(
    socket,
    {
      origin: `http://${sent.host}`,
      path: '/',
      method: 'GET',
      headers: { 'user-agent': run.settings.userAgent, accept: 'text/html,*/*;q=0.8' },
      body: null,
    },
    Math.min(MAX_BODY_BYTES, run.settings.maxBodyBytes),
    deadline.signal,
  )
  const why = error === null ? null : failed(run, error)
  const header = (wanted: string) => headers.find(([name]) => name === wanted)?.[1] ?? null
  const text = headText(body.bytes, header('content-type') ?? '')
  return {
    ...about,
    durationMs: since(run, startedMs),
    failure: why,
    failedAt: why === null ? null : 'after',
    answered: status !== null || socket.bytesRead > before,
    status,
    location: header('location')?.slice(0, MAX_LOCATION) ?? null,
    bodySha256: status === null ? null : hash('sha256', body.bytes),
    title: status === null ? null : titleOf(text),
    ...(sent.at === 'given' && status !== null ? { bodyHead: text.slice(0, MAX_HEAD) } : {}),
  }
}
