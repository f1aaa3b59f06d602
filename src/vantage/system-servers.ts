/** Which name servers this machine is set to ask. Node's getServers alone returns what was set when the thread began. */
// The whole module: setServers puts other functions into it, which names imported one by one would miss.
import dns from 'node:dns'
import { endpointOf } from '../net/endpoint.ts'

/** A name server. */
export interface Server {
  /** literal IP */
  readonly address: string
  readonly port: number
}

const AT_START = dns.getServers().join(' ')

/** In the order they are to be asked, read anew: a network that came up late brings others. What dns.setServers was given goes first. */
export function systemServers(): Server[] {
  const current = dns.getServers()
  return (current.join(' ') === AT_START ? new dns.Resolver().getServers() : current).map(serverOf)
}

/** Reads `1.2.3.4`, `1.2.3.4:53`, `fe80::1%eth0` and `[fe80::1%eth0]:53`. Exported for its test. */
export function serverOf(text: string): Server {
  return endpointOf(text) ?? { address: text, port: 53 }
}
