/**
 * control: what OONI's test helper saw, as the facts our judge holds a measurement against.
 *
 * Its failure words are its own; only whether there is one matters. A layer that is missing was not looked at, which is not the
 * same as one that failed.
 */
import { familyOf } from '../net/addresses.ts'
import { endpointOf, tcpKey, tlsKey } from '../net/endpoint.ts'
import type { ControlFacts, ControlPage } from '../model/control.ts'
import { type Networks, asnOf } from './networks.ts'
import { isObject, type Json, numberOf, objectOf, objectsOf, textOf, textsOf } from './json.ts'
import { headersOf } from './page.ts'

/**
 * @param testKeys of the measurement
 * @param host of the URL; an address is never looked up
 * @returns `null` when the control could not be asked
 */
export function controlOf(testKeys: Json, host: string | null, networks: Networks): ControlFacts | null {
  if (textOf(testKeys['control_failure']) !== null) return null
  const control = objectOf(testKeys['control'])
  if (Object.keys(control).length === 0) return null
  return {
    dns: host === null || familyOf(host) === null ? dnsOf(control, networks) : null,
    tcp: endpointsOf(control['tcp_connect'], (address, port) => tcpKey(address, port)),
    tls: {
      ...endpointsOf(control['tls_handshake'], (address, port, entry) =>
        tlsKey(address, port, textOf(entry['server_name']) ?? ''),
      ),
      ...otherNames(control['x_tls_handshakes']),
    },
    http: pageOf(control['http_request']),
  }
}

function dnsOf(control: Json, networks: Networks): ControlFacts['dns'] {
  if (!isObject(control['dns'])) return null
  const dns = objectOf(control['dns'])
  const addresses = textsOf(dns['addrs'])
  const asns = [
    ...addresses.flatMap((address) => networks.of(address) ?? []),
    ...(Array.isArray(dns['x_asns']) ? dns['x_asns'].flatMap((asn) => asnOf(asn) ?? []) : []),
  ]
  return { failure: textOf(dns['failure']), addresses, asns: [...new Set(asns)] }
}

function endpointsOf(
  entries: unknown,
  keyOf: (address: string, port: number, entry: Json) => string,
): Record<string, string | null> {
  const seen: Record<string, string | null> = {}
  for (const [name, value] of Object.entries(objectOf(entries))) {
    const at = endpointOf(name)
    if (at === null || !isObject(value)) continue
    const entry = objectOf(value)
    seen[keyOf(at.address, at.port, entry)] = textOf(entry['failure'])
  }
  return seen
}

/** Our own exports have several names per endpoint. */
function otherNames(entries: unknown): Record<string, string | null> {
  const seen: Record<string, string | null> = {}
  for (const entry of objectsOf(entries)) {
    const at = endpointOf(textOf(entry['address']))
    if (at !== null)
      seen[tlsKey(at.address, at.port, textOf(entry['server_name']) ?? '')] = textOf(entry['failure'])
  }
  return seen
}

function pageOf(value: unknown): ControlPage | null {
  if (!isObject(value)) return null
  const page = objectOf(value)
  const failure = textOf(page['failure'])
  const hosts = Array.isArray(page['x_hosts']) ? textsOf(page['x_hosts']) : null
  if (failure !== null) return { failure, status: null, headers: [], title: null, bodyBytes: 0, hosts }
  return {
    failure,
    status: positive(page['status_code']),
    headers: headersOf(page),
    title: textOf(page['title']),
    bodyBytes: positive(page['body_length']) ?? 0,
    hosts,
  }
}

/** -1 and 0 stand for not known. */
function positive(value: unknown): number | null {
  const number = numberOf(value)
  return number !== null && number > 0 ? number : null
}
