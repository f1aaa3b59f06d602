/**
 * diagnoses: when one is made. When an outage of a service opens, returns or changes, and again while it lasts; one at a time from
 * a vantage, never more often than the least gap allows, and only while the vantage is online.
 *
 * outage change ─► wanted soon ─┐
 * time ─────────► wanted again ─┴─► tick: due, and room? ─► the schedule's lane of the vantage
 */
import type { Config } from '../config/config.ts'
import type { OutageChange } from '../model/outage.ts'
import type { Health } from '../model/vantage.ts'
import type { Schedule } from '../schedule/types.ts'

/** An outage of a service that is open. */
export interface OpenOutage {
  readonly service: string
  readonly vantage: string
}

export interface DiagnosisParts {
  readonly settings: () => Config['diagnose']
  /** outages of services, open now */
  readonly open: () => readonly OpenOutage[]
  readonly health: (vantage: string) => Health
  readonly schedule: () => Pick<Schedule, 'confirm'>
  /** makes one, and hands it to the pipeline; what goes wrong is the schedule's to log */
  readonly run: (outage: OpenOutage, signal: AbortSignal) => Promise<void>
}

export interface Diagnoses {
  /** Hears of each change once it is decided. */
  readonly heard: (change: OutageChange, now: number) => void
  /** Starts what is due. @param now Unix ms */
  readonly tick: (now: number) => void
}

/** Confirmations come first: they decide whether there is anything to diagnose. */
const SETTLE_MS = 2_000
/** How long one may wait for room, and for its control afterwards; the schedule lets go of what could not start for a minute. */
const AROUND_MS = 120_000

interface Noted {
  /** when the last one was started; `null` = none since we began */
  lastAt: number | null
  wantedAt: number | null
  /** one is under way, at the longest until then; `null` = none is */
  busyUntilAt: number | null
}

export function createDiagnoses({ settings, open, health, schedule, run }: DiagnosisParts): Diagnoses {
  const noted = new Map<string, Noted>()

  function dueAt({ lastAt, wantedAt }: Noted): number {
    const { everyMs, leastGapMs } = settings()
    if (lastAt === null) return wantedAt ?? 0
    return Math.max(lastAt + leastGapMs, Math.min(lastAt + everyMs, wantedAt ?? Infinity))
  }

  function start(outage: OpenOutage, one: Noted, now: number): void {
    const started = schedule().confirm({
      key: `diagnose ${keyOf(outage)}`,
      lane: outage.vantage,
      afterMs: [0],
      async run(signal) {
        try {
          await run(outage, signal)
        } finally {
          one.busyUntilAt = null
        }
      },
    })
    if (!started) return
    const busyUntilAt = now + settings().totalTimeoutMs + AROUND_MS
    Object.assign(one, { lastAt: now, wantedAt: null, busyUntilAt })
  }

  return {
    heard({ kind, outage: { service, vantage } }, now) {
      if (service === null || kind === 'closed') return
      const one = noteOf(noted, { service, vantage })
      // What a diagnosis itself has changed asks for no other.
      if (!isBusy(one, now)) one.wantedAt ??= now + SETTLE_MS
    },
    tick(now) {
      const outages = open()
      const busy = new Set([...noted].flatMap(([key, one]) => (isBusy(one, now) ? [vantageIn(key)] : [])))
      const opened = new Set(outages.map(keyOf))
      for (const [key, one] of noted) if (!isBusy(one, now) && !opened.has(key)) noted.delete(key)
      if (!settings().enabled) return
      const due = outages
        .map((outage) => ({ outage, one: noteOf(noted, outage) }))
        .filter(({ one }) => !isBusy(one, now) && dueAt(one) <= now)
        .toSorted((a, b) => dueAt(a.one) - dueAt(b.one))
      for (const { outage, one } of due) {
        if (busy.has(outage.vantage) || health(outage.vantage) !== 'online') continue
        busy.add(outage.vantage)
        start(outage, one, now)
      }
    },
  }
}

function noteOf(noted: Map<string, Noted>, outage: OpenOutage): Noted {
  const key = keyOf(outage)
  const one = noted.get(key) ?? { lastAt: null, wantedAt: null, busyUntilAt: null }
  noted.set(key, one)
  return one
}

function isBusy({ busyUntilAt }: Noted, now: number): boolean {
  return busyUntilAt !== null && now < busyUntilAt
}

function keyOf({ vantage, service }: OpenOutage): string {
  return `${vantage} ${service}`
}

function vantageIn(key: string): string {
  return key.slice(0, key.indexOf(' '))
}
