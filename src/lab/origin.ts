/** One simulated machine: a TLS server (h2 and HTTP/1.1 by ALPN) and a cleartext one, on loopback ports that open when first needed. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import {
  createSecureServer,
  type Http2SecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2'
import type { AddressInfo, Server, Socket } from 'node:net'
import type { Identity } from './ca.ts'
import type { Page } from './page.ts'
import { Scope } from './scope.ts'

const MAX_BODY_BYTES = 65_536

export type Scheme = 'http' | 'https'

/** A request as a machine sees it. */
export interface OriginRequest {
  readonly scheme: Scheme
  /** lower-cased, without the port */
  readonly host: string
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly body: Buffer
}

export interface OriginOptions {
  /** the certificate for a server name; `null` when the client sent none */
  readonly identityFor: (serverName: string | null) => Identity
  readonly answer: (request: OriginRequest) => Page
  /** what becomes of a ClientHello for a name; nothing when left out, and the handshake goes on */
  readonly turnsAway?: Origin['turnsAway']
}

export type TurnedAway = 'alert' | 'reset' | 'silence'

/** One simulated machine. */
export interface Origin {
  /** The loopback port that stands for this machine's 80 or 443; starts listening when first asked. */
  port(scheme: Scheme): Promise<number>
  /** How a ClientHello is turned away; `null` = it is taken. */
  turnsAway(serverName: string | null): TurnedAway | null
  /** Cuts every open connection; it goes on listening. */
  cut(): void
  close(): Promise<void>
}

/** A machine that listens nowhere yet. */
export function openOrigin({ identityFor, answer, turnsAway = () => null }: OriginOptions): Origin {
  const scope = new Scope()
  const servers = new Map<Scheme, Promise<Server>>()
  const start = (scheme: Scheme): Promise<Server> => {
    const handle = (request: Request, response: Response): void => serve(scheme, request, response, answer)
    const server = scheme === 'http' ? createServer(handle) : tlsServer(identityFor, handle)
    server.on('connection', (socket: Socket) => scope.hold(socket))
    server.on('clientError', (_error: Error, socket: { destroy(): void }) => socket.destroy())
    return new Promise((resolve, reject) => {
      server.once('error', reject)
      server.listen(0, '127.0.0.1', () => resolve(server))
    })
  }
  return {
    async port(scheme) {
      let server = servers.get(scheme)
      if (!server) servers.set(scheme, (server = start(scheme)))
      return ((await server).address() as AddressInfo).port
    },
    turnsAway,
    cut: () => scope.end(),
    async close() {
      const closing = [...servers.values()].map(async (starting) => {
        const server = await starting
        const closed = new Promise<void>((resolve) => server.close(() => resolve()))
        scope.end()
        await closed
      })
      await Promise.all(closing)
    },
  }
}

type Request = IncomingMessage | Http2ServerRequest
type Response = ServerResponse | Http2ServerResponse

function tlsServer(
  identityFor: OriginOptions['identityFor'],
  handle: (request: Request, response: Response) => void,
): Http2SecureServer {
  const unnamed = identityFor(null)
  const server = createSecureServer(
    {
      allowHTTP1: true,
      ALPNProtocols: ['h2', 'http/1.1'],
      SNICallback: (serverName, done) => done(null, identityFor(serverName).context),
      // Without a name OpenSSL never calls back, so the default certificate has to stand in the options.
      cert: unnamed.cert,
      key: unnamed.key,
    },
    handle,
  )
  // An aborted handshake or session ends its socket by itself; unheard, these would end the process.
  server.on('tlsClientError', () => undefined)
  server.on('sessionError', () => undefined)
  return server
}

function serve(scheme: Scheme, request: Request, response: Response, answer: OriginOptions['answer']): void {
  const chunks: Buffer[] = []
  let size = 0
  request.on('error', () => undefined)
  response.on('error', () => undefined)
  request.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size <= MAX_BODY_BYTES) chunks.push(chunk)
  })
  request.on('end', () => {
    const authority = (request.headers[':authority'] as string | undefined) ?? request.headers.host ?? ''
    const url = new URL(request.url ?? '/', 'http://lab')
    const page = answer({
      scheme,
      host: authority.replace(/:\d+$/, '').toLowerCase(),
      method: request.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      body: Buffer.concat(chunks),
    })
    const body = Buffer.from(page.body)
    const headers = { server: 'lab', ...page.headers, 'content-length': String(body.length) }
    ;(response as ServerResponse).writeHead(page.status ?? 200, headers)
    ;(response as ServerResponse).end(request.method === 'HEAD' ? undefined : body)
  })
}
