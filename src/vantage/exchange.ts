/** exchange: one step of a conversation with a proxy: something is said, and the answer read, however it is cut into pieces. */
import type net from 'node:net'
import type { Read } from './socks-message.ts'

/** How a step ended that brought no answer. `silent`: its time was up, or the caller’s; `malformed`: what came is no answer to it. */
export interface Broken {
  readonly kind: 'silent' | 'closed' | 'reset' | 'malformed'
  readonly cause: unknown
}

export type Exchanged<T> = { readonly kind: 'read'; readonly value: T } | Broken

/**
 * Says something and waits for the answer. The socket is left paused and without listeners; what came behind the answer is put
 * back, for the next step or for whoever takes the socket over.
 *
 * @param limitMs for the whole answer: one that comes a byte at a time gains nothing by it
 * @param signal ends the step, not the socket
 */
export function exchange<T>(
  socket: net.Socket,
  message: Uint8Array,
  read: (bytes: Buffer) => Read<T>,
  limitMs: number,
  signal: AbortSignal,
): Promise<Exchanged<T>> {
  return new Promise((resolve) => {
    let heard = Buffer.alloc(0)
    let lost: Error | null = null
    const settle = (result: Exchanged<T>) => {
      clearTimeout(deadline)
      signal.removeEventListener('abort', onAbort)
      socket.pause()
      socket.off('data', onData).off('error', onError).off('end', onEnd).off('close', onEnd)
      resolve(result)
    }
    const onAbort = () => settle({ kind: 'silent', cause: signal.reason })
    const onError = (error: Error) => {
      lost = error
    }
    const onEnd = () => settle({ kind: isReset(lost) ? 'reset' : 'closed', cause: lost })
    const onData = (data: Buffer) => {
      heard = Buffer.concat([heard, data])
      const answer = read(heard)
      if (answer === 'more') return
      if (answer === 'malformed') return settle({ kind: 'malformed', cause: null })
      settle({ kind: 'read', value: answer })
      if (answer.end < heard.length) socket.unshift(heard.subarray(answer.end))
    }
    const deadline = setTimeout(() => settle({ kind: 'silent', cause: null }), limitMs)
    if (signal.aborted) return onAbort()
    if (socket.destroyed || socket.readableEnded) return onEnd()
    signal.addEventListener('abort', onAbort, { once: true })
    socket.on('data', onData).on('error', onError).on('end', onEnd).on('close', onEnd)
    socket.resume()
    socket.write(message)
  })
}

function isReset(error: Error | null): boolean {
  return error !== null && 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE')
}
