/**
 * Reads one HTTP/1.x response as browsers do, not as the grammar has it: what they show people is no trouble of the network's.
 *
 *   bytes ─► lines ─► status, headers ─► body, by chunks, length or the end of the connection
 *
 * Taken: bare LF as the end of a line, folded lines, spaces about names and values, names and lines that mean nothing (left out), one length many
 * times, a length beside chunks (which win), interim responses that nobody asked for, no reason, no end after the last chunk. Only one
 * response is read from a connection, so none of this can smuggle another one in.
 *
 * @see RFC 9112 sections 2.2, 4, 5.2, 6.3, 7.1
 */
import { ProtocolError } from './protocol-error.ts'

export interface Http1Sink {
  onHead(status: number, headers: [string, string][]): void
  onBody(bytes: Buffer): void
}

export interface Http1Reader {
  /** @returns whether the response is complete. @throws ProtocolError where no browser could go on */
  push(chunk: Buffer): boolean
  /** The connection has ended. @returns whether the response is complete with that */
  finish(): boolean
  /** the length given is none, so where the body ends is not known */
  isVague(): boolean
}

/** As much as Chrome takes, interim responses included. */
const MAX_HEAD_BYTES = 262_144
/** Of a line that is no header. */
const MAX_LINE = 16_384
/** Browsers look for the beginning after as much rubbish, and call anything else no HTTP. */
const STATUS_LINE = /^[^]{0,4}?HTTP(?:\/(\d+)\.(\d+))?[ \t]+([1-9]\d\d)(?!\d)/i
const BEGINNING = /^[^]{0,4}?HTTP/i
const BEGINNING_BYTES = 8
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
const CHUNK_SIZE = /^([0-9a-f]{1,12})[ \t]*(?:;|$)/i
const LAST_CHUNK = /^0+[ \t]*(?:;|$)/

/** `gap`: the line end that closes a chunk. */
type State = 'status' | 'headers' | 'size' | 'gap' | 'data' | 'done'

/** Starts with the first byte after the request. */
export function readHttp1(sink: Http1Sink): Http1Reader {
  let state: State = 'status'
  let line = ''
  let headBytes = 0
  let start: StatusLine = { status: 0, hasChunks: false }
  let headers: [string, string][] = []
  let framing: Framing = { isChunked: false, length: null, isVague: false }
  /** of the body or the chunk; `null` = up to the end of the connection */
  let left: number | null = null

  const takeLine = (text: string) => {
    if (state === 'status') {
      if (text === '') return
      start = statusLineOf(text)
      headers = []
      state = 'headers'
    } else if (state === 'headers') {
      if (text === '') endHead()
      else addHeader(headers, text)
    } else if (state === 'size') {
      left = chunkSizeOf(text)
      state = left === 0 ? 'done' : 'data'
    } else {
      if (text !== '') throw unreadable()
      state = 'size'
    }
  }
  const endHead = () => {
    state = 'status'
    if (start.status < 200) return
    framing = framingOf(start, headers)
    left = framing.length
    state = left === 0 ? 'done' : framing.isChunked ? 'size' : 'data'
    sink.onHead(start.status, headers)
  }
  /** @returns bytes taken */
  const takeBody = (rest: Buffer): number => {
    const piece = left === null ? rest : rest.subarray(0, left)
    if (left !== null) left -= piece.length
    if (left === 0) state = framing.isChunked ? 'gap' : 'done'
    sink.onBody(piece)
    return piece.length
  }
  /** @returns bytes taken: up to the end of the line, or all there are of it */
  const takeText = (rest: Buffer): number => {
    const at = rest.indexOf(10)
    const taken = at === -1 ? rest.length : at + 1
    if (state === 'status' || state === 'headers') headBytes += taken
    line += rest.toString('latin1', 0, at === -1 ? rest.length : at)
    if (headBytes > MAX_HEAD_BYTES || (state !== 'headers' && line.length > MAX_LINE)) throw unreadable()
    if (at === -1) {
      if (state === 'status' && isNoHttp(line)) throw unreadable()
      return taken
    }
    const whole = line.endsWith('\r') ? line.slice(0, -1) : line
    line = ''
    takeLine(whole)
    return taken
  }
  const isDone = () => state === 'done'

  return {
    push(chunk) {
      for (let at = 0; at < chunk.length && !isDone();) {
        const rest = chunk.subarray(at)
        at += state === 'data' ? takeBody(rest) : takeText(rest)
      }
      return isDone()
    },
    finish: () =>
      isDone() ||
      (state === 'data' && left === null) ||
      (state === 'size' && LAST_CHUNK.test(line.trimEnd())),
    isVague: () => framing.isVague,
  }
}

interface StatusLine {
  readonly status: number
  /** of a version that has chunks */
  readonly hasChunks: boolean
}

interface Framing {
  readonly isChunked: boolean
  /** `null`: chunks say it, or the end of the connection */
  readonly length: number | null
  readonly isVague: boolean
}

function isNoHttp(line: string): boolean {
  return line.length >= BEGINNING_BYTES && !BEGINNING.test(line.trimStart())
}

function statusLineOf(text: string): StatusLine {
  const [, major = '1', minor = '0', code] = STATUS_LINE.exec(text) ?? []
  // Nobody asked for another protocol.
  if (code === undefined || code === '101') throw unreadable()
  return { status: Number(code), hasChunks: Number(major) > 1 || (major === '1' && minor !== '0') }
}

function chunkSizeOf(text: string): number {
  const [, size] = CHUNK_SIZE.exec(text) ?? []
  if (size === undefined) throw unreadable()
  return Number.parseInt(size, 16)
}

function framingOf({ status, hasChunks }: StatusLine, headers: readonly [string, string][]): Framing {
  const none = { isChunked: false, isVague: false }
  if (status === 204 || status === 304) return { ...none, length: 0 }
  const codings = hasChunks ? listed(headers, 'transfer-encoding') : []
  if (codings.some((coding) => coding.toLowerCase() === 'chunked'))
    return { ...none, isChunked: true, length: null }
  const length = lengthOf(headers)
  return length === 'vague' ? { ...none, isVague: true, length: null } : { ...none, length }
}

/** A line that is no header is left out, as browsers do; NUL ends everything, as it does for them. */
function addHeader(headers: [string, string][], line: string): void {
  if (line.includes('\0')) throw unreadable()
  const text = line.replaceAll('\r', ' ')
  if (/^[ \t]/.test(text)) {
    const last = headers.at(-1)
    if (last !== undefined) last[1] += last[1] === '' ? trim(text) : ` ${trim(text)}`
    return
  }
  const colon = text.indexOf(':')
  const name = trim(text.slice(0, Math.max(colon, 0))).toLowerCase()
  if (TOKEN.test(name)) headers.push([name, trim(text.slice(colon + 1))])
}

/** Spaces and tabs alone: bytes of UTF-8 may look like other blanks. By hand, for a pattern takes quadratic time over a line of spaces. */
function trim(text: string): string {
  let from = 0
  let to = text.length
  while (from < to && isBlank(text.charCodeAt(from))) from += 1
  while (to > from && isBlank(text.charCodeAt(to - 1))) to -= 1
  return text.slice(from, to)
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9
}

/** @returns `null`: none is given. `vague`: what is given is no length. @throws ProtocolError when several differ */
function lengthOf(headers: readonly (readonly [string, string])[]): number | 'vague' | null {
  const given = new Set(listed(headers, 'content-length'))
  if (given.size > 1) throw unreadable()
  const [only = ''] = given
  if (only === '') return null
  return /^\d{1,15}$/.test(only) ? Number(only) : 'vague'
}

/** The values of a header whose values are a list, however many lines they stand on. */
function listed(headers: readonly (readonly [string, string])[], wanted: string): string[] {
  return headers.flatMap(([name, value]) => (name === wanted ? value.split(',').map(trim) : []))
}

export function unreadable(): ProtocolError {
  return new ProtocolError('http_request_failed', 'The response cannot be read.')
}
