import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { classify } from '../../src/probe/classify.ts'
import { shakeQuic, type QuicShaken } from '../../src/probe/quic/handshake.ts'
import { openUdp } from '../../src/vantage/direct.ts'
import { authority, serveAfterRetry, serveQuic, serveUdp, stranger } from './quic-servers.ts'

const TRUSTED = [authority.pem]
const ANYBODY = null

/** One handshake with a server on loopback, over a channel that is closed afterwards. */
async function shake(
  port: number,
  serverName: string,
  trust: readonly string[] | null = TRUSTED,
  signal: AbortSignal = AbortSignal.timeout(5_000),
): Promise<QuicShaken> {
  const to = { address: '127.0.0.1', port }
  const channel = await openUdp(to, signal)
  const shaken = await shakeQuic(channel, serverName, trust, signal)
  channel.close()
  return shaken
}

test('a server with the right certificate -> completed, h3', async () => {
  const port = await serveQuic(['site.example'])
  expect(await shake(port, 'site.example')).toMatchObject({ error: null, alpn: 'h3' })
})

test.each([
  { name: 'for another name', names: ['other.example'], by: authority, failure: 'ssl_invalid_hostname' },
  {
    name: 'by an unknown authority',
    names: ['site.example'],
    by: stranger,
    failure: 'ssl_unknown_authority',
  },
])('a certificate $name -> $failure, and the datagrams counted', async ({ names, by, failure }) => {
  const port = await serveQuic(names, by)
  const { error, received } = await shake(port, 'site.example')
  expect(classify(error)).toMatchObject({ failure, unfit: null })
  expect(received).toBeGreaterThan(0)
  expect(await shake(port, 'site.example', ANYBODY)).toMatchObject({ error: null })
})

test('nobody answers -> sent again and again, and generic_timeout_error in the end', async () => {
  const heard: number[] = []
  const port = await serveUdp((message) => heard.push(message.length))
  const deadline = new AbortController()
  const time = setTimeout(() => deadline.abort(Object.assign(new Error(), { code: 'DIDBON_TIME_UP' })), 1_500)
  const { error, received } = await shake(port, 'site.example', TRUSTED, deadline.signal)
  clearTimeout(time)
  expect(classify(error).failure).toBe('generic_timeout_error')
  expect(received).toBe(0)
  expect(heard.length).toBeGreaterThanOrEqual(2)
  expect(heard[0]).toBe(1_200)
})

test('the port is closed -> connection_refused', async () => {
  const signal = AbortSignal.timeout(5_000)
  const to = { address: '127.0.0.1', port: await closedPort() }
  const channel = await openUdp(to, signal)
  const { error } = await shakeQuic(channel, 'site.example', TRUSTED, signal)
  channel.close()
  expect(classify(error)).toMatchObject({ failure: 'connection_refused', unfit: null })
})

test('a server of other versions alone -> quic_incompatible_version', async () => {
  const port = await serveUdp((initial, answer) => answer(negotiateVersion(initial)))
  expect(classify((await shake(port, 'site.example')).error).failure).toBe('quic_incompatible_version')
})

test('junk comes first -> passed over, and the handshake completed', async () => {
  const real = await serveQuic(['site.example'])
  const relay = await openUdp({ address: '127.0.0.1', port: real }, AbortSignal.timeout(5_000))
  let told = false
  const port = await serveUdp((message, answer) => {
    if (!told)
      for (const junk of [Buffer.alloc(0), Buffer.from('junk'), Buffer.alloc(1_200, 0xc3)]) answer(junk)
    told = true
    relay.listen(answer, () => undefined)
    relay.send(message)
  })
  expect(await shake(port, 'site.example')).toMatchObject({ error: null, alpn: 'h3' })
  relay.close()
})

test('a certificate three times as long as what we sent -> completed: the server is told to go on', async () => {
  const names = Array.from({ length: 120 }, (_, n) => `${'a-long-label.'.repeat(4)}n${n}.example`)
  const port = await serveQuic(['site.example', ...names])
  const { error, received } = await shake(port, 'site.example')
  expect(error).toBeNull()
  expect(received).toBeGreaterThan(4)
})

test('every third datagram is lost, either way -> completed all the same', async () => {
  const real = await serveQuic(['site.example'])
  let count = 0
  const isLost = () => count++ % 3 === 0
  const relay = await openUdp({ address: '127.0.0.1', port: real }, AbortSignal.timeout(20_000))
  const port = await serveUdp((message, answer) => {
    relay.listen(
      (reply) => {
        if (!isLost()) answer(reply)
      },
      () => undefined,
    )
    if (!isLost()) relay.send(message)
  })
  expect(await shake(port, 'site.example', TRUSTED, AbortSignal.timeout(20_000))).toMatchObject({
    error: null,
  })
  relay.close()
}, 30_000)

test('the server asks for a token first -> given, and completed; with another seal -> passed over', async () => {
  const { port, tokens } = await serveAfterRetry()
  expect(await shake(port, 'site.example')).toMatchObject({ error: null, alpn: 'h3' })
  expect(tokens).toContain('come again')
})

test('two thousand handshakes in two threads -> all completed, memory flat, and a clean end', async () => {
  const port = await serveQuic(['site.example'])
  const script = fileURLToPath(new URL('quic-many.ts', import.meta.url))
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [
    script,
    String(port),
    authority.pem,
  ])
  const { asked, completed, heldMb, codes } = JSON.parse(stdout) as {
    asked: number
    completed: number
    heldMb: number[]
    codes: number[]
  }
  expect(stderr).toBe('')
  expect(completed).toBe(asked)
  expect(codes).toEqual([0, 0])
  expect(heldMb.at(-1)! - heldMb[0]!).toBeLessThan(2.5)
}, 120_000)

test('aborted before it began -> the reason, and not a packet', async () => {
  const heard: Buffer[] = []
  const port = await serveUdp((message) => heard.push(message))
  const signal = AbortSignal.abort(new Error('enough'))
  const to = { address: '127.0.0.1', port }
  const channel = await openUdp(to, AbortSignal.timeout(5_000))
  const { error } = await shakeQuic(channel, 'site.example', TRUSTED, signal)
  channel.close()
  expect(error).toBe(signal.reason)
  expect(heard).toEqual([])
})

async function closedPort(): Promise<number> {
  const { createSocket } = await import('node:dgram')
  const socket = createSocket('udp4')
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  const { port } = socket.address()
  await new Promise<void>((resolve) => socket.close(resolve))
  return port
}

/** Version Negotiation: the two connection ids exchanged, and the versions there are. @see RFC 9000 17.2.1 */
function negotiateVersion(initial: Buffer): Buffer {
  const destinationEnd = 6 + initial[5]!
  const destination = initial.subarray(5, destinationEnd)
  const source = initial.subarray(destinationEnd, destinationEnd + 1 + initial[destinationEnd]!)
  const versions = Buffer.from('6b3343cfff00001d', 'hex')
  return Buffer.concat([Buffer.from([0xc0, 0, 0, 0, 0]), source, destination, versions])
}
