/** watch-cache: what is watched at a moment, made anew only when an endpoint comes into force or goes out of it. */
import type { Config } from '../config/config.ts'
import type { Watch } from '../detect/settings.ts'

/** @returns the same as `watchAt`, for times that mostly grow */
export function aroundNow(
  { services }: Pick<Config, 'services'>,
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
