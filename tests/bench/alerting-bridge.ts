/**
 * A way for blackbox_exporter into a network of the lab. It takes HTTP proxies only, so this is one: it answers CONNECT by asking the
 * network's own resolver over UDP, as the resolver of Go does (A and AAAA at once, 5 s, two attempts), and then dialling the first
 * address through the network's SOCKS5 proxy, as blackbox does. Names, connections and losses are those didbon meets.
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { LabNetwork } from '../../src/lab/network.ts'
import { askUdp, dial } from '../lab/client.ts'

const ASK_MS = 5_000
const ATTEMPTS = 2
/** blackbox gives a probe half a second less than a scrape of 10 s. */
const DIAL_MS = 9_500

export interface Bridge {
  readonly url: string
  readonly close: () => void
}

/** Starts one for a network, on 127.0.0.1. */
export async function openBridge(network: LabNetwork): Promise<Bridge> {
  const sockets = new Set<Socket>()
  const hold = (socket: Socket): void => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('close', () => sockets.delete(socket))
  }
  const server = createServer()
  server.on('connect', (request, client: Socket) => {
    hold(client)
    const [host = '', port = '443'] = request.url!.split(':')
    reach(network, host, Number(port)).then(
      (site) => {
        hold(site)
        client.write('HTTP/1.1 200 Connection established\r\n\r\n')
        site.pipe(client)
        client.pipe(site)
        client.once('close', () => site.destroy())
        site.once('close', () => client.resetAndDestroy())
      },
      () => client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

async function reach(network: LabNetwork, host: string, port: number): Promise<Socket> {
  const [four, six] = await Promise.all([ask(network, host, 'A'), ask(network, host, 'AAAA')])
  const address = six[0] ?? four[0]
  if (address === undefined) throw new Error(`${host} has no address`)
  return dial(network, address, port, DIAL_MS)
}

async function ask(network: LabNetwork, name: string, type: 'A' | 'AAAA'): Promise<readonly string[]> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const [answer] = await askUdp(network, name, { type, listenMs: ASK_MS })
    if (answer !== undefined) return answer.addresses
  }
  return []
}
