/** What a response sets, and what the next request then carries. */
import { expect, test } from 'vitest'
import { cookiesFor, keepCookies, type Cookies } from '../../src/probe/cookies.ts'

const NOW = Date.UTC(2026, 11, 1)

function carried(from: string, set: readonly string[], to: string): string | null {
  const cookies: Cookies = new Map()
  keepCookies(
    cookies,
    new URL(from),
    set.map((value) => ['set-cookie', value]),
    NOW,
  )
  return cookiesFor(cookies, new URL(to))
}

const SITE = 'https://www.site.example/news/today'

test.each([
  { set: ['a=1'], to: SITE, cookie: 'a=1' },
  { set: ['a=1', 'b=2', 'a=3'], to: SITE, cookie: 'a=3; b=2' },
  { set: ['a = "x, y" '], to: SITE, cookie: 'a="x, y"' },
  { set: ['a=b=c'], to: SITE, cookie: 'a=b=c' },
  { set: ['a='], to: SITE, cookie: 'a=' },
  { set: ['=1', '; Path=/', 'a=\u0001', `a=${'x'.repeat(5000)}`], to: SITE, cookie: null },
  // Host and domain.
  { set: ['a=1'], to: 'https://site.example/news/', cookie: null },
  { set: ['a=1'], to: 'https://m.www.site.example/news/', cookie: null },
  { set: ['a=1; domain=.Site.Example'], to: 'https://m.site.example/news/', cookie: 'a=1' },
  { set: ['a=1; Domain=site.example'], to: 'https://nosite.example/news/', cookie: null },
  { set: ['a=1; Domain=other.example'], to: 'https://other.example/news/', cookie: null },
  { set: ['a=1; Domain=m.www.site.example'], to: 'https://m.www.site.example/news/', cookie: null },
  { set: ['a=1; Domain='], to: SITE, cookie: 'a=1' },
  // Path: that of the page's folder unless given.
  { set: ['a=1'], to: 'https://www.site.example/', cookie: null },
  { set: ['a=1'], to: 'https://www.site.example/news', cookie: 'a=1' },
  { set: ['a=1'], to: 'https://www.site.example/newsroom', cookie: null },
  { set: ['a=1; Path=/'], to: 'https://www.site.example/sport', cookie: 'a=1' },
  { set: ['a=1; path=here'], to: 'https://www.site.example/news/x', cookie: 'a=1' },
  { set: ['a=1; Path=/x; Path=/'], to: 'https://www.site.example/', cookie: 'a=1' },
  { set: ['a=1; Path=/', 'b=2; Path=/news', 'a=3; Path=/news'], to: SITE, cookie: 'b=2; a=3; a=1' },
  // Secure: over https alone.
  { set: ['a=1; Secure; HttpOnly; SameSite=None'], to: SITE, cookie: 'a=1' },
  { set: ['a=1; Secure'], to: SITE.replace('https', 'http'), cookie: null },
  { set: ['a=1'], to: SITE.replace('https', 'http'), cookie: 'a=1' },
  // Time: Max-Age before Expires; nonsense is as if not given.
  { set: ['a=1', 'a=; Max-Age=0'], to: SITE, cookie: null },
  { set: ['a=1', 'a=; Expires=Thu, 01-Jan-1970 00:00:00 GMT'], to: SITE, cookie: null },
  { set: ['a=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT'], to: SITE, cookie: 'a=1' },
  { set: ['a=1; Max-Age=-1; Expires=Fri, 01 Jan 2100 00:00:00 GMT'], to: SITE, cookie: null },
  { set: ['a=1; Max-Age=soon; Expires=never'], to: SITE, cookie: 'a=1' },
])('$set, then $to -> $cookie', ({ set, to, cookie }) => {
  expect(carried(SITE, set, to)).toBe(cookie)
})

test('a secure cookie that comes in cleartext -> is not kept', () => {
  expect(carried('http://site.example/', ['a=1; Secure'], 'https://site.example/')).toBeNull()
})

test('an address -> has no subdomains', () => {
  expect(carried('http://192.0.2.1/', ['a=1; Domain=2.1'], 'http://192.0.2.1/')).toBeNull()
  expect(carried('http://192.0.2.1/', ['a=1; Domain=192.0.2.1'], 'http://192.0.2.1/')).toBe('a=1')
})

test('more cookies than anybody needs, or blanks without end -> the request stays small', () => {
  const many = Array.from({ length: 1000 }, (_, i) => `c${i}=1`)
  expect(carried(SITE, many, SITE)?.split('; ')).toHaveLength(50)
  expect(carried(SITE, [`a${' '.repeat(1500)}=${' '.repeat(2500)}\u0001`], SITE)).toBeNull()
})
