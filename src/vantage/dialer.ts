/**
 * Ways of getting there: every vantage, whatever its route, is a Dialer, and the ladder is the same over all of them.
 */
import type net from 'node:net'

/** Datagrams to and from one server. Whoever opened it closes it. */
export interface DatagramChannel {
  /** Sends one datagram; what goes wrong goes to `onError`. */
  send(message: Uint8Array): void
  /** Hands over what comes in from now on, to these listeners in place of earlier ones. */
  listen(onMessage: (message: Buffer) => void, onError: (error: Error) => void): void
  close(): void
}

/** One way out. It holds no connections of its own; whoever is given a socket destroys it. */
export interface Dialer {
  /**
   * Opens TCP to a literal IP or, where a proxy resolves, to a name.
   *
   * The socket may be paused, so that no byte is lost before somebody listens: whoever does calls `resume()`.
   *
   * @param signal ends the attempt and destroys its sockets; a deadline is a signal too
   * @throws DialError when a proxy stands between, or Node's own error when none does
   */
  connect(host: string, port: number, signal: AbortSignal): Promise<net.Socket>
  /**
   * Opens a datagram channel to one server.
   *
   * @returns `null` where this way out carries no datagrams
   * @throws DialError or Node's own error
   */
  openDatagrams(
    to: { readonly address: string; readonly port: number },
    signal: AbortSignal,
  ): Promise<DatagramChannel | null>
}
