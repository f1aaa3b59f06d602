/** Events and incidents that show only what a test is about. */
import type { TriggerEvent, Window } from '../../src/model/event.ts'
import type { MeasuredIncident, ReportedIncident } from '../../src/model/incident.ts'

export const HOUR_MS = 3_600_000
export const T0 = Date.UTC(2015, 4, 27, 13)

/** Hours around T0. */
export function hours(earliest: number, latest = earliest): { earliestAt: number; latestAt: number } {
  return { earliestAt: T0 + earliest * HOUR_MS, latestAt: T0 + latest * HOUR_MS }
}

export function anEvent(shown: Partial<Omit<TriggerEvent, 'at'>> & { at?: Window } = {}): TriggerEvent {
  return {
    id: 'video',
    title: 'A video',
    kind: 'video-release',
    role: 'trigger',
    lastedUntil: null,
    timeZone: 'Asia/Dushanbe',
    scheduled: false,
    country: 'TJ',
    regions: [],
    services: [],
    otherTargets: [],
    confidence: 'high',
    sources: [],
    notes: null,
    ...shown,
    at: { stated: null, precision: 'day', ...(shown.at ?? hours(0)) },
  }
}

export function anIncident(shown: Partial<ReportedIncident> = {}): ReportedIncident {
  return {
    id: 'reported.one',
    kind: 'reported',
    country: 'TJ',
    episode: 'one',
    onset: hours(18),
    end: { earliestAt: null, latestAt: null },
    services: ['facebook'],
    otherTargets: [],
    members: ['r1'],
    regions: [],
    modes: ['service-block'],
    isps: [],
    documentedTriggers: [],
    documentedReleases: [],
    ...shown,
  }
}

export function aMeasuredIncident(shown: Partial<MeasuredIncident> = {}): MeasuredIncident {
  return {
    id: 'measured.one',
    kind: 'measured',
    country: 'TJ',
    onset: hours(18),
    end: { earliestAt: null, latestAt: null },
    services: ['facebook'],
    members: ['o1'],
    vantages: ['babilon'],
    vantagesWatched: 3,
    asns: [8847],
    causes: ['blocked'],
    mechanisms: [],
    ...shown,
  }
}
