/** QUIC servers on real UDP sockets, each with one way of answering. */
import { randomBytes } from 'node:crypto'
import dgram from 'node:dgram'
import { onTestFinished } from 'vitest'
import { createAuthority } from '../../src/lab/ca.ts'
import { HERE, quicLibrary, serverConfig, THERE } from '../../src/lab/quic-library.ts'
import { openQuicServer, type QuicServer } from '../../src/lab/quic-server.ts'
import { Scope } from '../../src/lab/scope.ts'

export const authority = createAuthority('Test Root')
export const stranger = createAuthority('Nobody Knows')

/** A UDP socket on loopback that hands over what it hears. */
export async function serveUdp(
  onMessage: (message: Buffer, answer: (reply: Buffer) => void, client: number) => void,
): Promise<number> {
  const socket = dgram.createSocket('udp4')
  socket.on('message', (message, { port, address }) =>
    onMessage(message, (reply) => socket.send(reply, port, address), port),
  )
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  onTestFinished(() => void socket.close())
  return socket.address().port
}

/** @param names its certificate is for; @param by who signed it */
export async function serveQuic(names: readonly string[], by = authority): Promise<number> {
  const library = (await quicLibrary())!
  const scope = new Scope()
  onTestFinished(() => scope.end())
  const clients = new Map<number, QuicServer>()
  return serveUdp((message, answer, client) => {
    let server = clients.get(client)
    if (server === undefined) {
      server = openQuicServer(library, () => by.identityFor(names), scope, answer)
      clients.set(client, server)
    }
    server.receive(message)
  })
}

/** A server that first wants its token back, and before that sends one that nobody sealed. */
export async function serveAfterRetry(): Promise<{ port: number; tokens: string[] }> {
  const library = (await quicLibrary())!
  const tokens: string[] = []
  const packet = new Uint8Array(1_500)
  let first: Uint8Array | null = null
  let connection: ReturnType<typeof library.Connection.accept> | null = null
  const port = await serveUdp((message, answer) => {
    const header = library.Header.fromSlice(Uint8Array.from(message), 20)
    if (first === null) {
      first = header.dcid
      const length = library.retry(
        header.scid,
        header.dcid,
        randomBytes(16),
        Buffer.from('come again'),
        header.version,
        packet,
      )
      const retry = Buffer.from(packet.subarray(0, length))
      const forged = Buffer.from(retry)
      forged[length - 1]! ^= 1
      answer(forged)
      return answer(retry)
    }
    if (header.token !== undefined) tokens.push(Buffer.from(header.token).toString())
    connection ??= library.Connection.accept(
      header.dcid,
      first,
      HERE,
      THERE,
      serverConfig(library, authority.identityFor(['site.example'])),
    )
    connection.recv(Uint8Array.from(message), { from: THERE, to: HERE })
    for (let made = connection.send(packet); made; made = connection.send(packet))
      answer(Buffer.from(packet.slice(0, made[0])))
  })
  return { port, tokens }
}
