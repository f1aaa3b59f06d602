/**
 * handset: what the SOCKS library talks into in place of the socket.
 *
 * Its clock runs on for a minute after all is said, and holds on to whatever it was given. With the socket itself that would be
 * every connection of the last minute, its TLS session and its buffers; once hung up, this holds nothing.
 */
import { EventEmitter } from 'node:events'
import type net from 'node:net'

export class Handset extends EventEmitter {
  #socket: net.Socket | null
  readonly #said = (data: Buffer) => this.emit('data', data)
  readonly #closed = () => this.emit('close')
  readonly #failed = (error: Error) => this.emit('error', error)

  /** @param socket whose data, end and errors are passed on until it is hung up */
  constructor(socket: net.Socket) {
    super()
    this.#socket = socket
    socket.on('data', this.#said)
    socket.on('close', this.#closed)
    socket.on('error', this.#failed)
  }

  write(data: Uint8Array): void {
    this.#socket?.write(data)
  }

  destroy(): void {
    this.#socket?.destroy()
  }

  /** The library lets its socket flow once all is said; ours waits for whoever takes it over. */
  resume(): void {}

  pause(): void {
    this.#socket?.pause()
  }

  /** Leaves the socket as it was, paused. */
  hangUp(): void {
    if (this.#socket === null) return
    this.#socket.pause()
    this.#socket.off('data', this.#said)
    this.#socket.off('close', this.#closed)
    this.#socket.off('error', this.#failed)
    this.#socket = null
  }
}
