/** The proxy of one network: SOCKS5 with CONNECT and UDP ASSOCIATE, and a user name and password when the network asks for them. */
import { once } from 'node:events'
import { createServer, isIP, type AddressInfo, type Server, type Socket } from 'node:net'
import { shakeHands, type SocksRequest } from './socks-handshake.ts'
import { readAddresses, writeQuestion } from './dns-message.ts'
import { answerDns } from './dns-server.ts'
import { isBeyondReach, type Inside } from './inside.ts'
import { COMMAND, REPLY, type Target, writeReply } from '../vantage/socks-message.ts'
import { report } from './proxy-manner.ts'
import { finish } from './tamper.ts'
import { openTunnel, type Tunnel } from './tunnel.ts'
import { openUdpRelay } from './udp-relay.ts'

const BUSY_ATTEMPTS = 40
const BUSY_WAIT_MS = 50

/** The proxy of one network. */
export interface SocksServer {
  /** Listens on 127.0.0.1; 0 picks a port. Rejects when the port stays taken for two seconds. */
  listen(port: number): Promise<number>
  /** Refuses new connections; what is open is ended by the network's scope. */
  close(): Promise<void>
  /** Silences every tunnel whose other end is beyond the cut international link. */
  silenceBeyondReach(): void
}

/** A proxy that listens nowhere yet. */
export function openSocksServer(inside: Inside): SocksServer {
  const tunnels = new Set<Tunnel>()
  let server: Server | null = null

  const serve = (client: Socket, request: SocksRequest): void => {
    if (request.command === COMMAND.associate && inside.spec.udp !== false)
      return openUdpRelay(inside, client)
    if (request.command !== COMMAND.connect) return finish(client, writeReply(REPLY.commandUnsupported))
    void connectTo(inside, client, request, (tunnel) => {
      tunnels.add(tunnel)
      client.once('close', () => tunnels.delete(tunnel))
    })
  }
  const listenOnce = async (port: number): Promise<number> => {
    const starting = createServer({ noDelay: true }, (client) => {
      inside.scope.hold(client)
      if (inside.conditions.proxy === 'mute') return void client.resume()
      shakeHands(client, inside.spec.credentials ?? null, (request) => serve(client, request))
    })
    await once(starting.listen(port, '127.0.0.1'), 'listening')
    server = starting
    return (starting.address() as AddressInfo).port
  }
  return {
    async listen(port) {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await listenOnce(port)
        } catch (error) {
          // While the power was off, somebody's outgoing connection may have borrowed the port.
          if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || attempt === BUSY_ATTEMPTS) throw error
          await new Promise<void>((resolve) => inside.scope.after(BUSY_WAIT_MS, resolve))
        }
      }
    },
    async close() {
      const closing = server
      server = null
      if (!closing) return
      await new Promise<void>((resolve) => {
        closing.close(() => resolve())
        inside.scope.end()
      })
    },
    silenceBeyondReach() {
      for (const tunnel of tunnels) if (isBeyondReach(inside, tunnel.address)) tunnel.silence()
    },
  }
}

async function connectTo(
  inside: Inside,
  client: Socket,
  { target, early }: { readonly target: Target; readonly early: Buffer },
  opened: (tunnel: Tunnel) => void,
): Promise<void> {
  const reporting = report(inside, client)
  const address =
    target.kind === 'address' || isIP(target.host) !== 0 ? target.host : await resolve(inside, target.host)
  if (client.destroyed || address === 'silence') return
  if (address === 'unknown') return reporting.failed('hostUnreachable')
  opened(openTunnel(inside, client, { address, port: target.port, early }, reporting))
}

/** Asks the provider's resolver, as a proxy that resolves for its clients does, and gets the same lies. */
async function resolve(inside: Inside, name: string): Promise<string> {
  const [reply] = answerDns(inside, inside.spec.resolverAddress, writeQuestion(name), 'udp')
  if (!reply) return 'silence'
  await new Promise<void>((done) => inside.scope.after(reply.afterMs + inside.conditions.delayMs, done))
  return readAddresses(reply.message)[0] ?? 'unknown'
}
