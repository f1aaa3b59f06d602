/** Bodies as they come: undone as `content-encoding` says, and no further than the cut, so that a bomb stays small. */
import zlib from 'node:zlib'
import type { Transform } from 'node:stream'

export interface Body {
  readonly bytes: Buffer
  /** there was more than the cut allows */
  readonly cut: boolean
}

export interface Decoder {
  /** `enough`: the rest need not be read. `wait`: not before `onReady`, or memory would fill with what is still packed. */
  write(chunk: Buffer): 'more' | 'wait' | 'enough'
  /** Undoes what has come so far, even of a body that broke off, and gives it. Never rejects. */
  finish(): Promise<Body>
}

const FIRST_BYTES = 16_384
/** Pieces are put together before they are undone: one job for the thread pool per byte would be a cheap way to stall us. */
const BATCH_BYTES = 16_384

const ENCODINGS: Readonly<Record<string, () => Transform>> = {
  gzip: () => zlib.createGunzip(),
  'x-gzip': () => zlib.createGunzip(),
  // Some servers mean raw deflate by this word; createUnzip does not take that, and such bodies are kept as they came.
  deflate: () => zlib.createInflate(),
  br: () => zlib.createBrotliDecompress(),
  zstd: () => zlib.createZstdDecompress(),
}

/**
 * Starts decoding a body.
 *
 * @param encoding the value of `content-encoding`; what is unknown, chained or does not decode is kept as it came
 * @param onFull called once when decoded bytes reach the cut
 * @param onReady called when more may be written after a `wait`
 */
export function openDecoder(
  encoding: string,
  maxBytes: number,
  onFull: () => void,
  onReady: () => void,
): Decoder {
  const wire = collect(maxBytes)
  const make = ENCODINGS[encoding.trim().toLowerCase()]
  if (make === undefined) {
    return {
      write: (chunk) => (wire.add(chunk) ? 'more' : 'enough'),
      finish: () => Promise.resolve(wire.body()),
    }
  }
  const decoded = collect(maxBytes)
  const transform = make()
  let broken = false
  let handedOver = 0
  const ended = new Promise<void>((resolve) => {
    transform.on('data', (chunk: Buffer) => {
      if (transform.destroyed || decoded.add(chunk)) return
      transform.destroy()
      onFull()
    })
    transform.on('drain', onReady)
    transform.on('error', () => {
      broken = true
    })
    transform.on('close', () => {
      onReady()
      resolve()
    })
  })
  const handOver = (): boolean => {
    const batch = Buffer.from(wire.body().bytes.subarray(handedOver))
    handedOver += batch.length
    return batch.length === 0 || transform.write(batch)
  }
  return {
    write(chunk) {
      if (!wire.add(chunk)) return 'enough'
      if (transform.destroyed || wire.size() - handedOver < BATCH_BYTES) return 'more'
      return handOver() ? 'more' : 'wait'
    },
    async finish() {
      if (!transform.destroyed) {
        handOver()
        transform.end()
      }
      await ended
      if (broken && decoded.size() === 0) return wire.body()
      const { bytes, cut } = decoded.body()
      return { bytes, cut: cut || wire.body().cut }
    },
  }
}

/** Copies into one growing buffer: a body that comes in a million pieces must not be kept as a million objects. */
function collect(maxBytes: number) {
  let store = Buffer.allocUnsafe(Math.min(FIRST_BYTES, maxBytes))
  let size = 0
  let cut = false
  return {
    /** @returns false once there is more than the cut allows */
    add(chunk: Buffer): boolean {
      const take = Math.min(chunk.length, maxBytes - size)
      cut ||= take < chunk.length
      if (size + take > store.length) {
        const larger = Buffer.allocUnsafe(Math.min(maxBytes, Math.max(store.length * 2, size + take)))
        store.copy(larger, 0, 0, size)
        store = larger
      }
      chunk.copy(store, size, 0, take)
      size += take
      return !cut
    },
    size: () => size,
    body: (): Body => ({ bytes: store.subarray(0, size), cut }),
  }
}
