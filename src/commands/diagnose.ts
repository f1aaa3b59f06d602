/**
 * probe --plan diagnose: trials that differ in one thing each, now, and what they tell apart. Nothing is stored.
 *
 * canaries, and what each control gets -> the trials from each probe vantage -> judge -> print
 */
import { randomInt } from 'node:crypto'
import { loadConfig } from '../config/load.ts'
import { locateConfig } from '../config/locate.ts'
import { diagnosisTask } from '../run/diagnosis-task.ts'
import { addressesIn } from '../run/looks.ts'
import { probeOnce } from '../probe/ladder.ts'
import { explainedDiagnosis, summarisedDiagnosis } from './diagnose-text.ts'
import { interrupted } from './interrupted.ts'
import {
  EXIT_INTERRUPTED,
  EXIT_NOT_FINE,
  endpointsOf,
  fromControls,
  type Look,
  lookAtEach,
  type ProbeOptions,
  sweepControls,
  vantagesOf,
} from './looking.ts'

const MAX_SEED = 2 ** 32

/**
 * Diagnoses a service, or the host of one URL, from each probe vantage or the one named.
 *
 * @returns 3 when a failure was told apart, 1 when interrupted, else 0
 * @throws AppError `usage` when the service or the vantage is not configured
 */
export async function diagnoseCommand(options: ProbeOptions): Promise<number> {
  const config = await loadConfig(locateConfig(options.config, process.env), process.env)
  const asked = options.args[0]!
  const endpoints = endpointsOf(config, asked)
  const service = config.services.find(({ id }) => id === asked) ?? null
  const first = service?.endpoints.find(
    ({ id, role }) => role === 'primary' && endpoints.some((each) => each.id === id),
  )
  const endpoint = first ?? endpoints[0]!
  const vantages = vantagesOf(config, options.vantage)
  const signal = interrupted()
  const controls = await sweepControls(config, signal)
  const resolved = new Map(
    await Promise.all(
      endpoints.map(async (each) => {
        const seen = await fromControls(config, controls, each, [], signal)
        return [each.id, [...new Set(seen.flatMap(addressesIn))]] as const
      }),
    ),
  )
  const addressesOf = (id: string): readonly string[] => resolved.get(id) ?? []
  const looks = await lookAtEach(
    config,
    vantages,
    [endpoint],
    {
      fromVantage: (target, vantage) => {
        const task = diagnosisTask(config, target, service, addressesOf, randomInt(MAX_SEED), Date.now())
        const about = { endpoint: target.id, url: target.url, purpose: 'manual', extraAddresses: [] } as const
        return probeOnce({ ...about, ...task, vantage }, signal)
      },
      fromControls: (target, measurement) =>
        fromControls(config, controls, target, addressesIn(measurement), signal),
    },
    signal,
  )
  process.stdout.write(
    options.json === true
      ? `${JSON.stringify(looks.map(asData), null, 2)}\n`
      : `${looks.map(options.explain === true ? explainedDiagnosis : summarisedDiagnosis).join('\n\n')}\n`,
  )
  if (signal.aborted) return EXIT_INTERRUPTED
  return looks.some(({ explanation }) => explanation.diagnosed?.finding) ? EXIT_NOT_FINE : 0
}

function asData({ endpoint, vantage, health, measurement, controls, explanation }: Look) {
  const { verdict, diagnosed } = explanation
  return { endpoint, vantage, health, verdict, diagnosed, measurement, controls }
}
