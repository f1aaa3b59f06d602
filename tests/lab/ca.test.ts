import { X509Certificate } from 'node:crypto'
import { expect, test } from 'vitest'
import { createAuthority } from '../../src/lab/ca.ts'

const END = '-----END CERTIFICATE-----'
const chainOf = (pem: string): X509Certificate[] =>
  pem
    .split(END)
    .filter((part) => part.trim() !== '')
    .map((part) => new X509Certificate(part + END))
const leafOf = (pem: string): X509Certificate => chainOf(pem)[0]!

test('a leaf -> signed by an authority in between, for every name asked, not an authority itself', () => {
  const authority = createAuthority('Test CA')
  const root = new X509Certificate(authority.pem)
  const { cert } = authority.identityFor(['www.facebook.com', 'facebook.com', '157.240.205.35'])
  const [leaf, issuing, ...more] = chainOf(cert) as [X509Certificate, X509Certificate]
  expect(more).toEqual([])
  expect(issuing.ca).toBe(true)
  expect(issuing.checkIssued(root)).toBe(true)
  expect(issuing.verify(root.publicKey)).toBe(true)
  expect(root.ca).toBe(true)
  expect(root.verify(root.publicKey)).toBe(true)
  expect(leaf.ca).toBe(false)
  expect(leaf.verify(issuing.publicKey)).toBe(true)
  expect(leaf.checkIssued(issuing)).toBe(true)
  expect(leaf.subject).toBe('CN=www.facebook.com')
  expect(leaf.checkHost('facebook.com')).toBe('facebook.com')
  expect(leaf.checkHost('m.facebook.com')).toBeUndefined()
  expect(leaf.checkIP('157.240.205.35')).toBe('157.240.205.35')
})

test('validity -> yesterday to a year from now', () => {
  const leaf = leafOf(createAuthority('Test CA').identityFor(['a.example']).cert)
  const now = Date.now()
  expect(leaf.validFromDate.getTime()).toBeLessThan(now)
  expect(leaf.validFromDate.getTime()).toBeGreaterThan(now - 2 * 86_400_000)
  expect(leaf.validToDate.getTime()).toBeGreaterThan(now + 364 * 86_400_000)
})

test('an expired leaf -> its time was up a month ago, and it is not the valid one of that name', () => {
  const authority = createAuthority('Test CA')
  const leaf = leafOf(authority.identityFor(['a.example'], 'expired').cert)
  const dayMs = 86_400_000
  expect((Date.now() - leaf.validToDate.getTime()) / dayMs).toBeCloseTo(30, 0)
  expect(leaf.validFromDate.getTime()).toBeLessThan(leaf.validToDate.getTime())
  expect(authority.identityFor(['a.example']).cert).not.toBe(
    authority.identityFor(['a.example'], 'expired').cert,
  )
})

test('the same names again -> the same leaf; other names -> another', () => {
  const authority = createAuthority('Test CA')
  const first = authority.identityFor(['a.example'])
  expect(authority.identityFor(['a.example'])).toBe(first)
  expect(authority.identityFor(['b.example']).cert).not.toBe(first.cert)
})

test('two authorities -> neither vouches for the other, though they share a name', () => {
  const other = new X509Certificate(createAuthority('Test CA').pem)
  const leaf = leafOf(createAuthority('Test CA').identityFor(['a.example']).cert)
  expect(leaf.verify(other.publicKey)).toBe(false)
})

test('many leaves (names long enough for every length form) -> all of them parse', () => {
  const authority = createAuthority('Test CA')
  for (const size of [1, 10, 40, 60]) {
    const names = Array.from({ length: size }, (_, n) => `host-${n}.a-rather-long-domain-name.example`)
    const leaf = leafOf(authority.identityFor(names).cert)
    expect(leaf.subjectAltName?.split(', ')).toHaveLength(size)
  }
})
