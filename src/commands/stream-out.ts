/** stream-out: many lines on standard output, as fast as whoever reads them takes them, and no faster. */
import { once } from 'node:events'

const ENOUGH_CHARS = 65_536

export interface StreamOut {
  /** Adds a line; a promise only when the reader must be waited for. */
  readonly line: (text: string) => Promise<void> | null
  readonly end: () => Promise<void>
}

export function streamOut(out: NodeJS.WritableStream = process.stdout): StreamOut {
  let waiting = ''
  function push(): Promise<void> | null {
    const isTaken = out.write(waiting)
    waiting = ''
    return isTaken ? null : once(out, 'drain').then(() => undefined)
  }
  return {
    line(text) {
      waiting += `${text}\n`
      return waiting.length < ENOUGH_CHARS ? null : push()
    },
    async end() {
      if (waiting !== '') await push()
    },
  }
}
