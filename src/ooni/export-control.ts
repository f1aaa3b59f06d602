/** export-control: what our controls saw, as OONI's test helper would have said it. */
import type { ControlFacts, ControlPage } from '../model/control.ts'
import { scrub } from '../net/scrub.ts'
import { scrubHeader } from './scrub.ts'

/** @param host of the URL: OONI's control knows one name per endpoint */
export function archivedControl(facts: ControlFacts, host: string): object {
  const handshakes = Object.entries(facts.tls).map(([key, failure]) => {
    const [address, serverName] = key.split(' ') as [string, string]
    return { address, server_name: serverName, failure }
  })
  return {
    tcp_connect: Object.fromEntries(
      Object.entries(facts.tcp).map(([key, failure]) => [key, { status: failure === null, failure }]),
    ),
    tls_handshake: Object.fromEntries(
      handshakes
        .filter(({ server_name }) => server_name === host)
        .map(({ address, ...rest }) => [address, { ...rest, status: rest.failure === null }]),
    ),
    http_request: facts.http === null ? null : page(facts.http),
    http3_request: null,
    dns:
      facts.dns === null
        ? null
        : { failure: facts.dns.failure, addrs: facts.dns.addresses, x_asns: facts.dns.asns },
    ip_info: {},
    x_tls_handshakes: handshakes.filter(({ server_name }) => server_name !== host),
  }
}

function page({ failure, status, headers, title, bodyBytes, hosts }: ControlPage): object {
  const isFailed = failure !== null
  return {
    body_length: isFailed ? -1 : bodyBytes,
    discovered_h3_endpoint: '',
    failure,
    headers: Object.fromEntries(headers.map(scrubHeader).toReversed()),
    status_code: isFailed ? -1 : (status ?? -1),
    title: scrub(title ?? ''),
    x_hosts: hosts,
  }
}
