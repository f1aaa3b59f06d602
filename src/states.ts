/** states: notes each change of a service's state as it happens, gaps included, so that history can be drawn as strips. */
import type { ServiceStatus } from './model/outage.ts'
import type { RecordStore } from './store/record.ts'
import type { StateChange } from './store/write-states.ts'

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

/**
 * @param earlier what earlier runs left standing; empty on a first run
 * @returns hands over what differs from the time before
 */
export function createStateNotes(
  record: Pick<RecordStore, 'saveStates'>,
  earlier: readonly LeftStanding[],
): (status: readonly ServiceStatus[], now: number) => void {
  const last = new Map<string, Noted>()
  for (const strip of earlier) {
    last.set(keyOf(strip), { change: unknownFrom(strip.knownUntilAt, strip), shown: '' })
  }
  let first = true

  /** What is no longer watched is not known from now on. */
  function gone(watched: ReadonlySet<string>, now: number): StateChange[] {
    return [...last].flatMap(([key, { change }]) => {
      if (watched.has(key)) return []
      last.delete(key)
      return change.state === 'insufficient' ? [] : [unknownFrom(now, change)]
    })
  }

  return (status, now) => {
    const changes = first ? [...last.values()].map(({ change }) => change) : []
    for (const each of status) {
      const shown = `${each.state} ${each.mechanism} ${each.outageId}`
      const before = last.get(keyOf(each))
      if (before?.shown === shown) continue
      const at = first ? now : momentOf(each, before?.change.at ?? null, now)
      const { service, vantage, state, mechanism, outageId: ref } = each
      const change = { service, vantage, at, state, mechanism, ref }
      last.set(keyOf(each), { change, shown })
      changes.push(change)
    }
    changes.push(...gone(new Set(status.map(keyOf)), now))
    first = false
    if (changes.length > 0) record.saveStates(changes)
  }
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
