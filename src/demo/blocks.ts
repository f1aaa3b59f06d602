/**
 * blocks: what each network's censor does in the two waves, so that between them every mechanism is used.
 *
 * In 2015 providers carried out the same order by whatever means each had; the pages of that year were still cleartext where
 * the HTTP filters below apply.
 */
import type { CensorRule } from '../lab/censor.ts'
import type { Mechanism } from '../model/verdict.ts'

/** One service blocked on one network by one means. */
export interface Block {
  readonly network: string
  readonly service: string
  readonly rule: CensorRule
  readonly mechanism: Mechanism
}

const FACEBOOK = ['www.facebook.com']
const YOUTUBE = ['www.youtube.com']
const OK = ['ok.ru']
const ASIA_PLUS = ['news.tj']

/** Hours after the first video. */
export const FIRST_WAVE: readonly Block[] = [
  block('babilon', 'facebook', { layer: 'dns', names: FACEBOOK, action: 'nxdomain' }, 'dns.nxdomain'),
  block('babilon', 'youtube', { layer: 'tls', names: YOUTUBE, action: 'reset' }, 'tls.sni-reset'),
  block('babilon', 'odnoklassniki', { layer: 'tcp', to: OK, action: 'refuse' }, 'tcp.refused'),
  block('babilon', 'asia-plus', { layer: 'http', names: ASIA_PLUS, action: 'redirect' }, 'http.blockpage'),
  block('tcell', 'facebook', { layer: 'tls', names: FACEBOOK, action: 'drop' }, 'tls.sni-timeout'),
  block('tcell', 'youtube', { layer: 'dns', names: YOUTUBE, action: 'bogus' }, 'dns.bogus'),
  block('tcell', 'odnoklassniki', { layer: 'tls', names: OK, action: 'mitm' }, 'tls.mitm'),
  block('tcell', 'asia-plus', { layer: 'http', names: ASIA_PLUS, action: 'blockpage' }, 'http.blockpage'),
  block('tt-mobile', 'facebook', { layer: 'tcp', to: FACEBOOK, action: 'drop' }, 'tcp.timeout'),
  block('tt-mobile', 'youtube', { layer: 'dns', names: YOUTUBE, action: 'inject' }, 'dns.injection'),
  block('tt-mobile', 'odnoklassniki', { layer: 'dns', names: OK, action: 'refused' }, 'dns.refused'),
  block('tt-mobile', 'asia-plus', { layer: 'http', names: ASIA_PLUS, action: 'reset-after' }, 'http.reset'),
]

/** Hours after the second video; each network has changed its means. */
export const SECOND_WAVE: readonly Block[] = [
  block('babilon', 'facebook', { layer: 'dns', names: FACEBOOK, action: 'loopback' }, 'dns.loopback'),
  block('babilon', 'youtube', { layer: 'tls', names: YOUTUBE, action: 'fin' }, 'tls.sni-eof'),
  block('babilon', 'odnoklassniki', { layer: 'tcp', to: OK, action: 'reset' }, 'tcp.reset'),
  block('babilon', 'asia-plus', { layer: 'http', names: ASIA_PLUS, action: 'truncate' }, 'http.truncated'),
  block('tcell', 'facebook', { layer: 'dns', names: FACEBOOK, action: 'empty' }, 'dns.empty'),
  block('tcell', 'youtube', { layer: 'dns', names: YOUTUBE, action: 'servfail' }, 'dns.servfail'),
  block('tcell', 'odnoklassniki', { layer: 'dns', names: OK, action: 'private' }, 'dns.bogus'),
  block('tcell', 'asia-plus', { layer: 'http', names: ASIA_PLUS, action: 'drip' }, 'http.timeout'),
  block('tt-mobile', 'facebook', { layer: 'tls', names: FACEBOOK, action: 'reset' }, 'tls.sni-reset'),
  block('tt-mobile', 'youtube', { layer: 'tcp', to: YOUTUBE, action: 'drop' }, 'tcp.timeout'),
  block('tt-mobile', 'odnoklassniki', { layer: 'dns', names: OK, action: 'timeout' }, 'dns.timeout'),
  block('tt-mobile', 'asia-plus', { layer: 'tcp', to: ASIA_PLUS, action: 'refuse' }, 'tcp.refused'),
]

/** Silence against one service on one network: the block that takes longest to tell from a fault. */
export const LONE_SILENCE: Block = block(
  'babilon',
  'youtube',
  { layer: 'tcp', to: YOUTUBE, action: 'drop' },
  'tcp.timeout',
)

function block(network: string, service: string, rule: CensorRule, mechanism: Mechanism): Block {
  return { network, service, rule, mechanism }
}
