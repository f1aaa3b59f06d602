/** What a user of a network does: dial, resolve and fetch through its proxy, with plain Node clients. */
import { once } from 'node:events'
import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { connect as connectHttp2 } from 'node:http2'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { ConnectionOptions, TLSSocket } from 'node:tls'
import packet from 'dns-packet'
import type { Packet } from 'dns-packet'
import type { NetworkFacts } from '../../src/lab/network.ts'
import { DialError } from '../../src/vantage/dial-error.ts'
import type { Dialer } from '../../src/vantage/dialer.ts'
import { socks5Dialer } from '../../src/vantage/socks5.ts'

const NEVER = new AbortController().signal

/** What a client must know of the lab besides the network it is in. */
interface Served {
  readonly ca: string
  site(host: string): { readonly addresses: readonly string[] }
}

/** The way out through a network's proxy. */
export function dialerOf({ socksHost: host, socksPort: port, username, password }: NetworkFacts): Dialer {
  return socks5Dialer({ kind: 'socks5', host, port, username, password })
}

/** Opens TCP through a network's proxy. */
export async function dial(
  network: NetworkFacts,
  host: string,
  port: number,
  timeout = 10_000,
): Promise<Socket> {
  const socket = await dialerOf(network).connect(host, port, AbortSignal.timeout(timeout))
  socket.on('error', () => undefined)
  socket.resume()
  return socket
}

/** How long to listen for what must not come. What must come is waited for until the test's own deadline. */
export const SILENCE_MS = 150

/** The reply code the proxy gives to a CONNECT, or how the connection ended instead; `null` after `waitMs` of silence. */
export async function connectReply(
  network: NetworkFacts,
  address: string,
  port: number,
  waitMs = 10_000,
): Promise<number | 'reset' | 'end' | 'refused' | null> {
  const socket = connect(network.socksPort, network.socksHost)
  const request = Buffer.from([5, 1, 0, 1, ...address.split('.').map(Number), port >> 8, port & 0xff])
  const bytes: Buffer[] = []
  try {
    return await new Promise((resolve) => {
      socket.setTimeout(waitMs, () => resolve(null))
      socket.on('connect', () => socket.write(Buffer.concat([Buffer.from([5, 1, 0]), request])))
      socket.on('data', (chunk) => {
        bytes.push(chunk)
        const all = Buffer.concat(bytes)
        if (all.length >= 4) resolve(all[3]!)
      })
      socket.on('error', (error: NodeJS.ErrnoException) =>
        resolve(error.code === 'ECONNREFUSED' ? 'refused' : 'reset'),
      )
      socket.on('end', () => resolve('end'))
    })
  } finally {
    socket.destroy()
  }
}

/** Asks for a datagram relay, byte by byte as RFC 1928 has it. @returns the connection that keeps it, and the relay's port */
export async function openRelay({
  socksHost,
  socksPort,
}: NetworkFacts): Promise<{ socket: Socket; port: number }> {
  const socket = connect(socksPort, socksHost)
  socket.write(Buffer.from([5, 1, 0, 5, 3, 0, 1, 0, 0, 0, 0, 0, 0]))
  let said = Buffer.alloc(0)
  while (said.length < 12) {
    const [chunk] = (await once(socket, 'data')) as [Buffer]
    said = Buffer.concat([said, chunk])
  }
  return { socket, port: said.readUInt16BE(10) }
}

/** Shakes TLS over an open socket; rejects with Node's own error. */
export async function shake(
  socket: Socket,
  servername: string,
  options: ConnectionOptions,
): Promise<TLSSocket> {
  const tls = connectTls({ socket, servername, ALPNProtocols: ['http/1.1'], ...options })
  await once(tls, 'secureConnect')
  tls.on('error', () => undefined)
  return tls
}

export interface Fetched {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

/** GETs a URL of a site through a network, over HTTP/1.1; rejects with Node's own error. */
export async function get(
  lab: Served,
  network: NetworkFacts,
  url: string,
  options: { address?: string; ca?: string } = {},
): Promise<Fetched> {
  const { hostname, protocol, pathname, search } = new URL(url)
  const address = options.address ?? lab.site(hostname).addresses[0]!
  const tcp = await dial(network, address, protocol === 'https:' ? 443 : 80)
  const socket = protocol === 'https:' ? await shake(tcp, hostname, { ca: options.ca ?? lab.ca }) : tcp
  try {
    return await getOver(socket, hostname, pathname + search)
  } finally {
    tcp.destroy()
  }
}

/** GETs over an open socket. */
export async function getOver(socket: Socket, host: string, path = '/'): Promise<Fetched> {
  const asked = request({ createConnection: () => socket, headers: { host }, path })
  const answered = once(asked, 'response')
  asked.end()
  const [response] = (await answered) as [IncomingMessage]
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk as Buffer)
  return { status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks).toString() }
}

/** GETs over HTTP/2 on a TLS connection that agreed on it. */
export async function getHttp2(tls: TLSSocket, host: string): Promise<{ status: number; body: string }> {
  const session = connectHttp2(`https://${host}`, { createConnection: () => tls })
  const failed = once(session, 'close').then(() => Promise.reject(new Error('session closed')))
  failed.catch(() => undefined)
  session.on('error', () => undefined)
  const stream = session.request({ ':path': '/' })
  const read = async (): Promise<{ status: number; body: string }> => {
    const [headers] = (await once(stream, 'response')) as [Record<string, number>]
    const chunks: Buffer[] = []
    for await (const chunk of stream) chunks.push(chunk as Buffer)
    return { status: headers[':status']!, body: Buffer.concat(chunks).toString() }
  }
  try {
    return await Promise.race([read(), failed])
  } finally {
    session.destroy()
  }
}

/** One DNS answer, reduced to what the tests look at. */
export interface Answered {
  readonly rcode: string
  readonly addresses: readonly string[]
  readonly cname: string | null
  readonly atMs: number
}

/** Asks over UDP through the proxy and keeps listening for `listenMs`; every reply in order. */
export async function askUdp(
  network: NetworkFacts,
  name: string,
  options: { type?: 'A' | 'AAAA'; resolver?: string; listenMs?: number; replies?: number } = {},
): Promise<Answered[]> {
  const { type = 'A', resolver = network.ispResolver.address, listenMs = 10_000, replies = 1 } = options
  const channel = (await dialerOf(network).openDatagrams({ address: resolver, port: 53 }, NEVER))!
  const startedAt = performance.now()
  const heard: Answered[] = []
  try {
    await new Promise<void>((resolve, reject) => {
      const deadline = setTimeout(resolve, listenMs)
      channel.listen((message) => {
        heard.push(reduce(packet.decode(message), performance.now() - startedAt))
        if (heard.length < replies) return
        clearTimeout(deadline)
        resolve()
      }, reject)
      const data = packet.encode({
        type: 'query',
        id: 7,
        flags: packet.RECURSION_DESIRED,
        questions: [{ type, name }],
      })
      channel.send(data)
    })
  } finally {
    channel.close()
  }
  return heard
}

/** Asks over TCP port 53 through the proxy. */
export async function askTcp(network: NetworkFacts, name: string, resolver?: string): Promise<Answered> {
  const socket = await dial(network, resolver ?? network.ispResolver.address, 53)
  const query = packet.streamEncode({ type: 'query', id: 7, questions: [{ type: 'A', name }] })
  const chunks: Buffer[] = []
  try {
    return await new Promise((resolve, reject) => {
      socket.on('close', () => reject(new Error('closed')))
      socket.on('data', (chunk) => {
        chunks.push(chunk)
        const bytes = Buffer.concat(chunks)
        if (bytes.length >= 2 && bytes.length >= 2 + bytes.readUInt16BE(0))
          resolve(reduce(packet.streamDecode(bytes), 0))
      })
      // In two pieces, as TCP may deliver it.
      socket.write(query.subarray(0, 1))
      socket.write(query.subarray(1))
    })
  } finally {
    socket.destroy()
  }
}

export function reduce(decoded: Packet, atMs: number): Answered {
  const answers = decoded.answers ?? []
  return {
    rcode: (decoded as unknown as { rcode: string }).rcode,
    addresses: answers.flatMap((answer) =>
      answer.type === 'A' || answer.type === 'AAAA' ? [answer.data] : [],
    ),
    cname: answers.flatMap((answer) => (answer.type === 'CNAME' ? [answer.data] : []))[0] ?? null,
    atMs,
  }
}

/** The code of the error something rejects with, or the failure a proxy told of; `fine` when it does not. */
export async function failureOf(work: Promise<unknown>): Promise<string> {
  try {
    await work
    return 'fine'
  } catch (error) {
    if (error instanceof DialError) return error.failure
    return (error as NodeJS.ErrnoException).code ?? (error as Error).message
  }
}
