/** The target of the ladder bench, in a process of its own: HTTPS on loopback, a page of 16 KiB, and at /wait none ever. Tells its port and its CA. */
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { makeCa } from '../probe/certificates.ts'

const ca = makeCa('Bench Root')
const page = Buffer.from(`<!doctype html><title>Bench</title>${'<p>text</p>'.repeat(1_490)}`)
let waiting = 0
const server = createServer(ca.issue(['127.0.0.1']), (request, response) => {
  if (request.url === '/wait') {
    waiting += 1
    process.send?.({ waiting })
    return
  }
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-length': page.length })
  response.end(page)
})
server.on('tlsClientError', () => undefined)
server.listen(0, '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port, ca: ca.pem })
})
process.on('disconnect', () => process.exit())
