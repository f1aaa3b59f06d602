/** DNS over TCP: messages with a two-byte length before each. @see RFC 1035 4.2.2 */
import type { Socket } from 'node:net'
import { answerDns } from './dns-server.ts'
import type { Inside } from './inside.ts'

/** Answers what a client sends to `resolver` over TCP. Give the returned function every chunk. */
export function answerDnsStream(inside: Inside, client: Socket, resolver: string): (chunk: Buffer) => void {
  let unread = Buffer.alloc(0)
  return (chunk) => {
    unread = Buffer.concat([unread, chunk])
    while (unread.length >= 2 && unread.length >= 2 + unread.readUInt16BE(0)) {
      const end = 2 + unread.readUInt16BE(0)
      const message = unread.subarray(2, end)
      unread = unread.subarray(end)
      for (const reply of answerDns(inside, resolver, message, 'tcp')) {
        const length = Buffer.alloc(2)
        length.writeUInt16BE(reply.message.length)
        inside.scope.after(reply.afterMs + inside.conditions.delayMs, () => {
          if (!client.destroyed) client.write(Buffer.concat([length, reply.message]))
        })
      }
    }
  }
}
