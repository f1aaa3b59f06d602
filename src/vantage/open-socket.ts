/**
 * One TCP connection, with an exact end: the only place where the rooms that reach outwards call `net.connect`.
 */
import net from 'node:net'

/**
 * Opens TCP to one address and gives up the moment the signal says so.
 *
 * @param host literal IP, or a proxy's name
 * @returns an open socket that is paused, without listeners and without Nagle's delay
 * @throws Node's error as it is, or the signal's reason
 */
export function openSocket(host: string, port: number, signal: AbortSignal): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(asError(signal.reason))
      return
    }
    const socket = net.connect({ host, port, noDelay: true, autoSelectFamily: net.isIP(host) === 0 })
    const settle = () => {
      signal.removeEventListener('abort', onAbort)
      socket.off('connect', onConnect)
    }
    const onConnect = () => {
      settle()
      socket.off('error', onError)
      resolve(socket)
    }
    const onError = (error: Error) => {
      settle()
      socket.destroy()
      reject(error)
    }
    const onAbort = () => {
      settle()
      socket.off('error', onError)
      discard(socket)
      reject(asError(signal.reason))
    }
    socket.once('connect', onConnect)
    socket.once('error', onError)
    signal.addEventListener('abort', onAbort, { once: true })
  })
}

/** Destroys a socket and takes whatever it still has to complain about. */
export function discard(socket: net.Socket): void {
  socket.on('error', () => undefined)
  socket.destroy()
}

/** The reason of a signal as something that can be thrown. */
export function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason))
}
