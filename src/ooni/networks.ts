/** networks: to which network an address belongs, as far as the measurement says. */
import { type Json, numberOf, objectOf, objectsOf, textOf } from './json.ts'
import { canonical } from '../net/addresses.ts'

export interface Networks {
  /** `null` = not known; 0 counts as not known */
  readonly of: (address: string) => number | null
}

/** What the control says of an address, else what an answer says, whoever gave it. @param testKeys of the measurement */
export function networksOf(testKeys: Json): Networks {
  const known = new Map<string, number>()
  const learn = (address: string | null, said: unknown) => {
    const asn = asnOf(said)
    if (address === null || asn === null) return
    const spelled = canonical(address)
    if (!known.has(spelled)) known.set(spelled, asn)
  }
  const ipInfo = objectOf(objectOf(testKeys['control'])['ip_info'])
  for (const [address, info] of Object.entries(ipInfo)) learn(address, objectOf(info)['asn'])
  for (const query of objectsOf(testKeys['queries']))
    for (const answer of objectsOf(query['answers']))
      learn(textOf(answer['ipv4']) ?? textOf(answer['ipv6']), answer['asn'])
  return { of: (address) => known.get(canonical(address)) ?? null }
}

/** 24722 or `AS24722`; `null` for 0 and for what is none. */
export function asnOf(value: unknown): number | null {
  const number = typeof value === 'string' ? Number(/^AS(\d{1,10})$/.exec(value)?.[1]) : numberOf(value)
  return number !== null && Number.isSafeInteger(number) && number > 0 ? number : null
}
