/**
 * The way out that needs no help: this machine's own network.
 */
import dgram from 'node:dgram'
import net from 'node:net'
import type { DatagramChannel, Dialer } from './dialer.ts'
import { asError, openSocket } from './open-socket.ts'

/** Connects straight from this machine. Node's own errors come through as they are. */
export const directDialer: Dialer = {
  connect: openSocket,
  openDatagrams: openUdp,
}

/**
 * A UDP socket bound to one peer by the kernel, from a port of the kernel's choosing.
 *
 * Connected, so that datagrams from anybody else never come in, and an ICMP refusal is reported.
 */
export function openUdp(
  to: { readonly address: string; readonly port: number },
  signal: AbortSignal,
): Promise<DatagramChannel> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(asError(signal.reason))
      return
    }
    const socket = dgram.createSocket(net.isIPv6(to.address) ? 'udp6' : 'udp4')
    let open = true
    let onError: (error: Error) => void = () => undefined
    let onMessage: (message: Buffer) => void = () => undefined
    socket.on('message', (message) => onMessage(message))
    const close = () => {
      if (open) {
        open = false
        socket.close()
      }
    }
    const onAbort = () => {
      close()
      reject(asError(signal.reason))
    }
    // Stays for the life of the socket: a late error without a listener would end the process.
    socket.on('error', (error) => {
      signal.removeEventListener('abort', onAbort)
      reject(error)
      onError(error)
    })
    signal.addEventListener('abort', onAbort, { once: true })
    // Given a callback, Node passes the error to it and emits none; its types leave that out.
    socket.connect(to.port, to.address, (error?: Error) => {
      signal.removeEventListener('abort', onAbort)
      if (!open) return
      if (error) {
        close()
        reject(error)
        return
      }
      resolve({
        send(message) {
          if (!open) return
          socket.send(message, (error) => {
            if (error) onError(error)
          })
        },
        listen(message, error) {
          onError = error
          onMessage = message
        },
        close,
      })
    })
  })
}
