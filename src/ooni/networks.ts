/** networks: to which network an address belongs, as far as the measurement says. */
import { numberOf, objectOf } from './json.ts'

export interface Networks {
  /** `null` = not known; 0 counts as not known */
  readonly of: (address: string) => number | null
}

/** @param ipInfo `ip_info` of the control */
export function networksOf(ipInfo: unknown): Networks {
  const known = objectOf(ipInfo)
  return { of: (address) => (Object.hasOwn(known, address) ? asnOf(objectOf(known[address])['asn']) : null) }
}

/** 24722 or `AS24722`; `null` for 0 and for what is none. */
export function asnOf(value: unknown): number | null {
  const number = typeof value === 'string' ? Number(/^AS(\d{1,10})$/.exec(value)?.[1]) : numberOf(value)
  return number !== null && Number.isSafeInteger(number) && number > 0 ? number : null
}
