/** resume: where an earlier run of the daemon stood, read from the store. */
import { newDetector } from '../detect/detector.ts'
import { loadState } from '../detect/saved-state.ts'
import type { Detector } from '../detect/state.ts'
import { forgetFuture } from '../detect/forget-future.ts'
import type { MeasuredIncident } from '../model/incident.ts'
import type { Outage } from '../model/outage.ts'
import type { StoreReader } from '../store/reader.ts'
import type { RecordStore } from '../store/catalog/record.ts'
import type { Store } from '../store/store.ts'
import { RECENT_MS } from '../watch/incidents.ts'
import type { LeftStanding } from '../watch/states.ts'

/** The detector as it stood when its last measurement was committed, whatever the clock said then. */
export async function resumeDetector(store: Pick<Store, 'loadDetector'>, now: number): Promise<Detector> {
  const detector = newDetector()
  for (const [vantage, state] of Object.entries(await store.loadDetector())) {
    detector.vantages[vantage] = loadState(state)
  }
  forgetFuture(detector, now)
  return detector
}

/** States an earlier run left standing. They are known up to the last measurement, or the last change if that came later. */
export async function leftStanding(
  store: Pick<Store, 'states' | 'measured'>,
  now: number,
): Promise<LeftStanding[]> {
  const strips = await store.states({ since: now, until: now + 1 })
  return strips.flatMap(({ service, vantage, changes }) => {
    const last = changes.at(-1)
    if (last === undefined || last.state === 'insufficient') return []
    const knownUntilAt = Math.min(now, Math.max(store.measured()?.lastAt ?? 0, last.at + 1))
    return [{ service, vantage, knownUntilAt }]
  })
}

/** Outages that are open or lately were, all others of their incidents, and those incidents. */
export async function recentOutages(
  store: Pick<StoreReader, 'outages' | 'outagesById'>,
  record: Pick<RecordStore, 'incidentsOf'>,
  now: number,
): Promise<{ outages: readonly Outage[]; incidents: readonly MeasuredIncident[] }> {
  const recent = await store.outages({ since: now - RECENT_MS })
  const ids = new Set(recent.map(({ id }) => id))
  const others = record
    .incidentsOf([...ids])
    .flatMap(({ members }) => members.filter((member) => !ids.has(member)))
  const outages = [...recent, ...(await store.outagesById(others))]
  return { outages, incidents: record.incidentsOf(outages.map(({ id }) => id)) }
}
