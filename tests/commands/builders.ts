/** Nouns for tests of the commands: only what matters is said. */
import type { Correlation, Ranking } from '../../src/model/correlation.ts'
import type { TriggerEvent } from '../../src/model/event.ts'
import type { MeasuredIncident, ReportedIncident } from '../../src/model/incident.ts'
import type { Report } from '../../src/model/report.ts'

const at = (iso: string) => Date.parse(iso)

export const ONSET = { earliestAt: at('2026-03-01T09:00:00Z'), latestAt: at('2026-03-01T09:10:00Z') }
const END = { earliestAt: at('2026-03-03T10:00:00Z'), latestAt: at('2026-03-03T10:00:30Z') }
const source = {
  title: 'It is gone',
  publisher: 'A paper',
  date: '2026-03-01',
  url: 'https://example.org/gone',
}

export function anEvent(over: Partial<TriggerEvent> = {}): TriggerEvent {
  return {
    id: 'a-video',
    title: 'A video is published',
    kind: 'video-release',
    role: 'trigger',
    at: {
      stated: '2026-03-01',
      precision: 'day',
      earliestAt: at('2026-02-28T19:00:00Z'),
      latestAt: at('2026-03-01T18:59:59Z'),
    },
    lastedUntil: null,
    timeZone: 'Asia/Dushanbe',
    scheduled: false,
    country: 'TJ',
    regions: [],
    services: ['youtube'],
    otherTargets: [],
    confidence: 'high',
    sources: [{ title: 'The video', publisher: 'A channel', date: '2026-03-01', url: null }],
    notes: null,
    ...over,
  }
}

export function aReport(over: Partial<Report> = {}): Report {
  return {
    id: 'tj-2026-03-facebook',
    episode: '2026-03',
    mode: 'service-block',
    services: ['facebook'],
    otherTargets: [],
    onset: { stated: '2026-03-01', precision: 'day', ...ONSET },
    end: { stated: '2026-03-03', precision: 'day', ...END },
    timeZone: 'Asia/Dushanbe',
    country: 'TJ',
    regions: [],
    isps: [],
    reportedBy: 'A paper',
    attribution: null,
    documentedTrigger: null,
    documentedRelease: null,
    confidence: 'high',
    sources: [source],
    notes: null,
    ...over,
  }
}

export function aMeasured(over: Partial<MeasuredIncident> = {}): MeasuredIncident {
  return {
    id: 'measured.facebook.babilon',
    kind: 'measured',
    country: 'TJ',
    onset: ONSET,
    end: END,
    services: ['facebook'],
    members: ['facebook.babilon.1'],
    vantages: ['babilon', 'tcell'],
    vantagesWatched: 3,
    asns: [24722],
    causes: ['blocked'],
    mechanisms: ['tls.sni-reset'],
    ...over,
  }
}

export function aReported(over: Partial<ReportedIncident> = {}): ReportedIncident {
  return {
    id: 'reported.tj-2026-03-facebook',
    kind: 'reported',
    country: 'TJ',
    onset: ONSET,
    end: END,
    services: ['facebook'],
    members: ['tj-2026-03-facebook'],
    episode: '2026-03',
    regions: [],
    otherTargets: [],
    modes: ['service-block'],
    isps: [],
    documentedTriggers: [],
    documentedReleases: [],
    ...over,
  }
}

export function aCandidate(over: Partial<Correlation> = {}): Correlation {
  return {
    event: 'a-video',
    lagHours: [-1, 14],
    density: 0.02,
    lambda: 0.0002,
    bayesFactor: 100,
    relevance: 2,
    weight: 200,
    posterior: 0.995,
    documented: false,
    reasons: ['the event concerns facebook, which was hit'],
    ...over,
  }
}

export function aRanking(over: Partial<Ranking> = {}): Ranking {
  return {
    incident: 'reported.tj-2026-03-facebook',
    kind: 'reported',
    onset: ONSET,
    candidates: [aCandidate()],
    noneWeight: 1,
    none: 0.005,
    documentedTriggers: [],
    ...over,
  }
}
