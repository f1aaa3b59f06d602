/** Which of several connections fetches the page. */
import type { AddressSource, TcpObservation, TlsObservation } from '../model/measurement.ts'
import type { Connection } from './http.ts'

/** How far one address was climbed to. */
export interface Climbed {
  readonly seen: readonly (TcpObservation | TlsObservation)[]
  readonly connection: Connection | null
}

/** How long to wait for a better connection when a lesser one is ready. @see OONI web_connectivity v0.5, which waits as long */
const PATIENCE_MS = 500

const PREFERENCE: readonly AddressSource[] = ['vantage', 'literal', 'trusted', 'control']

/**
 * Picks one connection: at once when the best kind is ready, otherwise the best of those that are ready a little later.
 *
 * @param overTls whether a better connection than an unverified one can be hoped for
 * @returns `null` when no address got that far
 */
export function best(
  climbs: readonly Promise<Climbed>[],
  overTls: boolean,
  signal: AbortSignal,
): Promise<Connection | null> {
  return new Promise((resolve) => {
    const ready: Connection[] = []
    let open = climbs.length
    let timer: NodeJS.Timeout | null = null
    const choose = () => {
      if (timer !== null) clearTimeout(timer)
      signal.removeEventListener('abort', choose)
      resolve(ready.toSorted((a, b) => rank(a) - rank(b))[0] ?? null)
    }
    signal.addEventListener('abort', choose, { once: true })
    if (open === 0 || signal.aborted) choose()
    for (const climb of climbs) {
      void climb.then(({ connection }) => {
        open -= 1
        if (connection !== null) ready.push(connection)
        if (open === 0 || (connection !== null && isFirstChoice(connection, overTls))) choose()
        else if (connection !== null) timer ??= setTimeout(choose, PATIENCE_MS)
      })
    }
  })
}

/** Nothing that is still on its way could be better. */
function isFirstChoice({ target, verified }: Connection, overTls: boolean): boolean {
  return (verified || !overTls) && (target.source === 'vantage' || target.source === 'literal')
}

/** A verified connection before one that is not; then by where its address came from. */
function rank(connection: Connection): number {
  return (connection.verified ? 0 : PREFERENCE.length) + PREFERENCE.indexOf(connection.target.source)
}
