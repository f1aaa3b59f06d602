/**
 * One question to this machine's own name servers, in their order, as the C library asks them: the next one when one is silent,
 * gone, or has only its own trouble to tell. Names in the hosts file are not looked at: what the network says is what is measured.
 */
import type { Failure } from '../../model/failure.ts'
import type { Dialer } from '../../vantage/dialer.ts'
import type { Server } from '../../vantage/system-servers.ts'
import { askServer, type Patience, type ServerAnswer } from './ask-server.ts'
import type { Question } from './wire.ts'

/** What one server says and the next one is not asked about. */
const SETTLED = new Set<Failure | null>([null, 'dns_nxdomain_error', 'dns_no_answer'])

/**
 * @param patience for all servers together; each gets an equal share
 * @returns the first answer that settles it, else the first server's trouble. Late second answers are those of all servers.
 * @throws what went wrong with the first server, when none answered
 */
export async function askSystem(
  dialer: Dialer,
  servers: readonly Server[],
  question: Question,
  { timeoutMs, ...patience }: Patience,
  signal: AbortSignal,
): Promise<ServerAnswer> {
  const share = { timeoutMs: timeoutMs / servers.length, ...patience }
  const answered: ServerAnswer[] = []
  const errors: unknown[] = []
  for (const server of servers) {
    try {
      const answer = await askServer(dialer, server, question, share, signal)
      answered.push(answer)
      if (SETTLED.has(answer.failure)) break
    } catch (error) {
      errors.push(error)
      if (signal.aborted) break
    }
  }
  const told = answered.find(({ failure }) => SETTLED.has(failure)) ?? answered[0]
  if (told === undefined) throw errors[0] ?? new Error('This machine names no resolver.')
  return { ...told, late: Promise.all(answered.map(({ late }) => late)).then((all) => all.flat()) }
}
