/** didbon-rules: the changes detect/ told, as alarms: every outage it opened, and those it called `blocked`. */
import type { OutageChange } from '../model/outage.ts'
import type { Alarm, RuleResult } from './alarms.ts'

export const OPENED = 'didbon: outage open'
export const BLOCKED = 'didbon: called blocked'

/** A change, and when it was known. */
export interface ReportedChange {
  readonly at: number
  readonly change: OutageChange
}

/** Outages of services only: those of a whole vantage are said apart, and are nobody's block. */
export function didbonRules(changes: readonly ReportedChange[]): readonly RuleResult[] {
  return [
    { rule: OPENED, alarms: alarmsOf(changes, () => true) },
    { rule: BLOCKED, alarms: alarmsOf(changes, ({ cause }) => cause === 'blocked') },
  ]
}

/** One alarm an outage: one that comes back within ten minutes is the same, for the detector as for everybody who was notified. */
function alarmsOf(
  changes: readonly ReportedChange[],
  counts: (outage: OutageChange['outage']) => boolean,
): Alarm[] {
  const alarms = new Map<string, Alarm>()
  for (const { at, change } of changes) {
    const { id, service, vantage, mechanism, closedAt } = change.outage
    if (service === null) continue
    const alarm = alarms.get(id)
    if (closedAt === null && counts(change.outage))
      alarms.set(id, { service, vantage, untilAt: null, fromAt: alarm?.fromAt ?? at, mechanism })
    else if (alarm?.untilAt === null) alarms.set(id, { ...alarm, untilAt: at, mechanism })
  }
  return [...alarms.values()]
}
