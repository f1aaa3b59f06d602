/** UDP ASSOCIATE: a datagram port for one client, open for as long as the connection that asked for it. */
import { createSocket } from 'node:dgram'
import type { Socket } from 'node:net'
import { answerDns } from './dns-server.ts'
import type { Inside } from './inside.ts'
import { openQuicPath } from './quic-path.ts'
import { REPLY, readDatagram, writeDatagram, writeReply } from '../vantage/socks-message.ts'

const DNS_PORT = 53
const QUIC_PORT = 443

/** Opens the relay and tells the client its address. Datagrams for a name, and fragments, are dropped. */
export function openUdpRelay(inside: Inside, client: Socket): void {
  const relay = createSocket('udp4')
  let open = true
  /** where the client sends from */
  let last: { readonly address: string; readonly port: number } | null = null
  const say = (from: { address: string; port: number }, message: Buffer): void => {
    if (open && last !== null) relay.send(writeDatagram(from, message), last.port, last.address)
  }
  const quic = openQuicPath(inside, (address, datagram) => say({ address, port: QUIC_PORT }, datagram))
  relay.on('error', () => client.destroy())
  relay.bind(0, '127.0.0.1', () => {
    if (open) client.write(writeReply(REPLY.open, relay.address()))
  })
  client.once('close', () => {
    open = false
    quic.stop()
    relay.close()
  })
  client.resume()

  relay.on('message', (datagram, sender) => {
    const read = readDatagram(datagram)
    if (read === null || read.target.kind === 'name') return
    const { host: address, port } = read.target
    const message = read.data
    last = sender
    if (port === QUIC_PORT) return quic.receive(address, message)
    if (port !== DNS_PORT || inside.random() < inside.conditions.loss) return
    for (const reply of answerDns(inside, address, message, 'udp')) {
      inside.scope.after(reply.afterMs + inside.conditions.delayMs, () => {
        say({ address, port }, reply.message)
      })
    }
  })
}
