/**
 * baseline-monitors: the rules other monitors decide by, on the very looks our plain rounds see.
 *
 * Each is given what favours it: looks that fail for the control too are shown as failures only to those that could not know, and a
 * retry is answered by the same world 20 s later. None of them asks what kind of failure it was.
 */
import { MINUTE_MS } from '../model/time.ts'
import type { Alarm, RuleResult } from './alarms.ts'
import type { Seen, Target } from './answers.ts'
import { createCusum } from './cusum.ts'

/** One look of a plain round at an endpoint a service cannot do without. */
export interface PlainMeasurement {
  readonly startedAt: number
  readonly endedAt: number
  readonly failed: boolean
  /** the control failed too */
  readonly failedElsewhere: boolean
  /** whether another measurement that much later would have failed */
  readonly again: (afterMs: number) => boolean
}

/** Decides for one endpoint. @returns the moment from which it is in alarm, or out of it; `null` = as before */
type Rule = (measurement: PlainMeasurement) => { readonly alarm: boolean; readonly at: number } | null

const RETRY_AFTER_MS = 20_000
const PENDING_MS = MINUTE_MS

export const BASELINE_MONITORS: Readonly<Record<string, () => Rule>> = {
  '3 failures in a row': () => inARow(3),
  '1 retry after 20 s': retry,
  '3 of the last 5': () => ofTheLast(3, 5),
  'probe_success == 0 for 1m': pending,
  "OONI's CUSUM of hourly medians": hourlyCusum,
}

function inARow(n: number): Rule {
  let failures = 0
  return ({ failed, endedAt: at }) => {
    failures = failed ? failures + 1 : 0
    return { alarm: failures >= n, at }
  }
}

function retry(): Rule {
  return ({ failed, endedAt, startedAt, again }) => {
    if (!failed) return { alarm: false, at: endedAt }
    return again(RETRY_AFTER_MS + endedAt - startedAt)
      ? { alarm: true, at: endedAt + RETRY_AFTER_MS }
      : { alarm: false, at: endedAt }
  }
}

function ofTheLast(m: number, n: number): Rule {
  const last: boolean[] = []
  return ({ failed, endedAt: at }) => {
    last.push(failed)
    if (last.length > n) last.shift()
    return { alarm: last.filter(Boolean).length >= m, at }
  }
}

/** Prometheus: pending from the first failure it evaluates, firing when it has failed at every evaluation for a minute. */
function pending(): Rule {
  let since: number | null = null
  return ({ failed, endedAt: at }) => {
    if (!failed) since = null
    else since ??= at
    return { alarm: since !== null && at - since >= PENDING_MS, at }
  }
}

function hourlyCusum(): Rule {
  const cusum = createCusum()
  return ({ failed, failedElsewhere, endedAt }) => cusum(endedAt, failed && !failedElsewhere)
}

interface RunningRule {
  readonly rule: Rule
  alarm: boolean
}

interface Standing {
  /** endpoints in alarm */
  endpoints: Set<string>
  since: number
}

/** Runs every peer rule beside each other. @returns takes a measurement; `results` ends all that is open */
export function createBaselineMonitors(): {
  readonly add: (seen: Seen, again: (afterMs: number) => boolean) => void
  readonly results: () => readonly RuleResult[]
} {
  const runningRules = new Map<Target, RunningRule[]>()
  const baselines = Object.entries(BASELINE_MONITORS).map(([rule, make]) => ({
    rule,
    make,
    standing: new Map<string, Standing>(),
    alarms: [] as Alarm[],
  }))
  return {
    add(seen, again) {
      const { target, startedAt, endedAt, facts } = seen
      if (seen.purpose !== 'round' || target.role !== 'primary') return
      let mine = runningRules.get(target)
      if (mine === undefined) {
        mine = baselines.map(({ make }) => ({ rule: make(), alarm: false }))
        runningRules.set(target, mine)
      }
      const failed = facts.failed !== null
      const measurement: PlainMeasurement = {
        startedAt,
        endedAt,
        failed,
        failedElsewhere: facts.control === 'fails',
        again,
      }
      for (const [i, running] of mine.entries()) {
        const said = running.rule(measurement)
        if (said === null || said.alarm === running.alarm) continue
        running.alarm = said.alarm
        note(baselines[i]!, target, said)
      }
    },
    results: () =>
      baselines.map(({ rule, alarms, standing }) => ({
        rule,
        alarms: [
          ...alarms,
          ...[...standing].flatMap(([key, { endpoints, since }]) => {
            const [vantage, service] = key.split(' ') as [string, string]
            return endpoints.size === 0
              ? []
              : [{ service, vantage, fromAt: since, untilAt: null, mechanism: null }]
          }),
        ],
      })),
  }
}

/** A service is in alarm while any of its endpoints is. */
function note(
  { standing, alarms }: { standing: Map<string, Standing>; alarms: Alarm[] },
  { service, vantage, endpoint }: Target,
  { alarm, at }: { readonly alarm: boolean; readonly at: number },
): void {
  const key = `${vantage} ${service}`
  let state = standing.get(key)
  if (state === undefined) standing.set(key, (state = { endpoints: new Set(), since: at }))
  if (alarm) {
    if (state.endpoints.size === 0) state.since = at
    state.endpoints.add(endpoint)
  } else if (state.endpoints.delete(endpoint) && state.endpoints.size === 0) {
    alarms.push({ service, vantage, fromAt: state.since, untilAt: at, mechanism: null })
  }
}
