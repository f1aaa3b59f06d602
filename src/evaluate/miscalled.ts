/** miscalled: outages that were called by a name that was not so, and the fault of a line, a server or a clock that stood then. */
import type { Cause } from '../model/outage.ts'
import type { Truth } from './alarms.ts'
import type { ReportedChange } from './didbon-rules.ts'
import { FAULTS } from './line-faults.ts'

/** Calls of one cause during one fault. */
export interface Miscalled {
  readonly cause: Cause
  /** `null` = none of the faults stood, and something else was the matter, or nothing */
  readonly fault: string | null
  readonly count: number
  /** of the first, so that one can look; Unix ms */
  readonly exampleAt: number
  readonly example: string
}

const AFTERMATH_MS = 120_000
/** What a fault is not. A name of its own: what is gone abroad only is a shutdown. */
const CLAIMS: ReadonlySet<Cause> = new Set(['blocked', 'throttled', 'down', 'shutdown'])
const SHUTDOWNS: ReadonlySet<string> = new Set(['names abroad gone', 'HTTPS abroad gone'])

/** Each outage counts once for each cause it was given, at the moment it was. */
export function miscalledOf(changes: readonly ReportedChange[], truths: readonly Truth[]): Miscalled[] {
  const byVantage = Map.groupBy(truths, ({ vantage }) => vantage)
  const called = new Set<string>()
  const found = new Map<string, Miscalled>()
  for (const { at, change } of changes) {
    const { id, service, vantage, cause, closedAt } = change.outage
    if (closedAt !== null || !CLAIMS.has(cause) || called.has(`${id} ${cause}`)) continue
    called.add(`${id} ${cause}`)
    const there = (byVantage.get(vantage) ?? []).filter(
      (truth) =>
        truth.fromAt <= at &&
        at <= truth.untilAt + AFTERMATH_MS &&
        (service === null || truth.service === null || truth.service === service),
    )
    if (there.some((truth) => isSo(cause, truth))) continue
    const fault = there.find((truth) => truth.fault !== undefined)?.fault ?? null
    const key = `${cause} ${fault}`
    const before = found.get(key)
    const example = `${service ?? 'all'} from ${vantage}`
    found.set(
      key,
      before === undefined
        ? { cause, fault, count: 1, exampleAt: at, example }
        : { ...before, count: before.count + 1 },
    )
  }
  const place = ({ fault }: Miscalled): number => (fault === null ? -1 : (FAULTS as string[]).indexOf(fault))
  return [...found.values()].sort((a, b) =>
    a.cause < b.cause ? -1 : a.cause > b.cause ? 1 : place(a) - place(b),
  )
}

function isSo(cause: Cause, { kind, fault, service }: Truth): boolean {
  if (kind === 'block') return cause === 'blocked' || cause === 'throttled'
  if (cause === 'down') return fault === undefined && service !== null
  return cause === 'shutdown' && fault !== undefined && SHUTDOWNS.has(fault)
}
