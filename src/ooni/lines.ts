/**
 * lines: bytes in, plain or gzip by what they are and not by what the file is called; one line at a time out.
 *
 * Memory is bounded: a line longer than the cap is counted and its bytes let go, and gzip that swells beyond all measure is read
 * no further.
 */
import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'

export type Line =
  | { readonly kind: 'line'; readonly number: number; readonly bytes: Buffer }
  /** longer than the cap */
  | { readonly kind: 'too-long'; readonly number: number }
  /** the bytes ended or went bad before the file's end; nothing comes after this */
  | { readonly kind: 'broken'; readonly number: number; readonly why: string }

export interface LineLimits {
  readonly maxLineBytes: number
  /** how many times larger gzip may become, once past the first 64 MiB */
  readonly maxSwell: number
}

/** JSONL of measurements shrinks to a tenth or a twentieth; the most gzip can do is a thousandth. */
export const LINE_LIMITS: LineLimits = { maxLineBytes: 32 * 1024 * 1024, maxSwell: 200 }

const ALWAYS_ALLOWED_BYTES = 64 * 1024 * 1024
const NEWLINE = 0x0a

/** Empty lines are passed over; numbers count from 1, those included. */
export async function* readLines(
  source: AsyncIterable<Buffer>,
  limits: LineLimits = LINE_LIMITS,
): AsyncGenerator<Line> {
  let number = 1
  let parts: Buffer[] = []
  let length = 0

  /** The line ends here. */
  function end(): Line | null {
    const line: Line | null =
      length > limits.maxLineBytes
        ? { kind: 'too-long', number }
        : length === 0
          ? null
          : { kind: 'line', number, bytes: parts.length === 1 ? parts[0]! : Buffer.concat(parts) }
    number += 1
    parts = []
    length = 0
    return line
  }

  function add(part: Buffer): void {
    length += part.length
    if (length > limits.maxLineBytes) parts = []
    else if (part.length > 0) parts.push(part)
  }

  try {
    for await (const chunk of unzipped(source, limits.maxSwell)) {
      let from = 0
      for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
        add(chunk.subarray(from, at))
        from = at + 1
        const line = end()
        if (line !== null) yield line
      }
      add(chunk.subarray(from))
    }
  } catch (error) {
    yield { kind: 'broken', number, why: error instanceof Error ? error.message : String(error) }
    return
  }
  const last = end()
  if (last !== null) yield last
}

async function* unzipped(source: AsyncIterable<Buffer>, maxSwell: number): AsyncGenerator<Buffer> {
  const chunks = source[Symbol.asyncIterator]()
  let head: Buffer = Buffer.alloc(0)
  while (head.length < 2) {
    const { done, value } = await chunks.next()
    if (done === true) break
    head = Buffer.concat([head, value])
  }
  let taken = 0
  async function* all(): AsyncGenerator<Buffer> {
    taken += head.length
    yield head
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) {
      taken += next.value.length
      yield next.value
    }
  }
  if (head[0] !== 0x1f || head[1] !== 0x8b) {
    yield* all()
    return
  }
  let given = 0
  const packed = Readable.from(all(), { objectMode: false })
  const gunzip = createGunzip()
  packed.on('error', (error) => gunzip.destroy(error))
  try {
    for await (const chunk of packed.pipe(gunzip) as AsyncIterable<Buffer>) {
      given += chunk.length
      if (given > ALWAYS_ALLOWED_BYTES && given > taken * maxSwell) {
        throw new Error(`gzip that expands to more than ${maxSwell} times its size is not read further`)
      }
      yield chunk
    }
  } finally {
    gunzip.destroy()
    packed.destroy()
  }
}
