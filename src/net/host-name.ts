/** What may be a host's name. */

const LABEL = /^(?!-)[A-Za-z0-9_-]{1,63}(?<!-)$/

/** Whether DNS can carry it: at most 253 characters, labels of 1 to 63 (RFC 1035). A dot at the end is allowed. */
export function fitsDns(name: string): boolean {
  const bare = name.replace(/\.$/, '')
  return bare.length <= 253 && bare.split('.').every((label) => label.length >= 1 && label.length <= 63)
}

/**
 * Whether people write hosts like that: letters, digits, inner hyphens and underscores (RFC 1123, and what is in use). What ends in a number is meant as an
 * address (URL Standard), and is a wrong one.
 */
export function isHostName(name: string): boolean {
  return fitsDns(name) && name.split('.').every((label) => LABEL.test(label)) && !/(^|\.)\d+$/.test(name)
}

/** `example.com.` and `example.com` are one name. */
export function withoutDot(name: string): string {
  return name.endsWith('.') ? name.slice(0, -1) : name
}
