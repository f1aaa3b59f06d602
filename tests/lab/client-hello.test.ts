import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:tls'
import { beforeAll, describe, expect, test } from 'vitest'
import { readOpening } from '../../src/lab/client-hello.ts'

/** The ClientHello Node really sends for a name. */
async function recordHello(servername: string): Promise<Buffer> {
  const chunks: Buffer[] = []
  return new Promise((resolve) => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.on('data', (chunk) => {
        chunks.push(chunk)
        const bytes = Buffer.concat(chunks)
        if (bytes.length < 5 + bytes.readUInt16BE(3)) return
        socket.destroy()
        server.close(() => resolve(bytes))
      })
    })
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      connect({ host: '127.0.0.1', port, servername, ALPNProtocols: ['h2'] }).on('error', () => undefined)
    })
  })
}

/** The same handshake message in records of at most `size` bytes. */
function splitRecords(hello: Buffer, size: number): Buffer {
  const message = hello.subarray(5)
  const records: Buffer[] = []
  for (let at = 0; at < message.length; at += size) {
    const part = message.subarray(at, at + size)
    records.push(Buffer.from([0x16, 3, 1, part.length >> 8, part.length & 0xff]), part)
  }
  return Buffer.concat(records)
}

let hello: Buffer
let nameless: Buffer
beforeAll(async () => {
  hello = await recordHello('WWW.Facebook.com')
  nameless = await recordHello('')
})

describe('TLS', () => {
  test('a whole ClientHello -> its name, lower-cased', () => {
    expect(readOpening(hello)).toEqual({ kind: 'tls', serverName: 'www.facebook.com' })
  })

  test('every proper prefix -> more, never a wrong answer', () => {
    for (let length = 0; length < hello.length; length += 1) {
      expect(readOpening(hello.subarray(0, length)).kind, `${length} bytes`).toBe('more')
    }
  })

  test.each([1, 3, 7, 100, 512])('split over records of %i bytes -> the same name', (size) => {
    const split = splitRecords(hello, size)
    expect(readOpening(split)).toEqual({ kind: 'tls', serverName: 'www.facebook.com' })
    expect(readOpening(split.subarray(0, -1)).kind).toBe('more')
  })

  test('bytes behind the ClientHello -> ignored', () => {
    expect(readOpening(Buffer.concat([hello, Buffer.from('early data')]))).toMatchObject({
      serverName: 'www.facebook.com',
    })
  })

  test('no server name -> tls with a null name', () => {
    expect(readOpening(nameless)).toEqual({ kind: 'tls', serverName: null })
  })

  test.each([
    ['another handshake message', Buffer.from([0x16, 3, 1, 0, 4, 2, 0, 0, 0])],
    ['a record of another protocol version', Buffer.from([0x16, 9, 9, 0, 4, 1, 0, 0, 0])],
    ['an empty record', Buffer.from([0x16, 3, 1, 0, 0, 1])],
    ['a hello whose lengths lie', Buffer.from([0x16, 3, 1, 0, 8, 1, 0, 0, 4, 3, 3, 0, 0])],
    ['a message longer than any hello', Buffer.from([0x16, 3, 1, 0, 4, 1, 0xff, 0xff, 0xff])],
  ])('%s -> other', (_name, bytes) => {
    expect(readOpening(bytes).kind).toBe('other')
  })

  test('a record that promises more than it ever sends -> other once 64 KiB came', () => {
    const records = splitRecords(
      Buffer.concat([hello.subarray(0, 5), Buffer.from([1, 0, 0xff, 0xf0]), Buffer.alloc(70_000)]),
      16_000,
    )
    expect(readOpening(records.subarray(0, 60_000)).kind).toBe('more')
    expect(readOpening(records.subarray(0, 65_537)).kind).toBe('other')
  })

  test('any single byte damaged -> an answer, never an exception', () => {
    for (let at = 0; at < hello.length; at += 1) {
      for (const value of [0, 0xff]) {
        const damaged = Buffer.from(hello)
        damaged[at] = value
        expect(['tls', 'more', 'other']).toContain(readOpening(damaged).kind)
      }
    }
  })
})

describe('HTTP', () => {
  test.each([
    ['GET / HTTP/1.1\r\nHost: News.TJ\r\n\r\n', 'news.tj'],
    ['GET / HTTP/1.1\r\naccept: */*\r\nhost:news.tj:80\r\n\r\n', 'news.tj'],
    ['POST /x HTTP/1.0\r\nhost: a.example\r\n\r\nbody', 'a.example'],
    ['GET / HTTP/1.1\r\nx-host: no\r\n\r\n', null],
  ])('%j -> host %s', (head, host) => {
    expect(readOpening(Buffer.from(head))).toEqual({ kind: 'http', host })
  })

  test.each(['G', 'GET / HTTP/1.1\r\nHost: news.tj\r\n'])('%j -> more', (head) => {
    expect(readOpening(Buffer.from(head)).kind).toBe('more')
  })

  test.each(['\0\0', 'SSH-2.0-x\r\n\r\n', 'GET nothing\r\n\r\n', 'get / HTTP/1.1\r\n\r\n'])(
    '%j -> other',
    (head) => {
      expect(readOpening(Buffer.from(head)).kind).toBe('other')
    },
  )
})
