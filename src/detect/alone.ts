/** alone: is one service all that fails at a vantage? Then it is not the line that fails, nor the resolver, which all else uses too. */
import { openOutage } from './detector.ts'
import { countedCanaries } from './canaries.ts'
import type { Watch } from './settings.ts'
import type { VantageState } from './state.ts'

/**
 * Whether there is something else to look at, and all of it was fine when it was last looked at: every canary, and the primary
 * endpoints of every other service. One that is blocked or down is explained, and says nothing of the line.
 */
export function failsAlone(vantage: VantageState, service: string, watch: Watch): boolean {
  const { services } = watch
  const canaries = countedCanaries(vantage, watch)
  const others = services.flatMap(({ id, endpoints }) => {
    const cause = openOutage(vantage.services[id])?.cause
    if (id === service || cause === 'blocked' || cause === 'down') return []
    return endpoints.flatMap(({ id: endpoint, role }) => {
      const state = role === 'primary' ? vantage.endpoints[endpoint] : undefined
      return state === undefined ? [] : [state]
    })
  })
  return (
    others.length + canaries.length > 0 &&
    others.every(({ newestFine }) => newestFine) &&
    canaries.every(({ id }) => vantage.canaries[id]?.answered === 'yes')
  )
}
