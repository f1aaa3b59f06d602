/** Real servers on loopback for the tests of probe/: DNS that says what it is told. */
import dgram from 'node:dgram'
import http from 'node:http'
import http2 from 'node:http2'
import net from 'node:net'
import tls from 'node:tls'
import packet from 'dns-packet'
import type { Vantage, Resolver } from '../../src/model/vantage.ts'
import type { Identity } from './certificates.ts'
import { PROBE_DEFAULTS, type ProbeSettings } from '../../src/model/probe-settings.ts'
import type { ProbeTask } from '../../src/probe/task.ts'

/** Something listening: its port, and its end together with every connection it still has. */
export interface Listening extends AsyncDisposable {
  readonly port: number
}

function listening(server: net.Server): Promise<Listening> {
  const sockets = new Set<net.Socket>()
  server.on('connection', (socket: net.Socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
  })
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve({
        port: (server.address() as net.AddressInfo).port,
        async [Symbol.asyncDispose]() {
          for (const socket of sockets) socket.destroy()
          await new Promise((done) => server.close(done))
        },
      })
    })
  })
}

/** TCP, with every connection handed to the test. */
export function serveTcp(onSocket: (socket: net.Socket) => void): Promise<Listening> {
  return listening(net.createServer({ allowHalfOpen: true }, onSocket))
}

export function serveHttp(handler: http.RequestListener): Promise<Listening> {
  return listening(http.createServer(handler))
}

export function serveTls(
  identity: Identity,
  onSocket: (socket: tls.TLSSocket) => void,
  options: tls.TlsOptions = {},
): Promise<Listening> {
  const server = tls.createServer({ ...identity, ALPNProtocols: ['http/1.1'], ...options }, (socket) => {
    socket.on('error', () => undefined)
    onSocket(socket)
  })
  server.on('tlsClientError', () => undefined)
  return listening(server)
}

/** HTTPS over h1, or h2 as well. */
export function serveHttps(
  identity: Identity,
  handler: (request: http.IncomingMessage, response: http.ServerResponse) => void,
  { h2 = false } = {},
): Promise<Listening> {
  const server = h2
    ? http2.createSecureServer({ ...identity, allowHTTP1: true }, (request, response) =>
        handler(request as unknown as http.IncomingMessage, response as unknown as http.ServerResponse),
      )
    : tls.createServer({ ...identity, ALPNProtocols: ['http/1.1'] }, (socket) => {
        socket.on('error', () => undefined)
        plain.emit('connection', socket)
      })
  const plain = http.createServer(handler)
  server.on('tlsClientError', () => undefined)
  return listening(server)
}

type Answers = readonly (string | { cname: string })[]

export interface Reply {
  readonly rcode?: string
  readonly answers?: Answers
  /** the question's id unless told */
  readonly id?: number
  readonly truncated?: boolean
  /** about another name than was asked */
  readonly name?: string
}

const RCODES: Record<string, number> = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, REFUSED: 5 }

/** A reply in bytes. Addresses of the wrong family for the question are left out. */
export function replyTo(query: packet.DecodedPacket, reply: Reply): Buffer {
  const question = query.questions![0]!
  const answers = (reply.answers ?? []).flatMap((value): packet.Answer[] => {
    if (typeof value !== 'string') return [{ type: 'CNAME', name: question.name, ttl: 60, data: value.cname }]
    const type = net.isIPv6(value) ? 'AAAA' : 'A'
    return type === question.type ? [{ type, name: question.name, ttl: 60, data: value }] : []
  })
  const flags =
    packet.RECURSION_DESIRED |
    packet.RECURSION_AVAILABLE |
    (reply.truncated ? packet.TRUNCATED_RESPONSE : 0) |
    (RCODES[reply.rcode ?? 'NOERROR'] ?? 0)
  const named = reply.name === undefined ? query.questions! : [{ ...question, name: reply.name }]
  return packet.encode({ type: 'response', id: reply.id ?? query.id!, flags, questions: named, answers })
}

/** DNS over UDP: the test answers as often as it likes, or not at all. */
export async function serveUdpDns(
  onQuery: (query: packet.DecodedPacket, answer: (reply: Reply | Buffer) => void) => void,
  port = 0,
): Promise<Listening & { readonly queries: packet.DecodedPacket[]; readonly ports: number[] }> {
  const socket = dgram.createSocket('udp4')
  const queries: packet.DecodedPacket[] = []
  const ports: number[] = []
  socket.on('message', (message, from) => {
    const query = packet.decode(message)
    queries.push(query)
    ports.push(from.port)
    onQuery(query, (reply) =>
      socket.send(Buffer.isBuffer(reply) ? reply : replyTo(query, reply), from.port, from.address),
    )
  })
  await new Promise<void>((resolve) => {
    socket.bind(port, '127.0.0.1', resolve)
  })
  return {
    port: socket.address().port,
    queries,
    ports,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        socket.close(() => resolve())
      }),
  }
}

export function serveTcpDns(
  onQuery: (query: packet.DecodedPacket) => Reply | Buffer | null,
): Promise<Listening> {
  return serveTcp((socket) => {
    socket.on('data', (data) => {
      const query = packet.decode(data.subarray(2))
      const reply = onQuery(query)
      if (reply === null) {
        socket.end()
        return
      }
      const message = Buffer.isBuffer(reply) ? reply : replyTo(query, reply)
      const length = Buffer.alloc(2)
      length.writeUInt16BE(message.length)
      socket.write(Buffer.concat([length, message]))
    })
  })
}

export function aVantage(overrides: Partial<Vantage> = {}): Vantage {
  return {
    id: 'tj-test',
    role: 'probe',
    route: { kind: 'direct' },
    country: 'TJ',
    asn: null,
    isp: null,
    city: null,
    resolvers: [],
    trustedResolver: null,
    maxInFlight: 10,
    ...overrides,
  }
}

export function udp(port: number): Resolver {
  return { kind: 'udp', address: '127.0.0.1', port }
}

export function aTask(
  url: string,
  overrides: Partial<Omit<ProbeTask, 'settings'>> & { settings?: Partial<ProbeSettings> } = {},
): ProbeTask {
  return {
    vantage: aVantage(),
    endpoint: url,
    url,
    plan: 'full',
    purpose: 'manual',
    extraAddresses: [],
    ...overrides,
    settings: {
      ...PROBE_DEFAULTS,
      connectToLoopback: true,
      maxLoopLagMs: 60_000,
      lateReplyWindowMs: 50,
      ...overrides.settings,
    },
  }
}
