/** What the ladder is measured against, in a thread of its own: net, tls, GET, until the page is in; nothing is recorded. */
import net from 'node:net'
import tls from 'node:tls'
import { parentPort, workerData } from 'node:worker_threads'

const { port, ca } = workerData as { port: number; ca: string }
const secureContext = tls.createSecureContext({ ca: [...tls.rootCertificates, ca] })
const request = `GET / HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nuser-agent: bare\r\naccept: */*\r\n\r\n`

function fetchOnce(): Promise<void> {
  return new Promise((resolve, reject) => {
    const tcp = net.connect({ host: '127.0.0.1', port, noDelay: true })
    tcp.on('error', reject)
    tcp.on('connect', () => {
      const secure = tls.connect({
        socket: tcp,
        host: '127.0.0.1',
        ALPNProtocols: ['h2', 'http/1.1'],
        secureContext,
      })
      let got = Buffer.alloc(0)
      secure.on('error', reject)
      secure.on('secureConnect', () => secure.write(request))
      secure.on('data', (data) => {
        got = Buffer.concat([got, data])
        const end = got.indexOf('\r\n\r\n')
        if (end < 0) return
        const length = Number(/content-length: (\d+)/i.exec(got.toString('latin1', 0, end))?.[1])
        if (got.length < end + 4 + length) return
        secure.destroy()
        resolve()
      })
    })
  })
}

async function run({ inFlight, count }: { inFlight: number; count: number }): Promise<void> {
  let left = count
  const startedAt = performance.now()
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      while (left > 0) {
        left -= 1
        await fetchOnce()
      }
    }),
  )
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort!.postMessage(performance.now() - startedAt)
}

parentPort!.on('message', (order: { inFlight: number; count: number }) => void run(order))
