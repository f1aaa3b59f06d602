/**
 * The addresses of a proxy that is configured by name: from the hosts file, else from the system's name servers.
 *
 * Never getaddrinfo: it runs on four threads that the whole process shares, cannot be stopped, and holds one of them for ten
 * seconds when nobody answers. Two such names would keep everybody else waiting.
 */
import { promises as dns } from 'node:dns'
import { readFile } from 'node:fs/promises'
import { tcpKey } from '../net/endpoint.ts'
import { addressesInHosts, HOSTS_PATH } from './hosts-file.ts'
import { type Server, systemServers } from './system-servers.ts'

/** How long one server may be silent at first; c-ares doubles it the second time. */
const PATIENCE_MS = 1_000
const TRIES = 2

/**
 * Asks for both families at once.
 *
 * @param signal ends the wait, and the asking
 * @returns at least one literal address
 * @throws Node's error, with the code of c-ares, or the signal's reason
 */
export async function locate(
  name: string,
  signal: AbortSignal,
  servers: readonly Server[] = systemServers(),
): Promise<string[]> {
  signal.throwIfAborted()
  const local = addressesInHosts(await hosts(), name)
  if (local.length > 0) return local
  const resolver = new dns.Resolver({ timeout: PATIENCE_MS, tries: TRIES })
  resolver.setServers(servers.map(({ address, port }) => tcpKey(address, port)))
  const onAbort = () => resolver.cancel()
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    signal.throwIfAborted()
    const [v4, v6] = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)])
    signal.throwIfAborted()
    const found = [v4, v6].flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
    if (found.length === 0) throw (v4 as PromiseRejectedResult).reason
    return found
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

/** A machine without the file has none of its own names. */
async function hosts(): Promise<string> {
  try {
    return await readFile(HOSTS_PATH, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw error
  }
}
