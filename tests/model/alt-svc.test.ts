import { expect, test } from 'vitest'
import { http3Port } from '../../src/model/alt-svc.ts'

test.each([
  ['h3=":443"; ma=86400', 443],
  ['h3=":443"; ma=2592000,h3-29=":443"; ma=2592000', 443],
  ['h2="alt.example:443", h3=":8443"', 8443],
  ['h3="SITE.example:443"', 443],
  ['h3-29=":443"; ma=86400', null],
  ['h2=":443"', null],
  ['clear', null],
  ['h3="elsewhere.example:443"', null],
  ['h3=":0"', null],
  ['h3=":70000"', null],
  ['h3=":443', null],
  ['h3=443', null],
  ['', null],
  ['xh3=":443"', null],
])('alt-svc: %s -> %s', (value, port) => {
  expect(http3Port([['alt-svc', value]], 'site.example')).toBe(port)
})

test('several headers -> the first offer; none -> none', () => {
  const headers = [
    ['content-type', 'text/html'],
    ['alt-svc', 'h2=":443"'],
    ['alt-svc', 'h3=":444"'],
  ] as const
  expect(http3Port(headers, 'site.example')).toBe(444)
  expect(http3Port([], 'site.example')).toBeNull()
})

test('a header of a hundred thousand characters -> read in no time', () => {
  expect(http3Port([['alt-svc', 'h3="'.repeat(25_000)]], 'site.example')).toBeNull()
})
