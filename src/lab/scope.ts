/** Keeps hold of sockets and timers so that all of them can be ended at once. Nothing in the lab waits or listens outside a scope. */
import type { Socket } from 'node:net'

/** A socket of any kind that can be ended at once. */
type Held = Pick<Socket, 'destroy' | 'once' | 'on'>

/** Sockets and timers that end together. Usable again after `end()`. */
export class Scope {
  readonly #sockets = new Set<Held>()
  readonly #timers = new Set<NodeJS.Timeout>()

  /** Destroys the socket when the scope ends. Its errors are swallowed: the close that follows each of them says enough. */
  hold<S extends Held>(socket: S): S {
    this.#sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('close', () => this.#sockets.delete(socket))
    return socket
  }

  /** Calls once after `ms`; at once, in this turn, when `ms` is 0. The returned function cancels. */
  after(ms: number, call: () => void): () => void {
    if (ms <= 0) {
      call()
      return () => undefined
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      call()
    }, ms)
    return this.#keep(timer)
  }

  /** Calls every `ms` until cancelled. */
  every(ms: number, call: () => void): () => void {
    return this.#keep(setInterval(call, ms))
  }

  end(): void {
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.clear()
    for (const socket of this.#sockets) socket.destroy()
    this.#sockets.clear()
  }

  #keep(timer: NodeJS.Timeout): () => void {
    this.#timers.add(timer)
    return () => {
      clearTimeout(timer)
      this.#timers.delete(timer)
    }
  }
}
