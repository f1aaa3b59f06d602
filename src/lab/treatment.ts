/** What becomes of a connection attempt, before a byte of its own is sent. */
import { isIPv4, isIPv6 } from 'node:net'
import {
  addressesIn,
  type Conditions,
  destination,
  isBeyondReach,
  isIspResolver,
  type Inside,
} from './inside.ts'
import { lossTo, tcpRule } from './matching.ts'
import type { Origin } from './origin.ts'
import { REPLY, type ReplyName } from '../vantage/socks-message.ts'

/** `accept-…`: opened, then reset, closed, or never heard of again. `dns`: a resolver listens there. */
export type Treatment =
  | Exclude<ReplyName, 'open'>
  | 'silence'
  | 'reset'
  | 'accept-reset'
  | 'accept-close'
  | 'accept-drop'
  | 'dns'
  | Origin

/** Whether the proxy says that it could not connect, and why. */
export function isRefusal(treatment: Treatment): treatment is Exclude<ReplyName, 'open'> {
  return typeof treatment === 'string' && Object.hasOwn(REPLY, treatment)
}

const RETRANSMITTED_AT_S = [0, 1, 3, 7, 15, 31]
const DNS_PORT = 53

/** Decides what a SYN to an address meets: link, then censor, then the machine. */
export function decideTreatment(inside: Inside, address: string, port: number): Treatment {
  const { conditions, censor, machines } = inside
  if (isBeyondReach(inside, address))
    return conditions.international === 'cut' ? 'silence' : 'hostUnreachable'
  if (isIPv6(address) && conditions.ipv6 !== 'up') {
    return conditions.ipv6 === 'host-unreachable' ? 'hostUnreachable' : 'networkUnreachable'
  }
  const rule = tcpRule(censor, destination(inside, address, port), addressesIn(inside))
  switch (rule?.action) {
    case 'refuse':
      return 'refused'
    case 'unreachable':
      return 'hostUnreachable'
    case 'drop':
      return 'silence'
    case 'reset':
    case 'accept-reset':
    case 'accept-close':
    case 'accept-drop':
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

/** How likely one exchange with an address is lost: on the line as a whole, or on the way to there. */
export function lossOf(inside: Inside, address: string, port: number): number {
  const onTheWay = lossTo(inside.censor, destination(inside, address, port), addressesIn(inside))
  return 1 - (1 - inside.conditions.loss) * (1 - onTheWay)
}

type SynPath = Pick<Inside, 'random' | 'timeScale'> & {
  readonly conditions: Pick<Conditions, 'loss' | 'delayMs'>
}

/**
 * How long the SYN takes to be answered: lost ones are sent again on Linux's clock. `null` = all of them were lost.
 *
 * @param loss how likely one is lost
 */
export function synDelayMs(
  { conditions, random, timeScale }: SynPath,
  loss: number = conditions.loss,
): number | null {
  const through = RETRANSMITTED_AT_S.find(() => random() >= loss)
  return through === undefined ? null : through * 1000 * timeScale + conditions.delayMs
}
