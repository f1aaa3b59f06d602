/** One question to one resolver over TCP (RFC 7766): the way for cut answers, and for ways out without datagrams. */
import type net from 'node:net'
import type { Dialer } from '../../vantage/dialer.ts'
import { discard } from '../../vantage/open-socket.ts'
import { startDeadline } from '../deadline.ts'
import { encodeQuestion, newId, readReply, type Question, type Reply } from './wire.ts'
import { ProtocolError } from '../protocol-error.ts'

/** Asks over a connection of its own. Rejects with what went wrong. */
export async function askTcp(
  dialer: Dialer,
  server: { readonly address: string; readonly port: number },
  question: Question,
  timeoutMs: number,
  parent: AbortSignal,
): Promise<Reply> {
  using deadline = startDeadline(parent, timeoutMs)
  let socket: net.Socket | null = null
  try {
    socket = await dialer.connect(server.address, server.port, deadline.signal)
    return await exchange(socket, question, deadline.signal)
  } finally {
    if (socket !== null) discard(socket)
  }
}

function exchange(socket: net.Socket, question: Question, signal: AbortSignal): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const id = newId()
    const heard: Buffer[] = []
    let heardBytes = 0
    let neededBytes = 2
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
    socket.on('error', reject)
    socket.on('end', () => reject(new ProtocolError('eof_error', 'The resolver closed the connection.')))
    socket.on('data', (data) => {
      heard.push(data)
      heardBytes += data.length
      if (heardBytes < neededBytes) return
      const message = Buffer.concat(heard)
      neededBytes = 2 + message.readUInt16BE(0)
      if (heardBytes < neededBytes) return
      const reply = readReply(message.subarray(2, neededBytes), question)
      if (reply === null)
        reject(new ProtocolError('dns_server_misbehaving', 'The resolver sent no answer to the question.'))
      else if (reply.id !== id)
        reject(new ProtocolError('dns_reply_with_wrong_query_id', 'The resolver answered with another id.'))
      else resolve(reply)
    })
    const message = encodeQuestion(id, question)
    const length = Buffer.alloc(2)
    length.writeUInt16BE(message.length)
    socket.write(Buffer.concat([length, message]))
    // Sockets that come through a proxy are paused.
    socket.resume()
  })
}
