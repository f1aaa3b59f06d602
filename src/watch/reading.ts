/** reading: how the watchkeeper reads a full measurement, as the daemon, `didbon probe` and the tests of censors have it. Pure. */
import { judgeCanary } from '../judge/canary.ts'
import { endpointRecords } from '../judge/endpoints.ts'
import { unreachedFamily } from '../judge/families.ts'
import { judge } from '../judge/judge.ts'
import { needsControl } from '../judge/quic.ts'
import { ratesOf } from '../judge/rates.ts'
import { isVerified } from '../judge/reach.ts'
import { isTurnedAway } from '../judge/rules/reached.ts'
import type { Measurement } from '../model/measurement.ts'
import type { Canary } from '../model/service.ts'
import type { Notes } from './memory.ts'
import type { Reading, Timing } from './types.ts'

/** @param canaryOf by id; `null` when it is configured no more */
export function readMeasurements(canaryOf: (id: string) => Canary | null): Reading<Measurement> {
  return {
    timing: timingOf,
    unfit: ({ unfit }) => (unfit === null ? null : unfit === 'vantage_unreachable' ? 'vantage' : 'other'),
    judge: (measurement, controls, health) => judge(measurement, controls, health),
    needsControl: (measurement, { rule }) =>
      needsControl(measurement) || isTurnedAway(rule) || unreachedFamily(measurement) !== null,
    rates: ratesOf,
    answered(measurement, id) {
      const canary = canaryOf(id)
      return canary === null ? 'unknown' : judgeCanary(measurement, canary)
    },
    addresses: addressesIn,
    reachedMs,
    notes: notesOf,
    withMemory: (measurement, { served, cuts }) => ({
      ...measurement,
      ...(served.length > 0 && { served }),
      ...(cuts.length > 0 && { cuts }),
    }),
  }
}

/** What was just measured, as it will be read again from the store. */
export function timingOf(measurement: Measurement): Timing {
  const { id, startedAt, observations } = measurement
  const sawHttp = observations.some(({ layer }) => layer === 'http')
  return { id, startedAt, endedAt: endOf(measurement), sawHttp }
}

/** When it was over, Unix ms, rounded up: what ended within a millisecond was not over at its start. */
export function endOf({ startedAt, durationMs }: Measurement): number {
  return startedAt + Math.ceil(durationMs)
}

/** What the resolvers of the network itself gave for the URL asked for; of a diagnosis, where it tried the names. */
export function addressesIn({ observations, experiments }: Measurement): string[] {
  const tried = experiments.flatMap((experiment) => (experiment.kind === 'setup' ? experiment.addresses : []))
  const given = observations.flatMap((seen) =>
    seen.layer === 'dns' && seen.depth === 0 && seen.role === 'vantage'
      ? seen.answers.filter(({ type }) => type !== 'CNAME').map(({ value }) => value)
      : [],
  )
  return [...given, ...tried]
}

function notesOf(measurement: Measurement): Notes {
  const own = endpointRecords(measurement).filter(({ source }) => source === 'vantage')
  const good = own.filter((record) => record.depth === 0 && isVerified(record))
  const pages = own.flatMap(({ http }) => (http === null ? [] : [http]))
  const cut = pages.find(({ stalled }) => stalled === true)
  return {
    served: good.map(({ address }) => address),
    cutAt: cut?.receivedBytes ?? null,
    isWhole: cut === undefined && pages.some(({ failure }) => failure === null),
  }
}

/** How long it took until the page was there: what is tried beside it, and may wait for answers that never come, not counted. */
function reachedMs({ durationMs, observations }: Measurement): number {
  const quic = observations.filter(({ layer }) => layer === 'quic').map(({ startedMs }) => startedMs)
  return Math.min(durationMs, ...quic)
}
