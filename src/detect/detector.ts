/** detector: the parts of the detector's state, made on demand; of what is no longer watched, what was learned of its paths stays. */
import type { Outage } from '../model/outage.ts'
import type { Watch } from './settings.ts'
import { newLine } from './new-state.ts'
import type { Detector, ServiceState, VantageState } from './state.ts'

export function newDetector(): Detector {
  return { vantages: {} }
}

/** The part of one vantage, made if it is new. */
export function vantageState(detector: Detector, id: string): VantageState {
  return (detector.vantages[id] ??= {
    health: 'unknown',
    onlineAt: null,
    lostAfterAt: null,
    lostBeforeAt: null,
    answeredAt: null,
    unansweredAt: null,
    line: newLine(),
    canaries: {},
    groundlessAt: null,
    strays: {},
    outage: null,
    services: {},
    endpoints: {},
    speeds: {},
    quic: {},
    families: {},
    served: {},
    cuts: {},
  })
}

/** The part of one service, made if it is new. */
export function serviceState(vantage: VantageState, id: string): ServiceState {
  return (vantage.services[id] ??= {
    outage: null,
    case: null,
    fineSinceAt: null,
    lastLookAt: null,
    askedAt: null,
  })
}

/** The outage, if it is still open. */
export function openOutage(of: { readonly outage: Outage | null } | undefined): Outage | null {
  return of?.outage?.closedAt === null ? of.outage : null
}

/** Outages of watched services that are gone now. Of a vantage that is cut off itself nothing can be learned, so it has none. */
export function openServiceOutages(
  detector: Detector,
  watch: Pick<Watch, 'services' | 'vantages'>,
): { service: string; vantage: string }[] {
  return watch.vantages.flatMap(({ id: vantage }) => {
    const state = detector.vantages[vantage]
    if (state === undefined || openOutage(state) !== null) return []
    return watch.services.flatMap(({ id: service }) => {
      const outage = openOutage(state.services[service])
      return outage === null || outage.cause === 'throttled' ? [] : [{ service, vantage }]
    })
  })
}
