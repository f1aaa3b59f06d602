/** served: the API over a real store in a folder of its own: the shipped record, and a block that was measured. */
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventSchema, loadEvents } from '../../../src/config/events.ts'
import { loadReports } from '../../../src/config/reports.ts'
import { DEFAULTS } from '../../../src/correlate/settings.ts'
import { groupOutages } from '../../../src/incident/group.ts'
import { importRecord } from '../../../src/run/import-record.ts'
import { startHistoryThread } from '../../../src/history/thread.ts'
import type { History } from '../../../src/model/history.ts'
import type { Outage, ServiceStatus } from '../../../src/model/outage.ts'
import type { RecordAccess } from '../../../src/serve/api/context.ts'
import { startServer } from '../../../src/serve/server.ts'
import { type RecordStore, openRecord } from '../../../src/store/catalog/record.ts'
import { openStore } from '../../../src/store/store.ts'
import { DAY, HOUR, RESET, T0, aMeasurement, anId, anOutage, http, opened, saved } from '../../store/nouns.ts'

/** The clock of the server stands here: five hours after the block began. */
export const NOW = T0 + 5 * HOUR
/** Known by its hash in the configuration, as `desk`. */
export const CONFIGURED_TOKEN = 'a-token-of-the-configuration_0123456789abcde'
/** As long as ids get: two names of forty letters. */
export const LONG_ID = `${'s'.repeat(40)}.${'v'.repeat(40)}.2025-10-08T00:00:00Z`

export const BLOCK: Outage = anOutage({
  cause: 'blocked',
  mechanism: 'tls.sni-reset',
  causes: [
    { at: T0 + 5_000, cause: 'unreachable', mechanism: null, reason: 'Four looks in a row failed.' },
    { at: T0 + 9_000, cause: 'blocked', mechanism: 'tls.sni-reset', reason: 'Resets, again and again.' },
  ],
  evidence: [anId(1, T0), anId(2, T0 + 20_000)],
})

const OVER: Outage = anOutage({
  id: LONG_ID,
  service: 'youtube',
  vantage: 'tcell',
  onsetAfterAt: null,
  onsetBeforeAt: T0 - DAY,
  openedAt: T0 - DAY + 5_000,
  endAfterAt: T0 - DAY + HOUR,
  endBeforeAt: T0 - DAY + HOUR + 30_000,
  closedAt: T0 - DAY + HOUR + 60_000,
})

const VANTAGES = ['babilon', 'tcell'].map((id) => ({
  id,
  role: 'probe' as const,
  country: 'TJ',
  asn: 44_027,
  isp: 'Babilon-T',
  city: 'Dushanbe',
}))

const STATUS: ServiceStatus = {
  service: 'facebook',
  vantage: 'babilon',
  state: 'blocked',
  partial: false,
  blockedOver: null,
  sinceAt: T0,
  mechanism: 'tls.sni-reset',
  because: 'Resets, again and again.',
  outageId: BLOCK.id,
  lastMeasurementAt: T0 + 20_000,
  quic: { standing: 'sni', because: 'Only its own name is not answered.' },
}

export interface Served {
  readonly url: string
  readonly path: string
  readonly record: RecordStore
  readonly history: History
  /** knows its name: `newsroom` */
  readonly token: string
  /** what failed through a fault of ours */
  readonly faults: unknown[]
  readonly get: (path: string, headers?: Readonly<Record<string, string>>) => Promise<Response>
  /** With the token, unless told otherwise. */
  readonly write: (
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<Response>
  readonly close: () => Promise<void>
}

/** Fills a store and serves it. */
export async function serve(over: Partial<RecordAccess> = {}): Promise<Served> {
  const folder = mkdtempSync(join(tmpdir(), 'didbon-api-'))
  const path = join(folder, 'didbon.db')
  await measure(path)
  const record = await openRecord(path, { now: () => NOW })
  await document(record)
  const token = 'a-token-of-the-tests_0123456789abcdefghijklmn'
  record.tokens.add('newsroom', createHash('sha256').update(token).digest('hex'))
  const history = startHistoryThread({ path, correlate: DEFAULTS })
  const faults: unknown[] = []
  const server = await startServer({
    host: '127.0.0.1',
    port: 0,
    expose: async () => '',
    status: () => [STATUS],
    heightened: () => new Map(),
    vantages: () => VANTAGES.map((vantage) => ({ ...vantage, health: 'online', blockedCanaries: [] })),
    notReady: () => [],
    now: () => NOW,
    onError: (error) => faults.push(error),
    record: {
      history,
      record,
      eventSchema,
      services: () => [
        {
          id: 'facebook',
          name: 'Facebook',
          endpoints: [
            {
              id: 'facebook/www',
              service: 'facebook',
              url: 'https://www.facebook.com/',
              role: 'primary',
              validFromAt: null,
              validUntilAt: T0,
            },
          ],
        },
      ],
      tokens: [{ name: 'desk', sha256: createHash('sha256').update(CONFIGURED_TOKEN).digest('hex') }],
      reads: 'open',
      writesPerMinute: 1000,
      ...over,
    },
  })
  const get: Served['get'] = (at, headers = {}) => fetch(`${server.url}${at}`, { headers })
  return {
    url: server.url,
    path,
    record,
    history,
    token,
    faults,
    get,
    write(method, at, body, headers = {}) {
      const text = typeof body === 'string' ? body : JSON.stringify(body)
      return fetch(`${server.url}${at}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: text }),
      })
    },
    async close() {
      await server.close()
      await history.close()
      record.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** An hour of measurements that were fine, then a block. */
async function measure(path: string): Promise<void> {
  const store = await openStore({
    path,
    keepRawMs: 90 * DAY,
    keepOkSampleEvery: 100,
    commitEveryMs: 60_000,
    now: () => T0,
    onError(error) {
      throw error
    },
  })
  for (let n = 100; n < 220; n++) store.save(saved(aMeasurement(n, { startedAt: T0 - (220 - n) * 30_000 })))
  const page = http({ trusted: false, bodyHead: '<b>blocked</b>', failure: 'connection_reset' })
  const failing = (n: number, startedAt: number) => aMeasurement(n, { startedAt, observations: [page] })
  store.save(saved(failing(1, T0), { verdict: RESET }))
  store.save(saved(failing(2, T0 + 20_000), { verdict: RESET, changes: [opened(OVER), opened(BLOCK)] }))
  store.flush()
  store.close()
}

async function document(record: RecordStore): Promise<void> {
  const events = await loadEvents('config/events.yaml')
  const reports = await loadReports('config/reports.yaml', events)
  importRecord(record, { events, eventsBy: 'file:events.yaml', reports })
  record.saveIncidents(groupOutages([OVER, BLOCK], VANTAGES))
  const from = { service: 'facebook', vantage: 'babilon' }
  record.saveStates([
    { ...from, at: T0 - HOUR, state: 'ok', mechanism: null, ref: null },
    { ...from, at: T0, state: 'blocked', mechanism: 'tls.sni-reset', ref: BLOCK.id },
  ])
}

/** Everything a client may have changed, to compare before and after. */
export function contents({ record }: Served): string {
  return JSON.stringify([record.version(), record.events(), record.reportRecord(), record.tokens.list()])
}

/** An event as a client writes it. */
export function anEntry(over: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    id: 'a-video',
    title: 'A video',
    kind: 'video-release',
    role: 'trigger',
    at: {
      stated: '2025-10-09',
      precision: 'day',
      earliest: '2025-10-08T19:00:00Z',
      latest: '2025-10-09T18:59:59Z',
    },
    lastedUntil: null,
    timeZone: 'Asia/Dushanbe',
    scheduled: false,
    country: 'TJ',
    regions: [],
    services: ['facebook'],
    otherTargets: [],
    confidence: 'high',
    notes: null,
    sources: [{ title: 'A video', publisher: 'A paper', date: '2025-10-09', url: null }],
    ...over,
  }
}
