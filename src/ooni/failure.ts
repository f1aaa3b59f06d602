/** failure: OONI's failure strings, those of older probes and of the control too, as our words. */
import { FAILURES, type Failure, OTHERS_FAILURES } from '../model/failure.ts'
import { type Json, textOf } from './json.ts'

const KNOWN = new Set<string>([...FAILURES, ...OTHERS_FAILURES])

/** What older probes called it. */
const OLDER: Readonly<Record<string, Failure>> = {
  address_family_not_supported_error: 'address_family_not_supported',
  connection_lost_error: 'connection_reset',
  connection_refused_error: 'connection_refused',
  connection_done: 'eof_error',
  dns_name_error: 'dns_nxdomain_error',
  dns_server_failure: 'dns_servfail_error',
  response_never_received: 'eof_error',
  deferred_timeout_error: 'generic_timeout_error',
  task_timed_out: 'generic_timeout_error',
  tcp_timed_out_error: 'generic_timeout_error',
}

const LONGEST = 300

/** What a step of the measurer failed with; null, missing and empty all mean that it did not. */
export function failureOf(value: unknown): Failure | null {
  const text = textOf(value)
  if (text === null) return null
  if (KNOWN.has(text)) return text as Failure
  const older = Object.hasOwn(OLDER, text) ? OLDER[text] : undefined
  if (older !== undefined) return older
  const bare = text.startsWith('unknown_failure:') ? text.slice('unknown_failure:'.length).trim() : text
  return `unknown_failure: ${bare.slice(0, LONGEST)}`
}

/** What a connection failed with. `success` is not asked: it says nothing that `failure` does not. Old records say only that it failed. */
export function connectFailureOf(status: Json): Failure | null {
  return status['failure'] === true ? 'unknown_failure: not said' : failureOf(status['failure'])
}
