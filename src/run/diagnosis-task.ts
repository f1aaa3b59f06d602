/** diagnosis-task: what a diagnosis of one endpoint's service is asked to do, as the configuration has it. */
import type { Config } from '../config/config.ts'
import { type Endpoint, endpointsAt, type Service } from '../model/service.ts'
import type { DiagnosedHost, ProbeTask } from '../probe/task.ts'
import { hostOf, portOf } from '../net/endpoint.ts'

/** The parts of a task that a diagnosis has of its own. */
export type DiagnosisTask = Required<Pick<ProbeTask, 'plan' | 'settings' | 'diagnosis'>>

export interface TaskContext {
  /** what the controls last resolved for an endpoint */
  readonly controlAddresses: (endpoint: string) => readonly string[]
  /** of the order of a diagnosis' trials */
  readonly seed: () => number
  /** Unix ms */
  readonly now: number
}

/** Every host of the service that is in force, the endpoint's own first. */
export function diagnosisTask(
  config: Pick<Config, 'probe' | 'diagnose' | 'services'>,
  endpoint: Endpoint,
  service: Service,
  { controlAddresses, seed, now }: TaskContext,
): DiagnosisTask {
  const { neutralHosts, otherNames, controlNames, publicResolver, noResolver, maxTrials, ...times } =
    config.diagnose
  const { workers: _, ...limits } = config.probe
  const others = endpointsAt(service, now).filter(({ id }) => id !== endpoint.id)
  const hosts = [endpoint, ...others].map((endpoint) =>
    diagnosedHost(endpoint, controlAddresses(endpoint.id)),
  )
  const atMost = (ms: number): number => Math.min(ms, times.trialTimeoutMs)
  return {
    plan: 'diagnose',
    settings: {
      ...limits,
      connectToLoopback: false,
      dnsTimeoutMs: atMost(limits.dnsTimeoutMs),
      tcpTimeoutMs: atMost(limits.tcpTimeoutMs),
      tlsTimeoutMs: atMost(limits.tlsTimeoutMs),
      httpTimeoutMs: atMost(limits.httpTimeoutMs),
      totalTimeoutMs: times.totalTimeoutMs,
      // Over a minute a thread is late somewhere; what is told from silence here takes seconds, not milliseconds.
      maxLoopLagMs: Math.max(limits.maxLoopLagMs, times.trialTimeoutMs / 4),
    },
    diagnosis: {
      hosts: distinct(hosts),
      neutralHosts,
      otherNames,
      controlNames,
      otherHosts: otherHosts(config.services, service, now),
      publicResolver,
      noResolver,
      maxTrials,
      seed: seed(),
    },
  }
}

function diagnosedHost({ url, role }: Endpoint, addresses: readonly string[]): DiagnosedHost {
  const parsed = new URL(url)
  const scheme = parsed.protocol === 'https:' ? 'https' : 'http'
  return { host: hostOf(parsed), role, scheme, port: portOf(parsed), addresses }
}

/** What people come to of every other service. */
function otherHosts(services: Config['services'], { id }: Service, now: number): string[] {
  const endpoints = services
    .filter((service) => service.id !== id)
    .flatMap((service) => endpointsAt(service, now))
  const primary = endpoints.filter(({ role }) => role === 'primary')
  return [...new Set(primary.map(({ url }) => hostOf(new URL(url))))]
}

/** Two endpoints of one host are one host. */
function distinct(hosts: readonly DiagnosedHost[]): DiagnosedHost[] {
  return [
    ...new Map(hosts.toReversed().map((host) => [`${host.host} ${host.port}`, host])).values(),
  ].toReversed()
}
