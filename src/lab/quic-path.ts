/** QUIC on its way out of a network: what one client sends to port 443, and what comes back. */
import { isIPv6 } from 'node:net'
import { addressesIn, isBeyondReach, type Inside } from './inside.ts'
import { quicRule } from './matching.ts'
import { openQuicServer, type QuicServer } from './quic-server.ts'

/** The datagrams of one client. */
export interface QuicPath {
  receive(address: string, datagram: Buffer): void
  stop(): void
}

interface Flow {
  /** the name the client began with */
  readonly serverName: string | null
  /** `null`: nobody there speaks QUIC */
  readonly server: QuicServer | null
}

/** @param say sends a datagram back to the client, as from that address */
export function openQuicPath(inside: Inside, say: (address: string, datagram: Buffer) => void): QuicPath {
  const flows = new Map<string, Flow>()
  const isLost = (): boolean => inside.random() < inside.conditions.loss
  const begin = (address: string, datagram: Buffer): Flow => {
    const back = (reply: Buffer): void => {
      if (isLost()) return
      inside.scope.after(inside.conditions.delayMs, () => say(address, reply))
    }
    const { quic } = inside.machines
    const { library } = quic
    const identityFor = quic.at(address)
    const flow: Flow = {
      serverName: quic.nameIn(datagram),
      server:
        library === null || identityFor === null
          ? null
          : openQuicServer(library, identityFor, inside.scope, back),
    }
    flows.set(address, flow)
    return flow
  }
  return {
    receive(address, datagram) {
      if (isLost() || isBeyondReach(inside, address)) return
      if (isIPv6(address) && inside.conditions.ipv6 !== 'up') return
      const { serverName, server } = flows.get(address) ?? begin(address, datagram)
      if (quicRule(inside.censor, { address, serverName }, addressesIn(inside)) === null)
        server?.receive(datagram)
    },
    stop() {
      for (const { server } of flows.values()) server?.stop()
    },
  }
}
