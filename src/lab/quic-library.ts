/**
 * The QUIC library, of which the lab's sites use the server's half. Not part of an installation for production: without it no site of
 * the lab speaks HTTP/3. Its binary is used from the lab's own thread alone: from two it brings the process down (seen within a few
 * thousand handshakes, version 1.2.12).
 */
import { randomBytes } from 'node:crypto'
import type { quiche } from '@matrixai/quic/dist/native/index.js'
import type { Identity } from './ca.ts'

export type Quiche = typeof quiche
type Config = InstanceType<Quiche['Config']>

const IDLE_MS = 10_000
const DATAGRAM_BYTES = 1_200
const STREAM_BYTES = 65_536
const STREAMS = 16

/** @returns `null` where this platform has none */
export function quicLibrary(): Promise<Quiche | null> {
  return import('@matrixai/quic/dist/native/index.js').then(
    ({ quiche: library }) => library,
    () => null,
  )
}

const CONNECTION_ID_BYTES = 16
/** The library only wants to know that both ends stay the same. */
export const HERE = { host: '127.0.0.1', port: 443 }
export const THERE = { host: '127.0.0.1', port: 1 }

/** The server's end of a connection that is about to begin. */
export function accept(library: Quiche, identity: Identity) {
  const config = serverConfig(library, identity)
  return library.Connection.accept(randomBytes(CONNECTION_ID_BYTES), null, HERE, THERE, config)
}

/**
 * The name asked for in a client's first datagram, which a censor on the path can read as well: its keys follow from a connection id
 * that is sent in clear.
 *
 * @param anybody whose certificate is never shown
 * @returns `null` when there is no name in it, or it is not such a datagram
 */
export function nameIn(library: Quiche, anybody: Identity, datagram: Buffer): string | null {
  const listener = accept(library, anybody)
  try {
    listener.recv(Uint8Array.from(datagram), { from: THERE, to: HERE })
  } catch {
    return null
  }
  return listener.serverName()
}

const known = new WeakMap<Identity, Config>()

/** What a site that passes for these names answers with. */
export function serverConfig(library: Quiche, identity: Identity): Config {
  const before = known.get(identity)
  if (before !== undefined) return before
  const { cert, key } = identity
  const config = library.Config.withBoringSslCtx(
    false,
    false,
    null,
    [Buffer.from(key)],
    [Buffer.from(cert)],
    null,
  )
  config.setApplicationProtos(['h3'])
  config.setMaxIdleTimeout(IDLE_MS)
  config.setMaxSendUdpPayloadSize(DATAGRAM_BYTES)
  config.setInitialMaxData(STREAMS * STREAM_BYTES)
  config.setInitialMaxStreamDataUni(STREAM_BYTES)
  config.setInitialMaxStreamsUni(STREAMS)
  known.set(identity, config)
  return config
}
