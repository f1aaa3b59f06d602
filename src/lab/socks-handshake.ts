/** The proxy's side of a SOCKS5 handshake, message by message, however the bytes are split. */
import type { Socket } from 'node:net'
import {
  METHOD,
  REPLY,
  type Target,
  readCredentials,
  readGreeting,
  readRequest,
  writeMethod,
  writeReply,
  writeStatus,
} from '../vantage/socks-message.ts'
import { finish } from './tamper.ts'

const MAX_BYTES = 1024

/** What a client asked for once it was let in. */
export interface SocksRequest {
  readonly command: number
  readonly target: Target
  /** what it sent right behind */
  readonly early: Buffer
}

interface Credentials {
  readonly username: string
  readonly password: string
}

/** Brings a client to its request; one that talks nonsense, or has the wrong credentials, is sent away. */
export function shakeHands(
  client: Socket,
  credentials: Credentials | null,
  asked: (request: SocksRequest) => void,
): void {
  let unread = Buffer.alloc(0)
  let stage: 'greeting' | 'credentials' | 'request' = 'greeting'

  const leave = (last: Buffer): void => {
    client.off('data', hear)
    finish(client, last)
  }
  /** Whether a whole message was read, so that there may be another. */
  const step = (): boolean => {
    const read = { greeting: readGreeting, credentials: readCredentials, request: readRequest }[stage](unread)
    if (read === 'more' && unread.length <= MAX_BYTES) return false
    if (typeof read === 'string') {
      leave(stage === 'request' ? writeReply(REPLY.generalFailure) : writeMethod(METHOD.unacceptable))
      return false
    }
    unread = unread.subarray(read.end)
    if ('methods' in read) {
      const method = credentials ? METHOD.password : METHOD.none
      if (!read.methods.includes(method)) return (leave(writeMethod(METHOD.unacceptable)), false)
      client.write(writeMethod(method))
      stage = credentials ? 'credentials' : 'request'
      return true
    }
    if ('username' in read) {
      const known = read.username === credentials?.username && read.password === credentials.password
      if (!known) return (leave(writeStatus(1)), false)
      client.write(writeStatus(0))
      stage = 'request'
      return true
    }
    client.off('data', hear)
    asked({ command: read.command, target: read.target, early: unread })
    return false
  }
  const hear = (chunk: Buffer): void => {
    unread = Buffer.concat([unread, chunk])
    while (step());
  }
  client.on('data', hear)
}
