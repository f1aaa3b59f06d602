/** What becomes of a connection attempt, before a byte of its own is sent. */
import { isIPv4, isIPv6 } from 'node:net'
import { tcpRule } from './censor.ts'
import { isBeyondReach, isIspResolver, type Inside } from './inside.ts'
import type { Origin } from './origin.ts'
import type { ReplyName } from '../vantage/socks-message.ts'

/** `accept-reset`: opened, then reset. `dns`: a resolver listens there. */
export type Treatment = Exclude<ReplyName, 'open'> | 'silence' | 'reset' | 'accept-reset' | 'dns' | Origin

const RETRANSMITTED_AT_S = [0, 1, 3, 7, 15, 31]
const DNS_PORT = 53

/** Decides what a SYN to an address meets: link, then censor, then the machine. */
export function decideTreatment(inside: Inside, address: string, port: number): Treatment {
  const { conditions, censor, world, machines } = inside
  if (isBeyondReach(inside, address))
    return conditions.international === 'cut' ? 'silence' : 'hostUnreachable'
  if (isIPv6(address) && conditions.ipv6 !== 'up') {
    return conditions.ipv6 === 'host-unreachable' ? 'hostUnreachable' : 'networkUnreachable'
  }
  const rule = tcpRule(censor, { address, port }, (host) => world.site(host)?.addresses ?? [])
  switch (rule?.action) {
    case 'refuse':
      return 'refused'
    case 'drop':
      return 'silence'
    case 'reset':
    case 'accept-reset':
      return rule.action
    case undefined:
      break
  }
  const residual = inside.residualBlocks.against(address, port)
  if (residual !== null) return residual
  if (port === DNS_PORT && isIspResolver(inside, address)) return 'dns'
  const meets = machines.meet(address, port)
  if (meets !== 'silence') return meets
  // Nobody else listens on the machine the proxy runs on.
  return isIPv4(address) && address.startsWith('127.') ? 'refused' : 'silence'
}

/** How long the SYN takes to be answered: lost ones are sent again on Linux's clock. `null` = all of them were lost. */
export function synDelayMs({
  conditions,
  random,
  timeScale,
}: Pick<Inside, 'conditions' | 'random' | 'timeScale'>): number | null {
  const through = RETRANSMITTED_AT_S.find(() => random() >= conditions.loss)
  return through === undefined ? null : through * 1000 * timeScale + conditions.delayMs
}
