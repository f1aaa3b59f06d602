/** Hosts that stand and fall together. */
import type { ServicesShape } from './services-schema.ts'

/** The same host, or one inside the other: whoever blocks `ok.ru` may block `static.ok.ru` with it. */
export function related(a: string, b: string): boolean {
  return a === b || a.endsWith(`.${b}`) || b.endsWith(`.${a}`)
}

/** The service that would be hit together with a host; `null` = none that is known. */
export function ownerOf(host: string, watched: ServicesShape | null): string | null {
  const services = Object.entries(watched?.services ?? {})
  const hit = services.find(([, { endpoints }]) =>
    Object.values(endpoints).some(({ url }) => related(new URL(url).hostname, host)),
  )
  return hit?.[0] ?? null
}
