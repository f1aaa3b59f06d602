/**
 * One TCP connection, with an exact end: the only place where the rooms that reach outwards call `net.connect`.
 */
import net from 'node:net'
import { locate } from './locate.ts'

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
    const named = net.isIP(host) === 0
    const socket = net.connect({
      host,
      port,
      noDelay: true,
      autoSelectFamily: named,
      ...(named ? { lookup: lookupWith(signal) } : {}),
    })
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

/** In place of getaddrinfo, which net.connect asks otherwise; with autoSelectFamily it always wants all addresses. */
function lookupWith(signal: AbortSignal): net.LookupFunction {
  const answer = async (name: string, callback: Parameters<net.LookupFunction>[2]) => {
    let found: string[]
    try {
      found = await locate(name, signal)
    } catch (error) {
      callback(asError(error), [])
      return
    }
    callback(
      null,
      found.map((address) => ({ address, family: net.isIP(address) })),
    )
  }
  return (name, _options, callback) => void answer(name, callback)
}

/** Destroys a socket; an error it still emits is ignored. */
export function discard(socket: net.Socket): void {
  socket.on('error', () => undefined)
  socket.destroy()
}

/** The reason of a signal as something that can be thrown. */
export function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason))
}
