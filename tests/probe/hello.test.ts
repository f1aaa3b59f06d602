/** The ClientHello as it goes out: how long it is, and in how many segments, at a server that writes down what comes when. */
import type net from 'node:net'
import { expect, test } from 'vitest'
import { readOpening } from '../../src/lab/client-hello.ts'
import { greet } from '../../src/probe/diagnose/hello.ts'
import { openSocket } from '../../src/vantage/open-socket.ts'
import { makeCa } from './certificates.ts'
import { serveTcp, serveTls } from './servers.ts'

const NAME = 'www.some-name.example'

/** Greets a server that only listens. @returns the pieces it heard, in order */
async function heard(hello: 'small' | 'large' | 'split', name = NAME): Promise<Buffer[]> {
  const pieces: Buffer[] = []
  await using server = await serveTcp((socket) => {
    socket.setNoDelay(true)
    socket.on('data', (piece) => {
      pieces.push(piece)
      if (readOpening(Buffer.concat(pieces)).kind !== 'more') socket.destroy()
    })
  })
  const signal = AbortSignal.timeout(5_000)
  const tcp = await openSocket('127.0.0.1', server.port, signal)
  await greet(tcp, name, hello, [], signal)
  return pieces
}

test('small -> one piece that fits one segment, with the name in it', async () => {
  const pieces = await heard('small')
  expect(pieces).toHaveLength(1)
  expect(pieces[0]!.length).toBeLessThan(1_220)
  expect(readOpening(pieces[0]!)).toEqual({ kind: 'tls', serverName: NAME })
})

test('large -> more than one segment holds, by the key share that Node offers by itself', async () => {
  const whole = Buffer.concat(await heard('large'))
  expect(whole.length).toBeGreaterThan(1_460)
  expect(readOpening(whole)).toEqual({ kind: 'tls', serverName: NAME })
})

test('split -> two pieces, neither of which holds the name, and together the same hello', async () => {
  const pieces = await heard('split')
  expect(pieces).toHaveLength(2)
  for (const piece of pieces) expect(piece.includes(NAME)).toBe(false)
  expect(readOpening(Buffer.concat(pieces))).toEqual({ kind: 'tls', serverName: NAME })
})

test('no name -> none is sent', async () => {
  expect(readOpening(Buffer.concat(await heard('small', '')))).toEqual({ kind: 'tls', serverName: null })
  expect(await heard('split', '')).toHaveLength(2)
})

test.each(['small', 'large', 'split'] as const)(
  'a server that answers, %s -> the handshake is done',
  async (hello) => {
    const site = makeCa().issue([NAME])
    await using server = await serveTls(site, (socket) => socket.end())
    const signal = AbortSignal.timeout(5_000)
    const greeted = await greet(await openSocket('127.0.0.1', server.port, signal), NAME, hello, [], signal)
    expect(greeted.error).toBeNull()
    expect(greeted.presented).toBe(true)
    expect(greeted.answer).toEqual({ answered: true, came: 'handshake', alert: null })
  },
)

test.each([
  {
    name: 'resets',
    act: (socket: net.Socket) => void socket.resetAndDestroy(),
    code: 'ECONNRESET',
    syscall: 'read',
  },
  { name: 'closes', act: (socket: net.Socket) => void socket.end(), code: 'ECONNRESET', syscall: undefined },
])(
  'the other end $name after the hello -> told apart, and nothing was answered',
  async ({ act, code, syscall }) => {
    await using server = await serveTcp((socket) => socket.on('data', () => act(socket)))
    const signal = AbortSignal.timeout(5_000)
    const greeted = await greet(await openSocket('127.0.0.1', server.port, signal), NAME, 'small', [], signal)
    expect(greeted.error).toMatchObject({ code })
    expect((greeted.error as NodeJS.ErrnoException).syscall).toBe(syscall)
    expect(greeted).toMatchObject({ answer: { came: 'nothing' }, presented: false })
  },
)

test('silence -> ended by the signal, and the socket with it', async () => {
  let closed: () => void
  const gone = new Promise<void>((resolve) => (closed = resolve))
  await using server = await serveTcp((socket) => {
    socket.resume()
    socket.on('end', () => closed())
  })
  const tcp = await openSocket('127.0.0.1', server.port, AbortSignal.timeout(5_000))
  const greeted = await greet(tcp, NAME, 'split', [], AbortSignal.timeout(50))
  expect(greeted.error).toMatchObject({ name: 'TimeoutError' })
  await gone
})
