/** status: what the detector says, to those who only ask. Reads it, changes nothing. */
import { type Outage, type ServiceStatus, stateUnder } from '../model/outage.ts'
import type { QuicVerdict } from '../model/quic.ts'
import { openOutage } from './detector.ts'
import { blockedOver } from './families.ts'
import { quicOf } from './quic.ts'
import { roundOf, type DetectSettings, type Watch } from './settings.ts'
import type { Detector, ServiceState, VantageState } from './state.ts'

/**
 * Every watched service from every probe vantage.
 *
 * The vantage's own outage comes first: while it is cut off nothing is known of any service. Then a gap of more than
 * `gapRounds` of its rounds, which is `insufficient` even while an outage is open. Then the outage. Only then is it `ok`.
 */
export function statusOf(
  detector: Detector,
  now: number,
  watch: Watch,
  settings: DetectSettings,
): ServiceStatus[] {
  return watch.vantages.flatMap(({ id }) =>
    watch.services.map((service) => one(detector.vantages[id], id, service, { now, watch, settings })),
  )
}

const CUT_OFF: QuicVerdict = { standing: 'insufficient', because: 'The vantage point itself is cut off.' }

/** While HTTP itself fails here, only looks that go up to HTTP can say whether it still does. */
export function needsHttp(detector: Detector, endpoint: string, vantage: string): boolean {
  return detector.vantages[vantage]?.endpoints[endpoint]?.needsHttp ?? false
}

function one(
  vantage: VantageState | undefined,
  vantageId: string,
  watched: Watch['services'][number],
  {
    now,
    watch,
    settings,
  }: { readonly now: number; readonly watch: Watch; readonly settings: DetectSettings },
): ServiceStatus {
  const state = vantage?.services[watched.id]
  const lastMeasurementAt = state?.lastLookAt ?? null
  const base = {
    service: watched.id,
    vantage: vantageId,
    partial: false,
    blockedOver: null,
    mechanism: null,
    outageId: null,
    lastMeasurementAt,
    quic: quicOf(vantage, watched, now),
  }
  const cutOff = openOutage(vantage)
  if (cutOff !== null) return { ...base, quic: CUT_OFF, ...drawn(cutOff) }
  const open = openOutage(state)
  if (lastMeasurementAt === null) {
    return {
      ...base,
      state: 'insufficient',
      sinceAt: now,
      because: 'No measurement of it could be judged yet.',
    }
  }
  const gapMs = roundOf(watch, watched.id, vantageId) * settings.gapRounds
  if (now - lastMeasurementAt > gapMs) {
    const because = 'No measurement of it could be judged for a while.'
    return {
      ...base,
      state: 'insufficient',
      sinceAt: lastMeasurementAt + gapMs,
      because,
      outageId: open?.id ?? null,
    }
  }
  if (open !== null) return { ...base, ...drawn(open) }
  return { ...base, ...fine(vantage!, state!, watched, lastMeasurementAt) }
}

function drawn(
  outage: Outage,
): Pick<ServiceStatus, 'state' | 'sinceAt' | 'mechanism' | 'because' | 'outageId'> {
  const { cause, onsetBeforeAt: sinceAt, mechanism, causes, id: outageId } = outage
  return { state: stateUnder(cause), sinceAt, mechanism, because: causes.at(-1)?.reason ?? '', outageId }
}

const OVER = {
  ipv4: 'It can be reached over IPv6; IPv4 is blocked.',
  ipv6: 'It can be reached over IPv4; IPv6 is blocked.',
} as const

function fine(
  vantage: VantageState,
  { fineSinceAt }: ServiceState,
  { id, endpoints }: Watch['services'][number],
  lastMeasurementAt: number,
): Pick<ServiceStatus, 'state' | 'sinceAt' | 'partial' | 'because' | 'blockedOver'> {
  if (fineSinceAt === null) {
    return {
      state: 'insufficient',
      sinceAt: lastMeasurementAt,
      partial: false,
      blockedOver: null,
      because: 'It has not been seen working yet.',
    }
  }
  const gone = endpoints.filter(({ id, role }) => role !== 'primary' && vantage.endpoints[id]?.out === true)
  const over = blockedOver(vantage, { id, endpoints })
  const because =
    gone.length === 0
      ? 'Every primary endpoint can be reached.'
      : `The primary endpoints can be reached; not reached: ${gone.map(({ id }) => id).join(', ')}.`
  return {
    state: 'ok',
    sinceAt: fineSinceAt,
    partial: gone.length > 0 || over !== null,
    blockedOver: over,
    because: over === null ? because : `${because} ${OVER[over.family]}`,
  }
}
