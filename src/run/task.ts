/** task: what the prober is to do for a command of the watchkeeper, as the configuration has it. Pure. */
import type { Config } from '../config/config.ts'
import type { ProbeSettings } from '../model/probe-settings.ts'
import type { ProbeTask, TransferSettings } from '../probe/task.ts'
import type { Canary, Endpoint } from '../model/service.ts'
import type { Vantage } from '../model/vantage.ts'
import { hostOf } from '../net/endpoint.ts'
import type { ProbeCommand } from '../watch/types.ts'
import { diagnosisTask, type TaskContext } from './diagnosis-task.ts'

/** @returns `null` when the configuration no longer has the vantage or the target */
export function taskOf(config: Config, command: ProbeCommand, context: TaskContext): ProbeTask | null {
  const { target: aim, plan, purpose, extraAddresses } = command
  const vantage = config.vantages.find(({ id }) => id === command.vantage)
  if (vantage === undefined) return null
  if (!('service' in aim)) {
    const canary = config.canaries.find(({ id }) => id === aim.id)
    if (canary === undefined) return null
    const { id: endpoint, url } = canary
    if (plan === 'diagnose') return diagnosisOf(canary, config, vantage, command, context)
    return { vantage, endpoint, url, plan, purpose, extraAddresses, settings: settingsOf(config) }
  }
  const service = config.services.find(({ id }) => id === aim.service)
  const endpoint = service?.endpoints.find(({ id }) => id === aim.id)
  if (service === undefined || endpoint === undefined) return null
  const about = { vantage, endpoint: endpoint.id, url: endpoint.url, purpose, extraAddresses } as const
  if (plan === 'diagnose') return { ...about, ...diagnosisTask(config, endpoint, service, context) }
  const settings = settingsOf(config)
  return plan === 'throughput'
    ? { ...about, plan, settings, transfer: transferOf(config, endpoint) }
    : { ...about, plan, settings }
}

function settingsOf({ probe }: Config): ProbeSettings {
  const { workers: _, ...limits } = probe
  return { ...limits, connectToLoopback: false }
}

/** A canary is diagnosed like a service that is nothing but its one host; it is not compared with itself. */
function diagnosisOf(
  { id, url }: Canary,
  config: Config,
  vantage: Vantage,
  { purpose, extraAddresses }: ProbeCommand,
  context: TaskContext,
): ProbeTask {
  const always = { validFromAt: null, validUntilAt: null }
  const endpoint: Endpoint = { id, service: id, url, role: 'primary', ...always }
  const service = { id, name: id, endpoints: [endpoint] }
  const neutralHosts = config.diagnose.neutralHosts.filter((host) => host !== hostOf(new URL(url)))
  const compared = { ...config, diagnose: { ...config.diagnose, neutralHosts } }
  return {
    vantage,
    endpoint: id,
    url,
    purpose,
    extraAddresses,
    ...diagnosisTask(compared, endpoint, service, context),
  }
}

/** What is fetched, and beside whose bytes. */
function transferOf(
  { throughput: { neutral, bytes, timeoutMs } }: Config,
  { url, transferUrl = url }: Endpoint,
): TransferSettings {
  return { url: transferUrl, neutral, bytes, timeoutMs }
}
