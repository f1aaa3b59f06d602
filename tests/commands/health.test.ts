import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { aLookout } from './record-cli.ts'

async function aServer(answer: RequestListener, host = '127.0.0.1'): Promise<number> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  onTestFinished(() => server.closeAllConnections())
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

/** Alive, and not ready. */
const half: RequestListener = ({ url }, response) => {
  response.statusCode = url === '/healthz' ? 200 : 503
  response.end(url === '/healthz' ? '{"status":"alive"}' : '{"ready":false,"reasons":["no schedule"]}')
}

test('a daemon that is alive -> 0, and nothing is said', async () => {
  const { run } = await aLookout({}, { serve: { port: await aServer(half) } })
  expect(await run('health')).toEqual({ code: 0, stdout: '', stderr: '' })
})

test('--ready of one that is not -> 1, with its reasons', async () => {
  const { run } = await aLookout({}, { serve: { port: await aServer(half) } })
  const { code, stderr } = await run('health', '--ready')
  expect(code).toBe(1)
  expect(stderr).toMatch(/\/readyz answered 503: .*no schedule/)
})

test('nobody listens -> 1, with where it asked and why that failed', async () => {
  const { run } = await aLookout({}, { serve: { port: 1 } })
  expect(await run('health')).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/http:\/\/127\.0\.0\.1:1\/healthz did not answer: .*ECONNREFUSED/),
  })
})

test('another port than in the file -> that one is asked', async () => {
  const { run } = await aLookout({}, { serve: { port: 1 } })
  expect((await run('health', '--port', String(await aServer(half)))).code).toBe(0)
})

test('something else listens there and never ends -> 1, with the beginning of what it says', async () => {
  const port = await aServer((_request, response) => {
    response.statusCode = 500
    const more = () => void (response.destroyed || response.write('x'.repeat(4096), more))
    more()
  })
  const { run } = await aLookout({}, { serve: { port } })
  const { code, stderr } = await run('health')
  expect([code, stderr.length]).toEqual([1, expect.any(Number)])
  expect(stderr.length).toBeLessThan(700)
})

test.each([
  { host: '0.0.0.0', asked: '127.0.0.1' },
  { host: '::', asked: '[::1]' },
  { host: '::1', asked: '[::1]' },
])('it listens on $host -> $asked is asked', async ({ host, asked }) => {
  const { run } = await aLookout()
  const { stderr } = await run('health', '--host', host, '--port', '1')
  expect(stderr).toContain(`http://${asked}:1/healthz`)
})

test('it redirects -> 1: nobody is sent elsewhere to be told that all is well', async () => {
  const well = await aServer(half)
  const { run } = await aLookout(
    {},
    {
      serve: {
        port: await aServer((_request, response) => {
          response.writeHead(302, { location: `http://127.0.0.1:${well}/healthz` }).end()
        }),
      },
    },
  )
  expect(await run('health')).toMatchObject({ code: 1, stderr: expect.stringContaining('answered 302') })
})

test('the port was left to chance -> 2, and the way out', async () => {
  const { run } = await aLookout({}, { serve: { port: 0 } })
  expect(await run('health')).toMatchObject({ code: 2, stderr: expect.stringContaining('--port') })
})

test.each(['x', '-1', '65536', '8080.5'])('--port %s -> 2, and what a port is', async (port) => {
  const { run } = await aLookout()
  expect(await run('health', '--port', port)).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/from 0 to 65535|argument missing/),
  })
})
