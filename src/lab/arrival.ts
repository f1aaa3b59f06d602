/** When a server's bytes arrive: after the line's delay, and what is lost after it has been sent again. */
import type { Inside } from './inside.ts'

/** What an Ethernet packet holds for TCP over IPv4. */
export const SEGMENT_BYTES = 1460

/** The first of a lost packet is sent again after so long, and each further one after twice as long. @see RFC 6298, as Linux has it */
const RESENT_AFTER_MS = 200
/** No packet is lost more often than that: a sender would have given up. */
const MOST_TIMES = 15

/**
 * In the order asked, each once all its packets have come through.
 *
 * @param loss how likely a packet or its answer is lost at this moment
 * @returns calls once so many bytes more are there
 */
export function createArrival(
  { conditions: { delayMs }, random, scope, timeScale }: Inside,
  loss: () => number,
): (bytes: number, call: () => void) => void {
  /** in the order asked: timers due at the same moment need not keep it */
  const waiting: { readonly dueAt: number; readonly call: () => void }[] = []
  const next = (): void => {
    const [first] = waiting
    if (first === undefined) return
    scope.after(first.dueAt - performance.now(), () => {
      waiting.shift()
      first.call()
      next()
    })
  }
  return (bytes, call) => {
    const share = loss()
    const now = performance.now()
    let resentMs = 0
    const packets = share > 0 ? Math.ceil(bytes / SEGMENT_BYTES) : 0
    for (let packet = 0; packet < packets; packet += 1) {
      let times = 0
      while (times < MOST_TIMES && random() < share) times += 1
      resentMs = Math.max(resentMs, RESENT_AFTER_MS * (2 ** times - 1) * timeScale)
    }
    waiting.push({ dueAt: Math.max(waiting.at(-1)?.dueAt ?? 0, now + delayMs + resentMs), call })
    if (waiting.length === 1) next()
  }
}
