/** states: notes each change of a service's state as it happens, gaps included, so that history can be drawn as strips. Pure. */
import type { ServiceStatus, StateChange } from '../model/outage.ts'

/** A strip that an earlier run of the daemon left standing. */
export interface LeftStanding {
  readonly service: string
  readonly vantage: string
  /** Unix ms; from then to the first call nothing is known */
  readonly knownUntilAt: number
}

interface Noted {
  readonly change: StateChange
  readonly shown: string
}

/** Compares the status with the one before. @returns what changed, to be saved */
export type StateNotes = (status: readonly ServiceStatus[], now: number) => readonly StateChange[]

/** @param earlier what earlier runs left standing; empty on a first run */
export function createStateNotes(earlier: readonly LeftStanding[]): StateNotes {
  let last = new Map<string, Noted>()
  for (const strip of earlier) {
    last.set(keyOf(strip), { change: unknownFrom(strip.knownUntilAt, strip), shown: '' })
  }
  let first = true

  return (status, now) => {
    const next = new Map(last)
    const changes = first ? [...last.values()].map(({ change }) => change) : []
    for (const serviceStatus of status) {
      const shown = `${serviceStatus.state} ${serviceStatus.mechanism} ${serviceStatus.outageId}`
      const before = last.get(keyOf(serviceStatus))
      if (before?.shown === shown) continue
      const at = first ? now : momentOf(serviceStatus, before?.change.at ?? null, now)
      const { service, vantage, state, mechanism, outageId: ref } = serviceStatus
      const change = { service, vantage, at, state, mechanism, ref }
      next.set(keyOf(serviceStatus), { change, shown })
      changes.push(change)
    }
    changes.push(...forget(next, new Set(status.map(keyOf)), now))
    first = false
    last = next
    return changes
  }
}

/** Takes out what is no longer watched. @returns that it is not known from now on */
function forget(noted: Map<string, Noted>, watched: ReadonlySet<string>, now: number): StateChange[] {
  return [...noted].flatMap(([key, { change }]) => {
    if (watched.has(key)) return []
    noted.delete(key)
    return change.state === 'insufficient' ? [] : [unknownFrom(now, change)]
  })
}

/**
 * From when a state held: since it says so itself, unless that lies before the state it follows. Then it is one that came back
 * (after a gap, or as the same outage again), and it holds from now.
 */
function momentOf({ sinceAt }: ServiceStatus, previousAt: number | null, now: number): number {
  return previousAt === null || sinceAt > previousAt ? Math.min(sinceAt, now) : now
}

function unknownFrom(at: number, { service, vantage }: { service: string; vantage: string }): StateChange {
  return { service, vantage, at, state: 'insufficient', mechanism: null, ref: null }
}

function keyOf({ service, vantage }: { readonly service: string; readonly vantage: string }): string {
  return `${service} ${vantage}`
}
