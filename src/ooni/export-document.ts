/**
 * export-document: a full measurement of ours in the form that readers of OONI's web_connectivity v0.5 accept.
 *
 * Addresses of ours, and of the resolvers users of the network use, stay here. It says that didbon made it, and is never sent anywhere.
 *
 * @see OONI df-000-base, ts-017-web-connectivity
 */
import type { ControlFacts } from '../model/control.ts'
import type { Measurement } from '../model/measurement.ts'
import type { Conclusions } from '../model/ooni.ts'
import type { Verdict } from '../model/verdict.ts'
import { hostIn } from '../net/endpoint.ts'
import { archivedControl } from './export-control.ts'
import { duplicates } from './export-lookups.ts'
import { archivedSteps } from './export-steps.ts'

/** What the measurement was compared with, what it was judged to be, and where it was made. */
export interface About {
  readonly facts: ControlFacts | null
  readonly verdict: Verdict
  readonly conclusions: Conclusions
  readonly country: string
  readonly asn: number | null
  readonly isp: string | null
  /** of didbon */
  readonly version: string
}

/** The address of nobody: withheld. */
const WITHHELD = '127.0.0.1'
export const SOFTWARE = 'didbon'

/** @param measurement of plan `full`: the others stop before the page, and their keys would mean something else */
export function documentOf(measurement: Measurement, about: About): object {
  const { facts, verdict, conclusions, country, asn, isp, version } = about
  const host = hostIn(measurement.url) ?? ''
  const steps = archivedSteps(measurement.observations)
  const started = timeOf(measurement.startedAt)
  return {
    annotations: {
      engine_name: SOFTWARE,
      engine_version: version,
      didbon_measurement: measurement.id,
      didbon_plan: measurement.plan,
      didbon_endpoint: measurement.endpoint,
      didbon_outcome: verdict.outcome,
      didbon_mechanism: verdict.mechanism ?? '',
      didbon_rule: verdict.rule,
    },
    data_format_version: '0.2.0',
    extensions: { dnst: 0, httpt: 0, netevents: 0, tcpconnect: 0, tlshandshake: 0 },
    input: measurement.url,
    measurement_start_time: started,
    options: [],
    probe_asn: `AS${asn ?? 0}`,
    probe_cc: country,
    probe_ip: WITHHELD,
    probe_network_name: isp ?? '',
    report_id: '',
    resolver_asn: 'AS0',
    resolver_ip: WITHHELD,
    resolver_network_name: '',
    software_name: SOFTWARE,
    software_version: version,
    test_helpers: {},
    test_name: 'web_connectivity',
    test_runtime: measurement.durationMs / 1000,
    test_start_time: started,
    test_version: '0.5.0',
    test_keys: {
      agent: 'redirect',
      client_resolver: WITHHELD,
      retries: null,
      socksproxy: null,
      network_events: [],
      ...steps,
      x_dns_duplicate_responses: duplicates(measurement.observations),
      x_control_request: {
        http_request: measurement.url,
        http_request_headers: {},
        tcp_connect: Object.keys(facts?.tcp ?? {}),
        x_quic_enabled: false,
      },
      control: facts === null ? null : archivedControl(facts, host),
      control_failure: null,
      ...keysOf(conclusions),
      blocking: verdict.blocking,
      accessible: verdict.accessible,
    },
  }
}

function keysOf(conclusions: Conclusions): object {
  return {
    dns_experiment_failure: conclusions.dnsExperimentFailure,
    dns_consistency: conclusions.dnsConsistency,
    http_experiment_failure: conclusions.httpExperimentFailure,
    body_proportion: conclusions.bodyProportion,
    body_length_match: conclusions.bodyLengthMatch,
    headers_match: conclusions.headersMatch,
    status_code_match: conclusions.statusCodeMatch,
    title_match: conclusions.titleMatch,
  }
}

/** Whole seconds, UTC, without a zone. */
function timeOf(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replace('T', ' ')
}
