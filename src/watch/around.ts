/** around: what is watched at a moment, made anew only when an endpoint comes into force or goes out of it. */
import type { Watch } from '../detect/settings.ts'
import type { Service } from '../model/service.ts'

/** @returns the same as `watchAt`, for times that mostly grow */
export function aroundNow(
  services: readonly Pick<Service, 'endpoints'>[],
  watchAt: (at: number) => Watch,
): (at: number) => Watch {
  const turns = services
    .flatMap(({ endpoints }) => endpoints.flatMap((e) => [e.validFromAt, e.validUntilAt]))
    .filter((at) => at !== null)
    .sort((a, b) => a - b)
  let held: { watch: Watch; from: number; until: number } | null = null
  return (at) => {
    if (held === null || at < held.from || at >= held.until) {
      const from = turns.findLast((turn) => turn <= at) ?? -Infinity
      const until = turns.find((turn) => turn > at) ?? Infinity
      held = { watch: watchAt(at), from, until }
    }
    return held.watch
  }
}
