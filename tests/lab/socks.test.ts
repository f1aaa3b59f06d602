import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { DEFAULT_NETWORKS } from '../../src/lab/default-networks.ts'
import { startLab } from '../../src/lab/lab.ts'
import type { Lab } from '../../src/lab/lab.ts'
import { createRandom } from '../../src/lab/random.ts'
import { askUdp, dial, dialerOf, failureOf, get, openRelay } from './client.ts'

const NEVER = new AbortController().signal

let lab: Lab
beforeAll(async () => {
  const [babilon, tcell] = [DEFAULT_NETWORKS[0]!, DEFAULT_NETWORKS[2]!]
  lab = await startLab({
    networks: [
      babilon,
      { ...tcell, udp: false, credentials: { username: 'observer', password: 'correct horse' } },
    ],
  })
})
afterEach(() => lab.network('babilon').censor.clear())
afterAll(() => lab.close())

/** What the proxy says to these pieces, until it hangs up or has said `enough` bytes. */
async function talk(
  id: string,
  pieces: readonly (Buffer | readonly number[])[],
  enough = Infinity,
): Promise<number[]> {
  const { socksPort, socksHost } = lab.network(id)
  const socket = connect({ port: socksPort, host: socksHost, noDelay: true })
  socket.on('error', () => undefined)
  let said = Buffer.alloc(0)
  socket.on('data', (chunk) => {
    said = Buffer.concat([said, chunk])
    if (said.length >= enough) socket.destroy()
  })
  const closed = new Promise((resolve) => socket.once('close', resolve))
  await once(socket, 'connect')
  for (const piece of pieces) {
    socket.write(Buffer.from(piece))
    await new Promise((resolve) => setImmediate(resolve))
  }
  await closed
  return Array.from(said)
}

const GREETING = [5, 1, 0]
const CONNECT_OK = [5, 1, 0, 1, 217, 20, 155, 13, 1, 187]

describe('credentials', () => {
  test('right -> served', async () => {
    expect((await get(lab, lab.network('tcell'), 'https://ok.ru/')).status).toBe(200)
  })

  test('wrong -> refused after they were sent', async () => {
    const wrong = { ...lab.network('tcell'), password: 'battery staple' }
    expect(await failureOf(dial(wrong, '217.20.155.13', 443))).toBe('permission_denied')
  })

  test('none offered where they are wanted -> no acceptable method', async () => {
    expect(await talk('tcell', [GREETING])).toEqual([5, 0xff])
  })
})

describe('requests', () => {
  test('a byte at a time -> understood', async () => {
    const bytes = [...GREETING, ...CONNECT_OK].map((byte) => [byte])
    expect((await talk('babilon', bytes, 4)).slice(0, 4)).toEqual([5, 0, 5, 0])
  })

  test('greeting, request and first data in one piece -> all of it used', async () => {
    const http = Buffer.from('GET / HTTP/1.1\r\nhost: ok.ru\r\nconnection: close\r\n\r\n')
    const said = await talk('babilon', [
      Buffer.concat([Buffer.from([...GREETING, 5, 1, 0, 1, 217, 20, 155, 13, 0, 80]), http]),
    ])
    expect(Buffer.from(said).toString('latin1')).toContain('location: https://ok.ru/')
  })

  test('BIND, or datagrams where the network carries none -> command not supported', async () => {
    expect((await talk('babilon', [[...GREETING, 5, 2, 0, 1, 1, 1, 1, 1, 0, 80]])).slice(2, 4)).toEqual([
      5, 7,
    ])
    expect(
      await dialerOf(lab.network('tcell')).openDatagrams({ address: '9.9.9.9', port: 53 }, NEVER),
    ).toBeNull()
  })

  test.each([
    ['another protocol', [4, 1, 0, 80, 1, 1, 1, 1, 0]],
    ['an address type there is none of', [...GREETING, 5, 1, 0, 9, 1, 1]],
    ['an empty name', [...GREETING, 5, 1, 0, 3, 0, 0, 80]],
    ['HTTP', [...Buffer.from('GET / HTTP/1.1\r\n\r\n')]],
  ])('%s -> sent away', async (_name, bytes) => {
    const said = await talk('babilon', [bytes])
    expect(said[0]).toBe(5)
    expect(said.at(-1) === 0xff || said[3] === 1).toBe(true)
  })

  test('200 clients that send noise or hang up anywhere -> the next one is served', async () => {
    const random = createRandom(3, 'noise')
    const hello = [
      ...GREETING,
      ...CONNECT_OK,
      ...Array.from({ length: 40 }, () => Math.floor(random() * 256)),
    ]
    const { socksPort } = lab.network('babilon')
    await Promise.all(
      Array.from({ length: 200 }, async (_, n) => {
        const socket = connect(socksPort, '127.0.0.1')
        socket.on('error', () => undefined)
        await once(socket, 'connect')
        const noise = Buffer.from(Array.from({ length: 30 }, () => Math.floor(random() * 256)))
        socket.write(n % 2 === 0 ? Buffer.from(hello.slice(0, n % hello.length || 1)) : noise)
        const closed = once(socket, 'close')
        if (n % 3 === 0) socket.resetAndDestroy()
        else socket.destroy()
        await closed
      }),
    )
    expect((await get(lab, lab.network('babilon'), 'https://ok.ru/')).status).toBe(200)
  })
})

describe('names resolved by the proxy', () => {
  test('a known name -> its site', async () => {
    expect((await get(lab, lab.network('babilon'), 'https://ok.ru/', { address: 'ok.ru' })).status).toBe(200)
  })

  test('an unknown name -> host unreachable', async () => {
    expect(await failureOf(dial(lab.network('babilon'), 'no.such.example', 443))).toBe('host_unreachable')
  })

  test.each([
    { action: 'nxdomain', failure: 'host_unreachable' },
    { action: 'loopback', failure: 'connection_refused' },
    { action: 'timeout', failure: 'generic_timeout_error' },
  ] as const)(
    "the provider's resolver says $action -> the proxy is fooled like anybody",
    async ({ action, failure }) => {
      lab.network('babilon').censor.add({ layer: 'dns', names: ['ok.ru'], where: 'isp-resolver', action })
      expect(await failureOf(dial(lab.network('babilon'), 'ok.ru', 443, 250))).toBe(failure)
    },
  )

  test("a bogus answer -> somebody else's machine, which answers for itself", async () => {
    lab.network('babilon').censor.add({ layer: 'dns', names: ['ok.ru'], action: 'bogus' })
    const fetched = get(lab, lab.network('babilon'), 'https://ok.ru/', { address: 'ok.ru' })
    expect(await failureOf(fetched)).toBe('ERR_TLS_CERT_ALTNAME_INVALID')
  })
})

test('the connection that asked for the datagram relay closes -> the relay is gone', async () => {
  const { socket, port } = await openRelay(lab.network('babilon'))
  socket.destroy()
  // The port is free once the relay let go of it.
  await expect.poll(() => bindable(port)).toBe(true)
  expect(await askUdp(lab.network('babilon'), 'ok.ru')).toHaveLength(1)
})

async function bindable(port: number): Promise<boolean> {
  const socket = createSocket('udp4')
  return new Promise((resolve) => {
    socket.once('error', () => socket.close(() => resolve(false)))
    socket.bind(port, '127.0.0.1', () => socket.close(() => resolve(true)))
  })
}
