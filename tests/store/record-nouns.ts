/** record-nouns: what goes into the record. Builders show only what matters. */
import { onTestFinished } from 'vitest'
import type { TriggerEvent } from '../../src/model/event.ts'
import type { MeasuredIncident } from '../../src/model/incident.ts'
import type { Report, ReportRecord } from '../../src/model/report.ts'
import { type RecordStore, openRecord } from '../../src/store/catalog/record.ts'
import { aPath } from './given.ts'
import { DAY, HOUR, T0 } from './nouns.ts'

/** A record that closes itself. Its clock stands still unless told otherwise. */
export async function aRecord(
  options: { path?: string; now?: () => number } = {},
): Promise<RecordStore & { path: string }> {
  const { path = aPath(), now = () => T0 } = options
  const record = await openRecord(path, { now })
  onTestFinished(() => {
    record.close()
  })
  return { ...record, path }
}

/** A day's window, so many days after T0. */
export function day(n: number): TriggerEvent['at'] {
  return { stated: null, precision: 'day', earliestAt: T0 + n * DAY, latestAt: T0 + n * DAY + 23 * HOUR }
}

export const UNDATED = { stated: null, precision: null, earliestAt: null, latestAt: null } as const

export function anEvent(over: Partial<TriggerEvent> = {}): TriggerEvent {
  return {
    id: 'video',
    title: 'A video',
    kind: 'video-release',
    role: 'trigger',
    at: day(0),
    lastedUntil: null,
    timeZone: 'Asia/Dushanbe',
    scheduled: false,
    country: 'TJ',
    regions: [],
    services: ['facebook'],
    otherTargets: [],
    confidence: 'high',
    sources: [{ title: 'News', publisher: 'A paper', date: '2025-10-09', url: null }],
    notes: null,
    ...over,
  }
}

export function aReport(over: Partial<Report> = {}): Report {
  return {
    id: 'r1',
    episode: 'autumn',
    mode: 'service-block',
    services: ['facebook'],
    otherTargets: [],
    onset: day(1),
    end: day(4),
    timeZone: 'Asia/Dushanbe',
    country: 'TJ',
    regions: [],
    isps: [],
    reportedBy: 'A paper',
    attribution: null,
    documentedTrigger: null,
    documentedRelease: null,
    confidence: 'medium',
    sources: [],
    notes: null,
    ...over,
  }
}

export function aReportRecord(reports: readonly Report[] = [aReport()]): ReportRecord {
  return { fromAt: T0 - 1000 * DAY, untilAt: T0 + 1000 * DAY, reports }
}

export function anIncident(over: Partial<MeasuredIncident> = {}): MeasuredIncident {
  return {
    id: 'measured.one',
    kind: 'measured',
    country: 'TJ',
    onset: { earliestAt: T0 - 20_000, latestAt: T0 },
    end: { earliestAt: null, latestAt: null },
    services: ['facebook'],
    members: ['o1'],
    vantages: ['babilon'],
    vantagesWatched: 3,
    asns: [8847],
    causes: ['blocked'],
    mechanisms: ['tls.sni-reset'],
    ...over,
  }
}
