/** What a censor on the path does to bytes under way, once it has decided to. */
import type { Socket } from 'node:net'
import type { Narrow } from './bucket.ts'
import type { Scope } from './scope.ts'

/** What becomes of a server's bytes once so many of them went through. */
export type Cut =
  /** `drop`: nothing more comes, and nobody is told */
  | { readonly afterBytes: number; readonly how: 'reset' | 'fin' | 'drop' }
  /** the rest comes a byte at a time */
  | { readonly afterBytes: number; readonly how: 'drip'; readonly everyMs: number }

/** The server's half of a conversation on its way to the client. */
export interface Carried {
  /** Cuts after so many more bytes from the server. */
  cutAfter(cut: Cut): void
  /** Lets go of the client without telling it anything; the server's side is closed. */
  stop(): void
}

/** FIN after `last`, and nothing more. What still comes is read and dropped: unread bytes would turn the FIN into a RST. */
export function finish(client: Socket, last?: Buffer): void {
  if (last) client.end(last)
  else client.end()
  client.resume()
}

/** Sends `head`, then one byte every `everyMs` until the client gives up. */
export function drip(client: Socket, head: Buffer, everyMs: number, scope: Scope): void {
  client.write(head)
  const stop = scope.every(everyMs, () => client.write('.'))
  client.once('close', stop)
}

/** Reads a server's bytes through narrow places, a small piece after the other. @returns calls once what was read so far is through */
function squeeze(
  from: Socket,
  through: readonly Narrow[],
  scope: Scope,
  forward: (chunk: Buffer) => void,
): (after: () => void) => void {
  if (through.length === 0) {
    from.on('data', forward)
    return (after) => after()
  }
  const pieceBytes = Math.min(...through.map((narrow) => narrow.pieceBytes))
  let waiting = Buffer.alloc(0)
  let whenDone: (() => void) | null = null
  const next = (): void => {
    if (waiting.length === 0) {
      from.resume()
      return whenDone?.()
    }
    const piece = waiting.subarray(0, pieceBytes)
    const pass = (left: readonly Narrow[]): void => {
      const [first, ...rest] = left
      if (first !== undefined) return first.bucket.take(piece.length, scope, () => pass(rest))
      waiting = waiting.subarray(piece.length)
      forward(piece)
      next()
    }
    pass(through)
  }
  from.on('data', (chunk: Buffer) => {
    from.pause()
    const idle = waiting.length === 0
    waiting = Buffer.concat([waiting, chunk])
    if (idle) next()
  })
  return (after) => {
    if (waiting.length === 0) after()
    else whenDone = after
  }
}

/** What lies between a server and the client. */
export interface Way {
  readonly scope: Scope
  /** Calls once so many bytes more have come across; in the order asked. */
  readonly arrive: (bytes: number, call: () => void) => void
  /** Whether a packet of so many bytes vanishes. */
  readonly swallows: (bytes: number) => boolean
  /** Resets the client's connection. */
  readonly reset: () => void
  /** what the bytes must squeeze through, one after another; none = as fast as they come */
  readonly narrows: readonly Narrow[]
}

/** Carries a server's bytes to the client, and ends as the server ended: FIN for FIN, RST for RST. */
export function carry(from: Socket, client: Socket, way: Way): Carried {
  const { scope, arrive, narrows } = way
  let cut: Cut | null = null
  let left = Infinity
  /** the censor has decided how this ends; what the server does no longer counts */
  let decided = false
  let stopDrip = (): void => undefined
  let afterDrip: (() => void) | null = null

  const stop = (): void => {
    decided = true
    stopDrip()
    from.destroy()
  }
  const end = (how: 'reset' | 'fin' | 'drop'): void => {
    stop()
    if (client.destroyed || how === 'drop') return
    if (how === 'reset') way.reset()
    else finish(client)
  }
  /** What the server did, unless the censor got there first; its last bytes may still be dripping. */
  const ended = (how: 'reset' | 'fin'): void => {
    if (decided) return
    if (afterDrip) afterDrip = () => end(how)
    else end(how)
  }
  const dripOn = (bytes: Buffer, everyMs: number): void => {
    from.pause()
    afterDrip = () => from.resume()
    let at = 0
    stopDrip = scope.every(everyMs, () => {
      if (at < bytes.length) return void client.write(bytes.subarray(at, (at += 1)))
      stopDrip()
      const next = afterDrip
      afterDrip = null
      next?.()
    })
  }
  const forward = (chunk: Buffer): void => {
    if (decided || client.destroyed) return
    // What follows a lost packet waits for it to be sent again, in vain.
    if (way.swallows(chunk.length)) return stop()
    if (cut && chunk.length >= left) {
      const through = chunk.subarray(0, left)
      if (cut.how === 'drip') {
        client.write(through)
        dripOn(chunk.subarray(left), cut.everyMs)
        left = 0
        return
      }
      const { how } = cut
      decided = true
      from.pause()
      client.write(through, () => end(how))
      return
    }
    left -= chunk.length
    if (client.write(chunk)) return
    from.pause()
    client.once('drain', () => from.resume())
  }
  const late = (chunk: Buffer): void => arrive(chunk.length, () => forward(chunk))
  const afterAll = squeeze(from, narrows, scope, late)
  from.once('end', () => afterAll(() => arrive(0, () => ended('fin'))))
  from.once('error', () => arrive(0, () => ended('reset')))
  client.once('close', stop)
  return {
    cutAfter(next) {
      cut = next
      left = next.afterBytes
    },
    stop,
  }
}
