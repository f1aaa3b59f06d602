import { createServer, get } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { importRecord } from '../../src/run/import-record.ts'
import { type HistoryThreadOptions, startHistoryThread } from '../../src/history/thread.ts'
import type { History } from '../../src/model/history.ts'
import { aPath } from '../store/given.ts'
import { T0 } from '../store/nouns.ts'
import { aReport, aReportRecord, anEvent, day } from '../store/record-nouns.ts'
import { QUICK, type Given, given, outageAt, saveOutages } from './given.ts'

/** Enough to keep a thread busy for far longer than a test. */
const ENDLESS = { ...QUICK, shifts: 100_000_000 }

function aThread(path: string, options: Partial<HistoryThreadOptions> = {}): History {
  const history = startHistoryThread({ path, correlate: QUICK, ...options })
  onTestFinished(() => history.close())
  return history
}

function fill({ store, record }: Given): void {
  saveOutages(store, [outageAt(0, 30), outageAt(60, null)])
  const reports = Array.from({ length: 40 }, (_, n) =>
    aReport({ id: `r${n}`, episode: `e${n}`, onset: day(n * 10), end: day(n * 10 + 1) }),
  )
  const events = Array.from({ length: 40 }, (_, n) => anEvent({ id: `v${n}`, at: day(n * 10 - 1) }))
  importRecord(record, { events, eventsBy: 'file:e', reports: aReportRecord(reports) })
}

test('every question -> the same answer as without a thread', async () => {
  const it = await given()
  fill(it)
  const thread = aThread(it.path)
  const span = { since: T0, until: T0 + 3_600_000 }
  const ask = (history: History) =>
    Promise.all([
      history.outages({ limit: 1 }),
      history.outage(outageAt(0, 30).id),
      history.incidents({ limit: 3 }),
      history.incident('reported.r3'),
      history.events({ limit: 3, order: 'oldest' }),
      history.event('v3'),
      history.reports({ limit: 3 }),
      history.report('r3'),
      history.correlations({ kind: 'reported' }),
      history.measurements({ ...span, limit: 3 }),
      history.timeline(span),
    ])
  const answers = await ask(thread)
  expect(answers).toEqual(await ask(it.history))
  expect(answers.every((answer) => answer !== null)).toBe(true)
})

test('a heavy query runs -> meanwhile the main thread serves requests, and a light query is answered', async () => {
  const it = await given()
  fill(it)
  const thread = aThread(it.path, { correlate: ENDLESS })
  let heavy: unknown = 'still at it'
  thread.correlations({}).then(
    (answer) => (heavy = answer),
    (error: unknown) => (heavy = error),
  )
  const light = await thread.outages({ limit: 1 }) // by now the heavy one is at work: it was asked first
  expect({ served: await roundTrips(25), light: light.rows.length, heavy }).toEqual({
    served: 25,
    light: 1,
    heavy: 'still at it',
  })
})

test('a query past its deadline -> given up with what to do, and the next one is answered by a new thread', async () => {
  const it = await given()
  fill(it)
  const thread = aThread(it.path, { correlate: ENDLESS, deadlineMs: 4_000 })
  await expect(thread.correlations({})).rejects.toMatchObject({
    name: 'AppError',
    code: 'busy',
    message:
      'The query for correlations took longer than 4000 ms and was cancelled. Ask for a shorter time range.',
  })
  expect((await thread.outages({ limit: 5 })).rows).toHaveLength(2)
})

describe('what an operator can mend', () => {
  test('a cursor that is none -> usage, through the thread', async () => {
    const it = await given()
    const refused: unknown = await aThread(it.path)
      .outages({ limit: 1, after: 'x' })
      .catch((error: unknown) => error)
    expect(refused).toMatchObject({
      name: 'AppError',
      code: 'usage',
      field: 'after',
      message: 'after: "x" is not the end of a page; use what the page before gave as next',
    })
  })

  test('no store there -> not_found; it comes to be -> answered', async () => {
    const path = aPath()
    const thread = aThread(path)
    await expect(thread.events({ limit: 1 })).rejects.toMatchObject({ code: 'not_found' })
    const { openRecord } = await import('../../src/store/catalog/record.ts')
    const record = await openRecord(path, { now: () => T0 })
    record.putEvent(anEvent(), 'cli:ann')
    record.close()
    expect((await thread.events({ limit: 1 })).rows).toHaveLength(1)
  })
})

test('closed while it works -> what was asked is refused, and no thread is left', async () => {
  const it = await given()
  fill(it)
  const thread = startHistoryThread({ path: it.path, correlate: ENDLESS })
  const refused = thread.correlations({}).catch((error: unknown) => error)
  await thread.outages({ limit: 1 })
  await thread.close()
  expect(await refused).toMatchObject({ name: 'AppError', code: 'internal' })
  await expect(thread.outages({ limit: 1 })).rejects.toMatchObject({ name: 'AppError', code: 'internal' })
})

/** Requests to a server in this thread, one after the other. @returns how many were answered */
async function roundTrips(count: number): Promise<number> {
  const server = createServer((_, response) => response.end('here')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  let answered = 0
  for (; answered < count; answered += 1) {
    const request = get({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', agent: false })
    const [response] = (await once(request, 'response')) as [NodeJS.ReadableStream]
    response.resume()
    await once(response, 'end')
  }
  server.close()
  return answered
}
