/** Every rule by the situation it is for. A rule no row names fails the last test. */
import { describe, expect, test } from 'vitest'
import { explain, judge } from '../../src/judge/judge.ts'
import { RULES } from '../../src/judge/rules.ts'
import type { Measurement, Observation } from '../../src/model/measurement.ts'
import { type Health, TROUBLES } from '../../src/model/vantage.ts'
import type { Mechanism, Outcome, Verdict } from '../../src/model/verdict.ts'
import {
  aCertificate,
  aControl,
  aFailedControl,
  aGoodMeasurement,
  aMeasurement,
  anAnswer,
  aPlainControl,
  aPlainMeasurement,
  byControl,
  dns,
  http,
  OTHER_ADDRESS,
  PLAIN,
  redirect,
  FOREIGN_ADDRESS,
  tcp,
  tls,
  trustedDns,
  V6_ADDRESS,
} from './builders.ts'

interface Case {
  name: string
  measure: Measurement
  controls?: Measurement[]
  health?: Health
  rule: string
  outcome: Outcome
  reached: Verdict['reached']
  mechanism?: Mechanism
  failure?: string
  silent?: boolean
}

const seen = (...observations: Observation[]) => aMeasurement(...observations)
const tlsFails = (failure: NonNullable<Observation['failure']>) => seen(dns(), tcp(), tls({ failure }))
const tcpFails = (failure: NonNullable<Observation['failure']>) => seen(dns(), tcp({ failure }))
const dnsFails = (failure: NonNullable<Observation['failure']>) => seen(dns({ failure }))
const httpFails = (failure: NonNullable<Observation['failure']>, status: number | null = null) =>
  seen(dns(), tcp(), tls(), http({ failure, status }))
const strangeTls = (failure: NonNullable<Observation['failure']>) =>
  tls({ failure, address: FOREIGN_ADDRESS, certificate: aCertificate('block.example') })
const blockPage = http({
  ...PLAIN,
  title: 'Access restricted',
  bodyBytes: 900,
  headers: [['content-type', 'text/html']],
})
const injected = { afterMs: 9, failure: null, answers: [anAnswer(FOREIGN_ADDRESS)] }

const noSiteBehind = http({ status: 522, headers: [['server', 'cloudflare']], title: null })
const plainWall = (server: string) =>
  http({
    ...PLAIN,
    status: 403,
    title: 'Just a moment...',
    bodyBytes: 900,
    headers: [
      ['server', server],
      ['cf-mitigated', 'challenge'],
    ],
  })
const clockBehind = aMeasurement(
  { startedAt: Date.UTC(2015, 4, 11) },
  dns(),
  tcp(),
  tls({ failure: 'ssl_invalid_certificate' }),
  http({ trusted: false, headers: [['date', 'Mon, 11 Aug 2025 21:46:40 GMT']] }),
)

const insufficient = { outcome: 'insufficient', reached: 'unknown' } as const
const ok = { outcome: 'ok', reached: 'yes' } as const
const anomaly = { outcome: 'anomaly', reached: 'no' } as const
const confirmed = { outcome: 'confirmed', reached: 'no' } as const
const down = { outcome: 'down', reached: 'no' } as const

const CASES: Case[] = [
  // Unfit or empty: never judged.
  {
    name: 'thread ran late',
    measure: aGoodMeasurement({ unfit: 'late_thread' }),
    rule: 'measured_on_late_thread',
    ...insufficient,
  },
  {
    name: 'our own error',
    measure: aGoodMeasurement({ unfit: 'our_error' }),
    rule: 'measured_with_our_error',
    ...insufficient,
  },
  {
    name: 'proxy gone',
    measure: aMeasurement({ unfit: 'vantage_unreachable' }),
    rule: 'vantage_unreachable',
    ...insufficient,
  },
  {
    name: 'stopped half way',
    measure: aMeasurement({ unfit: 'interrupted' }),
    rule: 'measurement_interrupted',
    ...insufficient,
  },
  { name: 'no step at all', measure: aMeasurement(), rule: 'nothing_measured', ...insufficient },

  // Reached.
  { name: 'page over TLS', measure: aGoodMeasurement(), controls: [], rule: 'page_over_verified_tls', ...ok },
  {
    name: 'page while canaries are gone',
    measure: aGoodMeasurement(),
    health: 'offline',
    rule: 'page_over_verified_tls',
    ...ok,
  },
  {
    name: '503 over TLS',
    measure: seen(dns(), tcp(), tls(), http({ status: 503 })),
    controls: [],
    rule: 'server_error_page',
    ...ok,
  },
  {
    name: '404 over TLS, for the control a page',
    measure: seen(dns(), tcp(), tls(), http({ status: 404 })),
    rule: 'server_error_page',
    ...ok,
  },
  {
    name: '503 over TLS, for the control too',
    measure: seen(dns(), tcp(), tls(), http({ status: 503 })),
    controls: [aFailedControl(dns(), tcp(), tls(), http({ status: 503 }))],
    rule: 'server_error_page',
    ...ok,
  },
  {
    name: '403 over TLS, for the control a page',
    measure: seen(dns(), tcp(), tls(), http({ status: 403 })),
    rule: 'server_denies_not_in_control',
    ...ok,
  },
  {
    name: 'CAPTCHA of the front over TLS, for the control a page',
    measure: seen(dns(), tcp(), tls(), http({ status: 403, headers: [['cf-mitigated', 'challenge']] })),
    rule: 'server_challenge',
    ...ok,
  },
  {
    name: 'the front denies over TLS, no control',
    measure: seen(dns(), tcp(), tls(), http({ status: 403, headers: [['server', 'CloudFront']] })),
    controls: [],
    rule: 'server_denies',
    ...ok,
  },
  {
    name: 'the front finds no site behind it, for the control neither',
    measure: seen(dns(), tcp(), tls(), noSiteBehind),
    controls: [aFailedControl(dns(), tcp(), tls(), noSiteBehind)],
    rule: 'cdn_error',
    ...ok,
  },
  {
    name: 'the front finds no site behind it, for the control it does',
    measure: seen(dns(), tcp(), tls(), noSiteBehind),
    rule: 'cdn_error_not_in_control',
    ...ok,
  },
  {
    name: 'a wall of the same front in cleartext',
    measure: aPlainMeasurement(plainWall('cloudflare')),
    controls: [aPlainControl(http({ ...PLAIN, headers: [['server', 'cloudflare']] }))],
    rule: 'cleartext_wall_of_its_front',
    ...insufficient,
  },
  {
    name: 'a wall of another front than its own in cleartext',
    measure: aPlainMeasurement(plainWall('cloudflare')),
    controls: [aPlainControl()],
    rule: 'http_foreign_page_in_place',
    ...anomaly,
    mechanism: 'http.blockpage',
  },
  {
    name: 'our clock is ten years behind',
    measure: clockBehind,
    controls: [{ ...clockBehind, vantage: 'control-de', purpose: 'control' }],
    rule: 'clock_off_here',
    ...insufficient,
  },
  {
    name: '451 over TLS',
    measure: seen(dns(), tcp(), tls(), http({ status: 451 })),
    rule: 'server_legal_notice',
    ...ok,
  },
  {
    name: 'heartbeat',
    measure: aMeasurement({ plan: 'heartbeat' }, dns(), tcp(), tls()),
    rule: 'verified_tls_handshake',
    ...ok,
  },
  {
    name: 'one of two addresses shakes hands',
    measure: aMeasurement(
      { plan: 'heartbeat' },
      dns(),
      tcp({ address: FOREIGN_ADDRESS, failure: 'generic_timeout_error' }),
      tcp(),
      tls(),
    ),
    rule: 'verified_tls_handshake',
    ...ok,
  },
  {
    name: 'forged second answer, page all the same',
    measure: seen(dns({ late: [injected] }), tcp(), tls(), http()),
    rule: 'reached_despite_dns_injection',
    ...ok,
  },
  {
    name: 'same page in cleartext',
    measure: aPlainMeasurement(http(PLAIN)),
    controls: [aPlainControl()],
    rule: 'cleartext_page_as_for_control',
    ...ok,
  },
  {
    name: 'heartbeat in cleartext sent to https of the site',
    measure: aPlainMeasurement(redirect('https://site.example/', PLAIN), { plan: 'heartbeat' }),
    controls: [],
    rule: 'redirected_within_site',
    ...ok,
  },

  // The vantage is not well.
  {
    name: 'failure while offline',
    measure: tlsFails('connection_reset'),
    health: 'offline',
    rule: 'vantage_offline',
    ...insufficient,
    failure: 'connection_reset',
  },
  ...TROUBLES.map((trouble) => ({
    name: `failure while ${trouble}`,
    measure: tlsFails('connection_reset'),
    health: trouble,
    rule: `vantage_${trouble}`,
    ...insufficient,
    failure: 'connection_reset' as const,
  })),
  {
    name: 'failure in a shutdown',
    measure: tcpFails('generic_timeout_error'),
    health: 'shutdown',
    rule: 'vantage_shutdown',
    ...insufficient,
    failure: 'generic_timeout_error',
  },
  {
    name: 'failure before any canary answered',
    measure: dnsFails('dns_nxdomain_error'),
    health: 'unknown',
    rule: 'vantage_health_unknown',
    ...insufficient,
    failure: 'dns_nxdomain_error',
  },
  {
    name: 'only IPv6 given, none connects',
    measure: seen(
      dns({ queryType: 'AAAA', answers: [V6_ADDRESS] }),
      tcp({ address: V6_ADDRESS, failure: 'network_unreachable' }),
    ),
    rule: 'only_ipv6_unreached',
    ...insufficient,
  },

  // Proved by this measurement alone.
  {
    name: 'expired for everybody',
    measure: tlsFails('ssl_invalid_certificate'),
    controls: [aFailedControl(dns(), tcp(), tls({ failure: 'ssl_invalid_certificate' }))],
    rule: 'site_certificate_invalid',
    ...down,
    failure: 'ssl_invalid_certificate',
  },
  {
    name: 'forged first answer',
    measure: seen(
      dns({ answers: [FOREIGN_ADDRESS], late: [{ ...injected, answers: [anAnswer('93.184.216.34')] }] }),
      tcp({ address: FOREIGN_ADDRESS, failure: 'generic_timeout_error' }),
    ),
    rule: 'dns_injected_reply',
    ...confirmed,
    mechanism: 'dns.injection',
  },
  ...(
    [
      ['nxdomain', 'dns_nxdomain_error'],
      ['empty', 'dns_no_answer'],
      ['refused', 'dns_refused_error'],
      ['servfail', 'dns_servfail_error'],
    ] as const
  ).map(([kind, failure]) => ({
    name: `${failure} here, which the resolver says is a block, and public by the trusted one`,
    measure: seen(dns({ failure, extendedErrors: [{ code: 15, text: '' }] }), trustedDns()),
    controls: [],
    rule: `dns_${kind}_said_blocked`,
    ...confirmed,
    mechanism: `dns.${kind}` as const,
  })),
  {
    name: 'loopback here, public by the trusted resolver',
    measure: seen(dns({ answers: ['127.0.0.1'] }), trustedDns()),
    controls: [],
    rule: 'dns_loopback_not_in_trusted',
    ...confirmed,
    mechanism: 'dns.loopback',
  },
  {
    name: '0.0.0.0 here, public by the trusted resolver',
    measure: seen(dns({ answers: ['0.0.0.0'] }), trustedDns()),
    controls: [],
    rule: 'dns_loopback_not_in_trusted',
    ...confirmed,
    mechanism: 'dns.loopback',
  },
  {
    name: 'private here, public by the trusted resolver',
    measure: seen(
      dns({ answers: ['10.9.9.9'] }),
      trustedDns(),
      tcp({ address: '10.9.9.9', failure: 'generic_timeout_error' }),
    ),
    controls: [],
    rule: 'dns_private_not_in_trusted',
    ...confirmed,
    mechanism: 'dns.bogus',
  },
  {
    name: 'lie to a server with its own certificate',
    measure: seen(
      dns({ answers: [FOREIGN_ADDRESS] }),
      trustedDns(),
      tcp({ address: FOREIGN_ADDRESS }),
      strangeTls('ssl_unknown_authority'),
    ),
    controls: [],
    rule: 'dns_bogus_unknown_authority',
    ...confirmed,
    mechanism: 'dns.bogus',
  },
  {
    name: 'right address, unknown authority for the name',
    measure: tlsFails('ssl_unknown_authority'),
    rule: 'tls_unknown_authority_not_in_control',
    ...confirmed,
    mechanism: 'tls.mitm',
    failure: 'ssl_unknown_authority',
  },
  {
    name: 'right address, unknown authority for another name, no control',
    measure: seen(
      dns(),
      trustedDns(),
      tcp(),
      tls({ failure: 'ssl_unknown_authority', certificate: aCertificate('isp.example') }),
    ),
    controls: [],
    rule: 'tls_stranger_by_unknown_authority',
    ...confirmed,
    mechanism: 'tls.mitm',
  },

  // The control's own answer cannot be read: it got there all the same.
  {
    name: 'reset here, and the control cannot use what the server sends it',
    measure: tlsFails('connection_reset'),
    controls: [
      aMeasurement(
        { purpose: 'control' },
        dns(),
        tcp(),
        tls(),
        http({ failure: 'http_request_failed', status: null }),
      ),
    ],
    rule: 'tls_reset_not_in_control',
    outcome: 'anomaly',
    reached: 'no',
    mechanism: 'tls.sni-reset',
    failure: 'connection_reset',
  },

  // No control.
  {
    name: 'the first resolver says there is no such name, another gives it; no control',
    measure: seen(dns({ failure: 'dns_nxdomain_error' }), dns({ resolver: '8.8.8.8:53' })),
    controls: [],
    rule: 'dns_nxdomain_at_first_resolver',
    outcome: 'anomaly',
    reached: 'no',
    mechanism: 'dns.nxdomain',
    failure: 'dns_nxdomain_error',
  },
  {
    name: 'the first resolver gives no address, another does; no control',
    measure: seen(dns({ failure: 'dns_no_answer' }), dns({ resolver: '8.8.8.8:53' })),
    controls: [],
    rule: 'dns_empty_at_first_resolver',
    outcome: 'anomaly',
    reached: 'no',
    mechanism: 'dns.empty',
    failure: 'dns_no_answer',
  },
  {
    name: 'reset, no control',
    measure: tlsFails('connection_reset'),
    controls: [],
    rule: 'no_control',
    outcome: 'insufficient',
    reached: 'no',
    failure: 'connection_reset',
  },
  {
    name: 'silence, no control',
    measure: tcpFails('generic_timeout_error'),
    controls: [],
    rule: 'no_control',
    outcome: 'insufficient',
    reached: 'no',
    silent: true,
  },
  {
    name: 'unknown authority for the right name, no control',
    measure: tlsFails('ssl_unknown_authority'),
    controls: [],
    rule: 'no_control',
    outcome: 'insufficient',
    reached: 'no',
  },
  {
    name: 'loopback, nobody to compare with',
    measure: seen(dns({ answers: ['127.0.0.1'] })),
    controls: [],
    rule: 'no_control',
    outcome: 'insufficient',
    reached: 'no',
  },
  {
    name: 'only an unfit control',
    measure: tlsFails('connection_reset'),
    controls: [aControl({ unfit: 'our_error' })],
    rule: 'no_control',
    outcome: 'insufficient',
    reached: 'no',
  },
  {
    name: 'cleartext page, no control',
    measure: aPlainMeasurement(blockPage),
    controls: [],
    rule: 'cleartext_without_control',
    ...insufficient,
  },
  {
    name: 'cleartext page, control failed',
    measure: aPlainMeasurement(http(PLAIN)),
    controls: [aFailedControl(PLAIN, dns(), tcp({ port: 80, failure: 'connection_refused' }))],
    rule: 'cleartext_without_control',
    ...insufficient,
  },

  // DNS.
  {
    name: 'NXDOMAIN here',
    measure: dnsFails('dns_nxdomain_error'),
    rule: 'dns_nxdomain_not_in_control',
    ...anomaly,
    mechanism: 'dns.nxdomain',
    failure: 'dns_nxdomain_error',
  },
  {
    name: 'NXDOMAIN here, site down elsewhere too',
    measure: dnsFails('dns_nxdomain_error'),
    controls: [aFailedControl(dns(), tcp({ failure: 'connection_refused' }))],
    rule: 'dns_nxdomain_not_in_control',
    ...anomaly,
    mechanism: 'dns.nxdomain',
  },
  {
    name: "NXDOMAIN here, the trusted resolver's address works",
    measure: seen(
      dns({ failure: 'dns_nxdomain_error' }),
      trustedDns(),
      tcp({ source: 'trusted' }),
      tls({ source: 'trusted' }),
      http({ source: 'trusted' }),
    ),
    rule: 'dns_nxdomain_not_in_control',
    ...anomaly,
    mechanism: 'dns.nxdomain',
  },
  {
    name: 'no address here',
    measure: seen(dns({ answers: [] }), dns({ queryType: 'AAAA', failure: 'dns_no_answer' })),
    rule: 'dns_empty_not_in_control',
    ...anomaly,
    mechanism: 'dns.empty',
    failure: 'dns_no_answer',
  },
  {
    name: 'loopback here',
    measure: seen(dns({ answers: ['127.0.0.1'] })),
    rule: 'dns_loopback_not_in_control',
    ...anomaly,
    mechanism: 'dns.loopback',
  },
  {
    name: 'private here',
    measure: seen(
      dns({ answers: ['10.1.1.1'] }),
      tcp({ address: '10.1.1.1', failure: 'connection_refused' }),
    ),
    rule: 'dns_private_not_in_control',
    ...anomaly,
    mechanism: 'dns.bogus',
  },
  {
    name: 'REFUSED here',
    measure: dnsFails('dns_refused_error'),
    rule: 'dns_refused_not_in_control',
    ...anomaly,
    mechanism: 'dns.refused',
  },
  {
    name: 'SERVFAIL here',
    measure: dnsFails('dns_servfail_error'),
    rule: 'dns_servfail_not_in_control',
    ...anomaly,
    mechanism: 'dns.servfail',
  },
  {
    name: 'no DNS reply here',
    measure: dnsFails('generic_timeout_error'),
    rule: 'dns_timeout_not_in_control',
    ...anomaly,
    mechanism: 'dns.timeout',
    silent: true,
  },
  {
    name: 'A unanswered, AAAA given, no IPv6',
    measure: seen(
      dns({ failure: 'generic_timeout_error' }),
      dns({ queryType: 'AAAA', answers: [V6_ADDRESS] }),
      tcp({ address: V6_ADDRESS, failure: 'network_unreachable' }),
    ),
    rule: 'dns_timeout_not_in_control',
    ...anomaly,
    mechanism: 'dns.timeout',
    silent: true,
  },
  {
    name: 'Android does not say why',
    measure: dnsFails('android_dns_cache_no_data'),
    rule: 'dns_unexplained_not_in_control',
    ...anomaly,
    mechanism: 'dns.empty',
  },
  {
    name: 'resolver unreachable',
    measure: dnsFails('network_unreachable'),
    rule: 'dns_failed_otherwise',
    outcome: 'insufficient',
    reached: 'no',
    failure: 'network_unreachable',
  },
  {
    name: 'lie to a server with a valid certificate of its own',
    measure: seen(
      dns({ answers: [FOREIGN_ADDRESS] }),
      tcp({ address: FOREIGN_ADDRESS }),
      strangeTls('ssl_invalid_hostname'),
    ),
    rule: 'dns_bogus_stranger',
    ...anomaly,
    mechanism: 'dns.bogus',
  },
  {
    name: 'lie to a block page in cleartext',
    measure: aMeasurement(
      PLAIN,
      dns({ answers: [FOREIGN_ADDRESS] }),
      tcp({ address: FOREIGN_ADDRESS, port: 80 }),
      {
        ...blockPage,
        address: FOREIGN_ADDRESS,
      },
    ),
    controls: [aPlainControl()],
    rule: 'dns_bogus_stranger',
    ...anomaly,
    mechanism: 'dns.bogus',
  },
  {
    name: 'lie to an address nobody uses',
    measure: seen(
      dns({ answers: [FOREIGN_ADDRESS] }),
      trustedDns(),
      tcp({ address: FOREIGN_ADDRESS, failure: 'generic_timeout_error' }),
    ),
    rule: 'dns_bogus_outvoted',
    ...anomaly,
    mechanism: 'dns.bogus',
  },
  {
    name: 'lie to an address nobody uses, where one that served still works',
    measure: aMeasurement(
      { served: [byControl.address] },
      dns({ answers: [FOREIGN_ADDRESS] }),
      trustedDns(),
      tcp({ address: FOREIGN_ADDRESS, failure: 'generic_timeout_error' }),
      tcp(byControl),
      tls(byControl),
    ),
    rule: 'dns_bogus_changed',
    ...anomaly,
    mechanism: 'dns.bogus',
  },
  {
    name: 'an address that served well takes connections and cuts them',
    measure: aMeasurement(
      { served: [FOREIGN_ADDRESS] },
      dns({ answers: [FOREIGN_ADDRESS] }),
      trustedDns(),
      tcp({ address: FOREIGN_ADDRESS }),
      tls({ address: FOREIGN_ADDRESS, failure: 'connection_reset' }),
    ),
    rule: 'served_address_fails_once_open',
    ...anomaly,
    mechanism: 'tls.failed',
    failure: 'connection_reset',
  },
  ...(
    [
      ['connection_refused', 'served_address_refuses', 'tcp.refused', false],
      ['host_unreachable', 'served_address_unreachable', 'tcp.unreachable', false],
      ['generic_timeout_error', 'served_address_silent', 'tcp.timeout', true],
    ] as const
  ).map(([failure, rule, mechanism, silent]) => ({
    name: `an edge that served dies: ${failure}`,
    measure: aMeasurement(
      { served: [FOREIGN_ADDRESS] },
      dns({ answers: [FOREIGN_ADDRESS] }),
      trustedDns(),
      tcp({ address: FOREIGN_ADDRESS, failure }),
      tcp(byControl),
      tls(byControl),
    ),
    rule,
    ...anomaly,
    mechanism,
    silent,
  })),
  {
    name: "unshared address dead, the control's works from here",
    measure: seen(
      dns({ answers: [FOREIGN_ADDRESS] }),
      tcp({ address: FOREIGN_ADDRESS, failure: 'generic_timeout_error' }),
      tcp(byControl),
      tls(byControl),
    ),
    rule: 'dns_bogus_dead_address',
    ...anomaly,
    mechanism: 'dns.bogus',
    silent: true,
  },
  {
    name: 'unshared address refuses here and for the control',
    measure: seen(
      dns({ answers: [FOREIGN_ADDRESS] }),
      tcp({ address: FOREIGN_ADDRESS, failure: 'connection_refused' }),
    ),
    controls: [aControl(tcp({ address: FOREIGN_ADDRESS, source: 'control', failure: 'connection_refused' }))],
    rule: 'dns_bogus_dead_address',
    ...anomaly,
    mechanism: 'dns.bogus',
  },

  // Down.
  {
    name: 'reset here, refused there',
    measure: tlsFails('connection_reset'),
    controls: [aFailedControl(dns(), tcp({ failure: 'connection_refused' }))],
    rule: 'site_down_for_control_too',
    ...down,
    failure: 'connection_reset',
  },
  {
    name: 'NXDOMAIN here and there',
    measure: dnsFails('dns_nxdomain_error'),
    controls: [aFailedControl(dns({ failure: 'dns_nxdomain_error' }))],
    rule: 'site_down_for_control_too',
    ...down,
  },
  {
    name: 'shared address dead for the control, which has another',
    measure: tcpFails('connection_refused'),
    controls: [
      aMeasurement(
        dns({ answers: ['93.184.216.34', '93.184.216.99'] }),
        tcp({ failure: 'connection_refused' }),
        tcp(byControl),
        tls(byControl),
        http(byControl),
      ),
    ],
    rule: 'address_down_for_control_too',
    ...down,
  },

  // TCP.
  {
    name: 'TCP reset here',
    measure: tcpFails('connection_reset'),
    rule: 'tcp_reset_not_in_control',
    ...anomaly,
    mechanism: 'tcp.reset',
  },
  {
    name: 'TCP refused here',
    measure: tcpFails('connection_refused'),
    rule: 'tcp_refused_not_in_control',
    ...anomaly,
    mechanism: 'tcp.refused',
  },
  {
    name: 'no route here',
    measure: tcpFails('host_unreachable'),
    rule: 'tcp_unreachable_not_in_control',
    ...anomaly,
    mechanism: 'tcp.unreachable',
  },
  {
    name: 'TCP silence here',
    measure: tcpFails('generic_timeout_error'),
    rule: 'tcp_timeout_not_in_control',
    ...anomaly,
    mechanism: 'tcp.timeout',
    failure: 'generic_timeout_error',
    silent: true,
  },
  {
    name: 'local edge silent here, fine for the control',
    measure: seen(
      dns({ answers: [FOREIGN_ADDRESS] }),
      tcp({ address: FOREIGN_ADDRESS, failure: 'generic_timeout_error' }),
      tcp(byControl),
      tls(byControl),
    ),
    controls: [aControl(tcp({ address: FOREIGN_ADDRESS }), tls({ address: FOREIGN_ADDRESS }))],
    rule: 'tcp_timeout_not_in_control',
    ...anomaly,
    mechanism: 'tcp.timeout',
    silent: true,
  },
  {
    name: 'through a proxy that resolves, refused',
    measure: seen(tcp({ address: 'www.site.example', failure: 'connection_refused' })),
    rule: 'tcp_refused_not_in_control',
    ...anomaly,
    mechanism: 'tcp.refused',
  },
  {
    name: 'firewall of our own',
    measure: tcpFails('permission_denied'),
    rule: 'tcp_failed_otherwise',
    ...insufficient,
  },

  // TLS.
  {
    name: 'reset after the hello',
    measure: tlsFails('connection_reset'),
    rule: 'tls_reset_not_in_control',
    ...anomaly,
    mechanism: 'tls.sni-reset',
    failure: 'connection_reset',
  },
  {
    name: 'closed after the hello',
    measure: tlsFails('eof_error'),
    rule: 'tls_eof_not_in_control',
    ...anomaly,
    mechanism: 'tls.sni-eof',
  },
  {
    name: 'silence after the hello',
    measure: tlsFails('generic_timeout_error'),
    rule: 'tls_timeout_not_in_control',
    ...anomaly,
    mechanism: 'tls.sni-timeout',
    silent: true,
  },
  {
    name: 'right address, valid certificate of another name',
    measure: tlsFails('ssl_invalid_hostname'),
    rule: 'tls_other_name_not_in_control',
    ...anomaly,
    mechanism: 'tls.mitm',
  },
  {
    name: 'an alert from the address where the control shakes hands',
    measure: seen(
      dns(),
      tcp(),
      tls({ failure: 'ssl_failed_handshake', certificate: null, verified: null, refused: 40 }),
    ),
    rule: 'tls_alert_not_in_control_there',
    ...anomaly,
    mechanism: 'tls.alert',
  },
  {
    name: 'alert 112, in the words of a certificate and without one',
    measure: seen(dns(), tcp(), tls({ failure: 'ssl_invalid_hostname', certificate: null, verified: null })),
    rule: 'tls_alert_not_in_control_there',
    ...anomaly,
    mechanism: 'tls.alert',
  },
  {
    name: 'an alert from an address the control has not tried',
    measure: seen(
      dns({ answers: [OTHER_ADDRESS] }),
      trustedDns(OTHER_ADDRESS),
      tcp({ address: OTHER_ADDRESS }),
      tls({
        address: OTHER_ADDRESS,
        failure: 'ssl_failed_handshake',
        certificate: null,
        verified: null,
        refused: 80,
      }),
    ),
    rule: 'tls_alert_not_in_control',
    ...anomaly,
    mechanism: 'tls.alert',
  },
  {
    name: 'a page in cleartext in place of the handshake',
    measure: seen(
      dns(),
      tcp(),
      tls({ failure: 'ssl_failed_handshake', certificate: null, verified: null, refused: 'not-tls' }),
    ),
    rule: 'tls_not_tls_not_in_control_there',
    ...anomaly,
    mechanism: 'tls.not-tls',
  },
  {
    name: 'the same from an address the control has not tried',
    measure: seen(
      dns({ answers: [OTHER_ADDRESS] }),
      trustedDns(OTHER_ADDRESS),
      tcp({ address: OTHER_ADDRESS }),
      tls({
        address: OTHER_ADDRESS,
        failure: 'ssl_failed_handshake',
        certificate: null,
        verified: null,
        refused: 'not-tls',
      }),
    ),
    rule: 'tls_not_tls_not_in_control',
    ...anomaly,
    mechanism: 'tls.not-tls',
  },
  {
    name: 'a handshake that fails in another way',
    measure: tlsFails('ssl_failed_handshake'),
    rule: 'tls_failed_not_in_control',
    ...anomaly,
    mechanism: 'tls.failed',
  },
  {
    name: 'expired here only',
    measure: tlsFails('ssl_invalid_certificate'),
    rule: 'tls_failed_not_in_control',
    ...anomaly,
    mechanism: 'tls.failed',
  },
  {
    name: 'one address silent, the other reset after the hello',
    measure: seen(
      dns(),
      tcp({ address: FOREIGN_ADDRESS, failure: 'generic_timeout_error' }),
      tcp(),
      tls({ failure: 'connection_reset' }),
    ),
    rule: 'tls_reset_not_in_control',
    ...anomaly,
    mechanism: 'tls.sni-reset',
  },
  {
    name: 'reset after a redirect to https',
    measure: aPlainMeasurement(
      redirect('https://www.site.example/', PLAIN),
      dns({ depth: 1 }),
      tcp({ depth: 1 }),
      tls({ depth: 1, failure: 'connection_reset' }),
    ),
    rule: 'tls_reset_not_in_control',
    ...anomaly,
    mechanism: 'tls.sni-reset',
  },

  // HTTP.
  {
    name: '302 to a foreign site',
    measure: aPlainMeasurement(redirect('http://block.isp.test/', PLAIN)),
    controls: [aPlainControl()],
    rule: 'http_sent_to_foreign_site',
    ...anomaly,
    mechanism: 'http.blockpage',
  },
  {
    name: '302 to a foreign site with a valid certificate',
    measure: aPlainMeasurement(
      redirect('https://block.tj/', PLAIN),
      dns({ depth: 1, host: 'block.tj', answers: [FOREIGN_ADDRESS] }),
      tcp({ depth: 1, address: FOREIGN_ADDRESS }),
      tls({ depth: 1, address: FOREIGN_ADDRESS, serverName: 'block.tj' }),
      http({ depth: 1, address: FOREIGN_ADDRESS, url: 'https://block.tj/' }),
    ),
    controls: [aPlainControl()],
    rule: 'http_sent_to_foreign_site',
    ...anomaly,
    mechanism: 'http.blockpage',
  },
  {
    name: '302 to a foreign site that is dead',
    measure: aPlainMeasurement(
      redirect('http://10.0.0.9/', PLAIN),
      tcp({ depth: 1, port: 80, address: '10.0.0.9', source: 'literal', failure: 'generic_timeout_error' }),
    ),
    controls: [aPlainControl()],
    rule: 'http_sent_to_foreign_site',
    ...anomaly,
    mechanism: 'http.blockpage',
  },
  {
    name: 'block page in place',
    measure: aPlainMeasurement(blockPage),
    controls: [aPlainControl()],
    rule: 'http_foreign_page_in_place',
    ...anomaly,
    mechanism: 'http.blockpage',
  },
  {
    name: 'reset in the body',
    measure: httpFails('connection_reset', 200),
    rule: 'http_reset_not_in_control',
    ...anomaly,
    mechanism: 'http.reset',
    failure: 'connection_reset',
  },
  {
    name: 'closed in the body',
    measure: httpFails('eof_error', 200),
    rule: 'http_truncated_not_in_control',
    ...anomaly,
    mechanism: 'http.truncated',
  },
  {
    name: 'reset once asked',
    measure: httpFails('connection_reset'),
    rule: 'http_reset_not_in_control',
    ...anomaly,
    mechanism: 'http.reset',
  },
  {
    name: 'slow drip',
    measure: httpFails('generic_timeout_error', 200),
    rule: 'http_slow_not_in_control',
    ...anomaly,
    mechanism: 'http.timeout',
  },
  {
    name: 'silence once asked',
    measure: httpFails('generic_timeout_error'),
    rule: 'http_timeout_not_in_control',
    ...anomaly,
    mechanism: 'http.timeout',
    silent: true,
  },
  {
    name: 'reset after some kilobytes of the page',
    measure: aMeasurement(dns(), tcp(), tls(), http({ failure: 'connection_reset', receivedBytes: 14_000 })),
    rule: 'http_cut_not_in_control',
    ...anomaly,
    mechanism: 'http.cut',
  },
  {
    name: 'nothing more after some kilobytes of the page',
    measure: aMeasurement(
      dns(),
      tcp(),
      tls(),
      http({ failure: 'generic_timeout_error', status: 200, receivedBytes: 14_000, stalled: true }),
    ),
    rule: 'http_cut_silently_not_in_control',
    ...anomaly,
    mechanism: 'http.cut',
  },
  ...(
    [
      [
        'at the same place for the third time',
        [16_200, 16_000],
        16_100,
        'http_cut_at_one_place_not_in_control',
      ],
      ['at the same place for the second time', [16_000], 16_000, 'http_cut_silently_not_in_control'],
      ['once elsewhere', [16_000, 22_000], 16_000, 'http_cut_silently_not_in_control'],
      [
        'at one place, but early, as where packets are lost',
        [5_000, 5_000],
        5_000,
        'http_cut_silently_not_in_control',
      ],
    ] as const
  ).map(([where, cuts, receivedBytes, rule]) => ({
    name: `nothing more after some kilobytes, ${where}`,
    measure: aMeasurement(
      { cuts },
      dns(),
      tcp(),
      tls(),
      http({ failure: 'generic_timeout_error', status: 200, receivedBytes, stalled: true }),
    ),
    rule,
    ...anomaly,
    mechanism: 'http.cut' as const,
  })),
  {
    name: 'a page that trickles on',
    measure: aMeasurement(
      dns(),
      tcp(),
      tls(),
      http({ failure: 'generic_timeout_error', status: 200, receivedBytes: 14_000 }),
    ),
    rule: 'http_slow_not_in_control',
    ...anomaly,
    mechanism: 'http.timeout',
  },
  {
    name: 'garbage once asked, over verified TLS',
    measure: httpFails('http_request_failed'),
    rule: 'server_answer_unusable',
    ...ok,
  },
  {
    name: 'garbage once asked, in cleartext',
    measure: aPlainMeasurement(http({ ...PLAIN, failure: 'http_request_failed' })),
    controls: [aPlainControl()],
    rule: 'http_unusable_not_in_control',
    ...anomaly,
    mechanism: 'http.diff',
  },
  {
    name: 'CAPTCHA of the same front in cleartext',
    measure: aPlainMeasurement(
      http({ ...PLAIN, status: 403, title: 'Just a moment', bodyBytes: 700, headers: [['server', 'front']] }),
    ),
    controls: [
      aPlainControl(
        http({
          ...PLAIN,
          headers: [
            ['server', 'front'],
            ['x-a', '1'],
          ],
        }),
      ),
    ],
    rule: 'http_diff',
    ...anomaly,
    mechanism: 'http.diff',
  },
  {
    name: '503 in cleartext',
    measure: aPlainMeasurement(
      http({ ...PLAIN, status: 503, title: 'Busy server', bodyBytes: 200, headers: [] }),
    ),
    controls: [aPlainControl()],
    rule: 'http_diff',
    ...anomaly,
    mechanism: 'http.diff',
  },

  { name: 'address good, nothing tried', measure: seen(dns()), rule: 'nothing_conclusive', ...insufficient },
  {
    name: 'after a redirect the handshake is the last thing seen',
    measure: aPlainMeasurement(
      redirect('https://www.site.example/', PLAIN),
      dns({ depth: 1 }),
      tcp({ depth: 1 }),
      tls({ depth: 1 }),
    ),
    rule: 'nothing_conclusive',
    ...insufficient,
  },
]

const fired = new Set<string>()

describe('rules', () => {
  test.each(CASES)(
    '$name -> $rule',
    ({ measure: measurement, controls, health, rule, outcome, reached, mechanism, failure, silent }) => {
      const verdict = judge(measurement, controls ?? [aControl()], health ?? 'online')
      fired.add(verdict.rule)
      expect(verdict).toMatchObject({
        rule,
        outcome,
        reached,
        mechanism: mechanism ?? null,
        silent: silent ?? false,
      })
      if (failure !== undefined) expect(verdict.failure).toBe(failure)
      expect(verdict.because).toBe(RULES.find((r) => r.id === rule)!.because)
    },
  )

  test('a known block page needs no control', () => {
    const known = {
      id: 'test/title',
      country: null,
      place: 'title',
      pattern: /restricted/,
      source: 'none',
    } as const
    const { verdict } = explain(aPlainMeasurement(blockPage), [], 'online', RULES, [known])
    fired.add(verdict.rule)
    expect(verdict).toMatchObject({
      rule: 'known_blockpage',
      outcome: 'confirmed',
      mechanism: 'http.blockpage',
      weight: 8,
    })
  })

  test('every rule has fired in a case above', () => {
    // throughput.test.ts has those about speed
    const here = RULES.map(({ id }) => id).filter((id) => !id.startsWith('throughput_'))
    expect(here.filter((id) => !fired.has(id))).toEqual([])
  })

  test('ids are unique snake_case', () => {
    const ids = RULES.map((r) => r.id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.filter((id) => !/^[a-z][a-z0-9_]+$/.test(id))).toEqual([])
  })

  test('weights: proof over a lie over a refusal over silence; down speaks against', () => {
    const weight = (id: string) => RULES.find((r) => r.id === id)!.weight
    expect(weight('tls_unknown_authority_not_in_control')).toBeGreaterThan(
      weight('dns_nxdomain_not_in_control'),
    )
    expect(weight('tls_reset_not_in_control')).toBeGreaterThan(weight('tcp_refused_not_in_control'))
    expect(weight('tcp_refused_not_in_control')).toBeGreaterThan(weight('tcp_timeout_not_in_control'))
    expect(weight('site_down_for_control_too')).toBeLessThan(0)
    for (const rule of RULES)
      if (rule.outcome === 'insufficient' || rule.outcome === 'ok') expect(rule.weight).toBe(0)
  })
})
