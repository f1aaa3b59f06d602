import type { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { startProber } from '../../src/probe/prober.ts'
import type { ProbeTask } from '../../src/probe/task.ts'
import { makeCa } from './certificates.ts'
import { aTask, serveHttps, serveTcp } from './servers.ts'

const never = new AbortController().signal
const fail = (error: Error) => {
  throw error
}
const ca = makeCa()
const site = ca.issue(['127.0.0.1'])

test('many probes on one worker -> all measured, in another thread, with ids of their own', async () => {
  await using web = await serveHttps(site, (_request, response) => response.end('<title>Here</title>'))
  const prober = startProber({ workers: 1, drainMs: 1_000, onError: fail })
  const task = aTask(`https://127.0.0.1:${web.port}/`, { settings: { extraCa: [ca.pem] } })
  const all = await Promise.all(Array.from({ length: 30 }, () => prober.probe(task, never)))
  expect(all.every((m) => m.unfit === null && m.observations.at(-1)?.layer === 'http')).toBe(true)
  expect(new Set(all.map((m) => m.id)).size).toBe(30)
  await prober.close()
})

test('the caller gives up -> that probe is interrupted, its neighbour goes on', async () => {
  const sockets: { end(): unknown }[] = []
  let both: () => void
  const twoCame = new Promise<void>((resolve) => (both = resolve))
  await using server = await serveTcp((socket) => {
    socket.once('data', () => {
      sockets.push(socket)
      if (sockets.length === 2) both()
    })
  })
  const prober = startProber({ workers: 1, drainMs: 1_000, onError: fail })
  const caller = new AbortController()
  const task = aTask(`https://127.0.0.1:${server.port}/`)
  const stopped = prober.probe(task, caller.signal)
  const neighbour = prober.probe(task, never)
  await twoCame
  caller.abort()
  expect(await stopped).toMatchObject({
    unfit: 'interrupted',
    observations: [{ layer: 'tcp' }, { layer: 'tls' }],
  })
  for (const socket of sockets) socket.end()
  expect(await neighbour).toMatchObject({
    unfit: null,
    observations: [{ failure: null }, { failure: 'eof_error' }],
  })
  await prober.close()
})

test('closing -> lets what is in flight end, stops what does not, and takes no more', async () => {
  let came: () => void
  const bothCame = new Promise<void>((resolve) => (came = resolve))
  let count = 0
  await using server = await serveTcp((socket) => {
    socket.once('data', () => {
      count += 1
      // The second one is answered while the pool drains; the first never is.
      if (count === 2) {
        came()
        setImmediate(() => socket.end())
      }
    })
  })
  const prober = startProber({ workers: 1, drainMs: 300, onError: fail })
  const task = aTask(`https://127.0.0.1:${server.port}/`)
  const probes = [prober.probe(task, never), prober.probe(task, never)]
  await bothCame
  await prober.close()
  const unfit = (await Promise.all(probes)).map((m) => m.unfit)
  expect(new Set(unfit)).toEqual(new Set(['interrupted', null]))
  expect(await prober.probe(task, never)).toMatchObject({ unfit: 'interrupted', observations: [] })
})

test('a task that makes the worker throw, and one that cannot reach it -> our_error, and the next probe works', async () => {
  await using web = await serveHttps(site, (_request, response) => response.end('ok'))
  const prober = startProber({ workers: 1, drainMs: 100, onError: fail })
  const good = aTask(`https://127.0.0.1:${web.port}/`, { settings: { extraCa: [ca.pem] } })
  const throwing = { ...good, settings: null } as unknown as ProbeTask
  const uncloneable = { ...good, extraAddresses: () => undefined } as unknown as ProbeTask
  for (const task of [throwing, uncloneable]) {
    const m = await prober.probe(task, never)
    expect(m).toMatchObject({ unfit: 'our_error', observations: [], vantage: 'tj-test', url: good.url })
    expect(m.unfitDetail).toContain('Error')
  }
  expect((await prober.probe(good, never)).unfit).toBeNull()
  await prober.close()
})

test('a thread dies with nothing in flight -> told, and the next probe works', async () => {
  await using web = await serveHttps(site, (_request, response) => response.end('ok'))
  const started = new Promise<Worker>((resolve) => process.once('worker', resolve))
  let tell: (error: Error) => void
  const told = new Promise<Error>((resolve) => (tell = resolve))
  const prober = startProber({ workers: 1, drainMs: 100, onError: (error) => tell(error) })
  const task = aTask(`https://127.0.0.1:${web.port}/`, { settings: { extraCa: [ca.pem] } })
  const worker = await started
  expect((await prober.probe(task, never)).unfit).toBeNull()
  // The pool's own listener in the thread takes this apart, and throws where nobody catches.
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  worker.postMessage(null)
  expect(await told).toBeInstanceOf(TypeError)
  expect((await prober.probe(task, never)).unfit).toBeNull()
  await prober.close()
})
