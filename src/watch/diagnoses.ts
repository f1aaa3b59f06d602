/**
 * diagnoses: when an outage is diagnosed. When it opens, returns or changes, and again while it lasts; one at a time from a
 * vantage, never more often than the least gap allows, and only while the vantage is online. Pure.
 *
 * outage change ─► wanted soon ─┐
 * time ─────────► wanted again ─┴─► due, and nothing under way from that vantage? ─► diagnose
 */
import type { OutageChange } from '../model/outage.ts'
import type { Health } from '../model/vantage.ts'
import type { DiagnoseTimes } from './types.ts'

/** An outage of a service that is open. */
export interface OpenOutage {
  readonly service: string
  readonly vantage: string
}

export interface DiagnosisParts {
  /** `null`: none is made */
  readonly times: () => DiagnoseTimes | null
  /** outages of services, open now */
  readonly open: () => readonly OpenOutage[]
  readonly health: (vantage: string) => Health
}

export interface Diagnoses {
  /** Notes a change of an outage. */
  readonly changed: (change: OutageChange, at: number) => void
  /** @returns the outages to be diagnosed now; each counts as under way until `ended` */
  readonly due: (at: number) => readonly OpenOutage[]
  readonly ended: (outage: OpenOutage) => void
}

/** Confirmations come first: they decide whether there is anything to diagnose. */
const AFTER_CHANGE_MS = 2_000
/** How long one may wait for room, and for its control afterwards. */
const AROUND_MS = 120_000

interface Noted {
  readonly vantage: string
  /** when the last one was begun; `null` = none since we began */
  lastAt: number | null
  wantedAt: number | null
  /** one is under way, at the longest until then; `null` = none is */
  busyUntilAt: number | null
}

export function createDiagnoses({ times, open, health }: DiagnosisParts): Diagnoses {
  const noted = new Map<string, Noted>()

  function noteOf(outage: OpenOutage): Noted {
    const key = keyOf(outage)
    const known = noted.get(key)
    if (known !== undefined) return known
    const fresh: Noted = { vantage: outage.vantage, lastAt: null, wantedAt: null, busyUntilAt: null }
    noted.set(key, fresh)
    return fresh
  }

  function forgetClosed(outages: readonly OpenOutage[], at: number): void {
    const stillOpen = new Set(outages.map(keyOf))
    for (const [key, note] of noted) if (!isBusy(note, at) && !stillOpen.has(key)) noted.delete(key)
  }

  return {
    changed({ kind, outage: { service, vantage } }, at) {
      if (service === null || kind === 'closed') return
      const note = noteOf({ service, vantage })
      // What a diagnosis itself has changed asks for no other.
      if (!isBusy(note, at)) note.wantedAt ??= at + AFTER_CHANGE_MS
    },
    due(at) {
      const outages = open()
      if (outages.length === 0 && noted.size === 0) return outages
      forgetClosed(outages, at)
      const settings = times()
      if (settings === null) return []
      const busy = new Set([...noted.values()].flatMap((note) => (isBusy(note, at) ? [note.vantage] : [])))
      const due = outages
        .map((outage) => ({ outage, note: noteOf(outage) }))
        .filter(({ note }) => !isBusy(note, at) && dueAt(note, settings) <= at)
        .toSorted((a, b) => dueAt(a.note, settings) - dueAt(b.note, settings))
      return due.flatMap(({ outage, note }) => {
        if (busy.has(outage.vantage) || health(outage.vantage) !== 'online') return []
        busy.add(outage.vantage)
        const busyUntilAt = at + settings.totalTimeoutMs + AROUND_MS
        Object.assign(note, { lastAt: at, wantedAt: null, busyUntilAt })
        return [outage]
      })
    },
    ended(outage) {
      const note = noted.get(keyOf(outage))
      if (note !== undefined) note.busyUntilAt = null
    },
  }
}

function dueAt({ lastAt, wantedAt }: Noted, { everyMs, leastGapMs }: DiagnoseTimes): number {
  if (lastAt === null) return wantedAt ?? 0
  return Math.max(lastAt + leastGapMs, Math.min(lastAt + everyMs, wantedAt ?? Infinity))
}

function isBusy({ busyUntilAt }: Noted, at: number): boolean {
  return busyUntilAt !== null && at < busyUntilAt
}

function keyOf({ vantage, service }: OpenOutage): string {
  return `${vantage} ${service}`
}
