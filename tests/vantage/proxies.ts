/** Small proxies for the tests of vantage/: SOCKS5 and HTTP CONNECT, each saying exactly what it is told. */
import dgram from 'node:dgram'
import http from 'node:http'
import net from 'node:net'

export interface Listening extends AsyncDisposable {
  readonly port: number
  /** how many connections are open now */
  open(): number
}

export async function listen(server: net.Server): Promise<Listening> {
  const sockets = new Set<net.Socket>()
  server.on('connection', (socket: net.Socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    port: (server.address() as net.AddressInfo).port,
    open: () => sockets.size,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((done) => server.close(done))
    },
  }
}

export function echo(): Promise<Listening> {
  return listen(net.createServer((socket) => socket.pipe(socket)))
}

/** What a proxy does when it hears something. */
export type Act = (socket: net.Socket) => void

/** Does one thing after the other, the next whenever it hears something more; what it hears does not matter. */
export function scripted(...acts: readonly Act[]): Promise<Listening> {
  return listen(
    net.createServer((socket) => {
      let step = 0
      socket.setNoDelay().on('data', () => acts[step++]?.(socket))
    }),
  )
}

export interface SocksBehaviour {
  readonly credentials?: readonly [string, string]
  /** instead of connecting: the reply code, or what to do with the socket */
  readonly reply?: number | ((socket: net.Socket) => void)
  /** says nothing to the greeting */
  readonly mute?: boolean
  /** bytes of the target glued to the reply */
  readonly early?: string
  readonly asked?: { host: string; port: number }[]
  /** relays datagrams instead of refusing to */
  readonly datagrams?: boolean
}

/** Reads exactly as much as each message is long; requests come whole on loopback. */
export function socks5(behaviour: SocksBehaviour = {}): Promise<Listening> {
  return listen(
    net.createServer((socket) => void socket.once('data', (greeting) => greet(socket, greeting, behaviour))),
  )
}

function greet(socket: net.Socket, greeting: Buffer, behaviour: SocksBehaviour): void {
  if (behaviour.mute) return
  if (behaviour.credentials === undefined) {
    socket.write(Buffer.from([5, 0]))
    socket.once('data', (request) => serve(socket, request, behaviour))
    return
  }
  if (!greeting.subarray(2).includes(2)) {
    socket.end(Buffer.from([5, 0xff]))
    return
  }
  socket.write(Buffer.from([5, 2]))
  socket.once('data', (login) => {
    const [user, password] = behaviour.credentials!
    const expected = Buffer.concat([
      Buffer.from([1, user.length]),
      Buffer.from(user),
      Buffer.from([password.length]),
      Buffer.from(password),
    ])
    if (!login.equals(expected)) {
      socket.end(Buffer.from([1, 1]))
      return
    }
    socket.write(Buffer.from([1, 0]))
    socket.once('data', (request) => serve(socket, request, behaviour))
  })
}

function serve(socket: net.Socket, request: Buffer, behaviour: SocksBehaviour): void {
  const to = readAddress(request.subarray(3))
  behaviour.asked?.push({ host: to.host, port: to.port })
  if (request[1] === 3) {
    if (behaviour.datagrams) relay(socket)
    else socket.end(replyOf(7))
    return
  }
  if (typeof behaviour.reply === 'function') {
    behaviour.reply(socket)
    return
  }
  if (behaviour.reply !== undefined) {
    socket.end(replyOf(behaviour.reply))
    return
  }
  const upstream = net.connect(to.port, net.isIP(to.host) ? to.host : '127.0.0.1', () => {
    socket.write(Buffer.concat([replyOf(0), Buffer.from(behaviour.early ?? '')]))
    socket.pipe(upstream).pipe(socket)
  })
  upstream.on('error', () => socket.end(replyOf(5)))
  socket.on('close', () => upstream.destroy())
}

/** RFC 1928 section 7, for one client: frames out to where they say, replies framed back. */
function relay(socket: net.Socket): void {
  const udp = dgram.createSocket('udp4')
  let client: dgram.RemoteInfo | null = null
  udp.on('message', (message, from) => {
    if (client === null || from.port === client.port) {
      client = from
      const { host, port, rest } = readAddress(message.subarray(3))
      udp.send(rest, port, host)
      return
    }
    const head = Buffer.from([0, 0, 0, 1, 127, 0, 0, 1, from.port >> 8, from.port & 255])
    udp.send(Buffer.concat([head, message]), client.port, client.address)
  })
  udp.bind(0, '127.0.0.1', () => {
    const { port } = udp.address()
    // 0.0.0.0 means: the address you came to.
    socket.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, port >> 8, port & 255]))
  })
  socket.on('close', () => udp.close())
}

export function replyOf(code: number): Buffer {
  return Buffer.from([5, code, 0, 1, 0, 0, 0, 0, 0, 0])
}

function readAddress(bytes: Buffer): { host: string; port: number; rest: Buffer } {
  const [kind] = bytes
  const length = kind === 1 ? 4 : kind === 4 ? 16 : bytes[1]!
  const start = kind === 3 ? 2 : 1
  const raw = bytes.subarray(start, start + length)
  const host =
    kind === 1
      ? raw.join('.')
      : kind === 3
        ? raw.toString('latin1')
        : (raw.toString('hex').match(/..../g) ?? []).join(':')
  const end = start + length
  return { host, port: bytes.readUInt16BE(end), rest: bytes.subarray(end + 2) }
}

/** An HTTP proxy that connects, or answers what it is told. */
export function connectProxy(
  options: {
    credentials?: string
    answer?: string
    early?: string
    seen?: { url: string | undefined; auth: string | undefined }[]
  } = {},
): Promise<Listening> {
  const server = http.createServer()
  server.on('connect', (request: http.IncomingMessage, socket: net.Socket) => {
    options.seen?.push({ url: request.url, auth: request.headers['proxy-authorization'] })
    if (options.answer !== undefined) {
      socket.end(options.answer)
      return
    }
    if (
      options.credentials !== undefined &&
      request.headers['proxy-authorization'] !==
        `Basic ${Buffer.from(options.credentials).toString('base64')}`
    ) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic\r\n\r\n')
      return
    }
    const at = new URL(`http://${request.url}`)
    const upstream = net.connect(Number(at.port), net.isIP(at.hostname) ? at.hostname : '127.0.0.1', () => {
      socket.write(`HTTP/1.1 200 Connection established\r\n\r\n${options.early ?? ''}`)
      socket.pipe(upstream).pipe(socket)
    })
    upstream.on('error', () => socket.end('HTTP/1.1 503 Service Unavailable\r\n\r\n'))
    socket.on('close', () => upstream.destroy())
  })
  return listen(server)
}
