/**
 * probe --plan throughput: how fast bytes come, now, beside a neutral host's and the controls'. Nothing is stored. One look makes no
 * outage: the detector wants several, and knows what is usual.
 *
 * canaries -> the transfers from each probe vantage, and from each control -> judge -> print
 */
import { loadConfig } from '../config/load.ts'
import { locateConfig } from '../config/locate.ts'
import type { Measurement } from '../model/measurement.ts'
import { type Endpoint, transferEndpointsAt } from '../model/service.ts'
import type { Vantage } from '../model/vantage.ts'
import { probeOnce } from '../probe/ladder.ts'
import { transferTask } from '../run/transfer-task.ts'
import { interrupted } from './interrupted.ts'
import {
  EXIT_INTERRUPTED,
  EXIT_NOT_FINE,
  endpointsOf,
  type Look,
  lookAtEach,
  type ProbeOptions,
  sweepControls,
  vantagesOf,
} from './looking.ts'
import { explainedTransfers, summarisedTransfers } from './throughput-text.ts'

type Aim = Pick<Endpoint, 'id' | 'url' | 'transferUrl'>

/**
 * Times the bytes of a service's media, or of one URL, from each probe vantage or the one named.
 *
 * @returns 3 when it is slow and nothing but interference explains it, 1 when interrupted, else 0
 * @throws AppError `usage` when the service or the vantage is not configured
 */
export async function throughputCommand(options: ProbeOptions): Promise<number> {
  const config = await loadConfig(locateConfig(options.config, process.env), process.env)
  const asked = options.args[0]!
  const service = config.services.find(({ id }) => id === asked)
  const timed: readonly Aim[] = service === undefined ? [] : transferEndpointsAt(service, Date.now())
  const aims = timed.length > 0 ? timed : endpointsOf(config, asked)
  const vantages = vantagesOf(config, options.vantage)
  const signal = interrupted()
  const controls = (await sweepControls(config, signal)).filter(({ health }) => health === 'online')

  function time(aim: Aim, vantage: Vantage, purpose: Measurement['purpose']): Promise<Measurement> {
    const about = { endpoint: aim.id, url: aim.url, plan: 'throughput', purpose, extraAddresses: [] } as const
    const { workers: _, ...limits } = config.probe
    const settings = { ...limits, connectToLoopback: false }
    return probeOnce({ ...about, vantage, settings, transfer: transferTask(config, aim) }, signal)
  }

  const looks = await lookAtEach(
    config,
    vantages,
    aims,
    {
      fromVantage: (aim, vantage) => time(aim, vantage, 'manual'),
      fromControls: (aim) => Promise.all(controls.map((control) => time(aim, control.vantage, 'control'))),
    },
    signal,
  )
  const words = options.explain === true ? explainedTransfers : summarisedTransfers
  process.stdout.write(
    options.json === true
      ? `${JSON.stringify(looks.map(asData), null, 2)}\n`
      : `${looks.map(words).join('\n')}\n`,
  )
  if (signal.aborted) return EXIT_INTERRUPTED
  const isNotFine = ({ explanation }: Look) =>
    explanation.verdict.outcome === 'anomaly' || explanation.verdict.outcome === 'confirmed'
  return looks.some(isNotFine) ? EXIT_NOT_FINE : 0
}

function asData({ endpoint, vantage, health, measurement, controls, explanation }: Look) {
  const { verdict, tried, evidence } = explanation
  return { endpoint, vantage, health, verdict, rates: evidence.rates, tried, measurement, controls }
}
