/** The server itself, or the front before it, turns visitors away: the network let them through, and nothing is blocked. */
import { expect, test } from 'vitest'
import { judge } from '../../src/judge/judge.ts'
import type { Page } from '../../src/lab/page.ts'
import type { SiteSpec } from '../../src/lab/world.ts'
import type { Verdict } from '../../src/model/verdict.ts'
import { aLab, measureOnce } from './watch.ts'

const HOST = 'walled.example'
const site = (page?: Page, more: Partial<SiteSpec> = {}): SiteSpec => ({
  host: HOST,
  addresses: ['192.36.1.8'],
  title: 'Walled garden news',
  ...more,
  ...(page === undefined ? {} : { pages: { '/': page } }),
})
const body = (title: string) => `<title>${title}</title>`
const CHALLENGE: Page = {
  status: 403,
  headers: { server: 'cloudflare', 'cf-mitigated': 'challenge' },
  body: body('Just a moment...'),
}
const COUNTRY: Page = { status: 403, headers: { server: 'CloudFront' }, body: body('ERROR') }
const GONE: Page = { status: 522, headers: { server: 'cloudflare' }, body: body('522') }

/** What people here are shown, and what the control is. */
async function verdictOn(here: SiteSpec, there: SiteSpec, url = `https://${HOST}/`): Promise<Verdict> {
  const lab = await aLab()
  lab.addSite(here)
  const seen = await measureOnce(lab, 'babilon', url)
  lab.addSite(there)
  return judge(seen, [await measureOnce(lab, 'outside', url)], 'online')
}

test.each<[string, Page, Page | undefined, string]>([
  ['a CAPTCHA here alone', CHALLENGE, undefined, 'server_challenge'],
  ['a CAPTCHA for everybody', CHALLENGE, CHALLENGE, 'server_challenge'],
  ['not for this country', COUNTRY, undefined, 'server_denies_not_in_control'],
  ['not for anybody', COUNTRY, COUNTRY, 'server_denies'],
  [
    'forbidden here alone, by a server nobody knows',
    { status: 403, body: '' },
    undefined,
    'server_denies_not_in_control',
  ],
  ['too many requests from here', { status: 429, body: '' }, undefined, 'server_denies_not_in_control'],
  ['legal reasons', { status: 451, body: '' }, undefined, 'server_legal_notice'],
  ['the site is down behind its content network', GONE, GONE, 'cdn_error'],
  ['this edge does not find the site', GONE, undefined, 'cdn_error_not_in_control'],
])('%s, over verified TLS -> reached and ok, told apart', async (_name, here, there, rule) => {
  expect(await verdictOn(site(here), site(there))).toMatchObject({
    rule,
    outcome: 'ok',
    reached: 'yes',
    mechanism: null,
    blocking: false,
    accessible: true,
  })
})

test('the CAPTCHA of its own front in cleartext, which OONI takes for http-diff -> cannot be judged', async () => {
  const http = { http: 'serve', https: 'closed' } as const
  const page: Page = { headers: { server: 'cloudflare' }, body: body('Walled garden news') }
  expect(await verdictOn(site(CHALLENGE, http), site(page, http), `http://${HOST}/`)).toMatchObject({
    rule: 'cleartext_wall_of_its_front',
    outcome: 'insufficient',
    reached: 'unknown',
  })
})

test('a content network answers by place: other addresses, another certificate, another page -> ok', async () => {
  const edge = { addresses: ['192.36.1.99'], aliases: ['edge-dyu.walled.example'], title: 'Новости' }
  const verdict = await verdictOn(site(undefined, edge), site())
  expect(verdict).toMatchObject({ rule: 'page_over_verified_tls', outcome: 'ok', reached: 'yes' })
})
