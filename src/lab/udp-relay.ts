/**
 * UDP ASSOCIATE: a datagram port for one client, open for as long as the connection that asked for it.
 *
 * client's datagram -> loss -> a resolver on port 53, or nobody -> replies, each with its delay and maybe lost
 */
import { createSocket } from 'node:dgram'
import type { Socket } from 'node:net'
import { answerDns } from './dns-server.ts'
import type { Inside } from './inside.ts'
import { readTarget, writeDatagram, writeReply } from './socks-message.ts'

const DNS_PORT = 53
const HEADER_BYTES = 3

/** Opens the relay and tells the client its address. Datagrams for a name, and fragments, are dropped. */
export function openUdpRelay(inside: Inside, client: Socket): void {
  const relay = createSocket('udp4')
  let open = true
  relay.on('error', () => client.destroy())
  relay.bind(0, '127.0.0.1', () => {
    if (open) client.write(writeReply('open', relay.address()))
  })
  client.once('close', () => {
    open = false
    relay.close()
  })
  client.resume()

  relay.on('message', (datagram, sender) => {
    const read =
      datagram.length > HEADER_BYTES && datagram[2] === 0 ? readTarget(datagram, HEADER_BYTES) : 'malformed'
    if (typeof read === 'string' || read.target.kind === 'name' || read.target.port !== DNS_PORT) return
    if (inside.random() < inside.conditions.loss) return
    const from = { address: read.target.host, port: DNS_PORT }
    for (const reply of answerDns(inside, from.address, datagram.subarray(read.end), 'udp')) {
      inside.scope.after(reply.afterMs + inside.conditions.delayMs, () => {
        if (open) relay.send(writeDatagram(from, reply.message), sender.port, sender.address)
      })
    }
  })
}
