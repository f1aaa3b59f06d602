/**
 * Whether two hosts belong to one site.
 *
 * An approximation without the public suffix list: the label before the suffix, where the suffix is the last label, or two
 * of them under a country (`co.uk`, `com.tr`). Suffixes are not compared: `google.com` sending people to `google.tj` is one site.
 */
import { canonical, familyOf } from '../net/addresses.ts'

const SECOND_LEVEL = new Set(['ac', 'co', 'com', 'edu', 'gov', 'info', 'net', 'org'])

/** Whether both hosts carry the same site label; an address is the same site only as itself. */
export function isSameSite(one: string, other: string): boolean {
  return siteLabel(one) === siteLabel(other)
}

function siteLabel(host: string): string {
  if (familyOf(host) !== null) return canonical(host)
  const labels = host.toLowerCase().replace(/\.$/, '').split('.')
  const underCountry = labels.length > 2 && labels.at(-1)!.length === 2 && SECOND_LEVEL.has(labels.at(-2)!)
  return labels.at(underCountry ? -3 : -2) ?? labels[0]!
}
