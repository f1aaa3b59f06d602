/**
 * Plan `throughput`: how fast the service's bytes come, beside a neutral host's over the same line in the same minute.
 *
 *     target, neutral (in random order) ─► far apart, or the target serves too few? ─► the same server under the other name
 *
 * One server asked under two names tells throttling by name from a slow server and a busy path. Where the service itself has too few
 * bytes to time, its name at the neutral host's server stands in for it.
 */
import type { TransferExperiment } from '../../model/experiment.ts'
import type { Measurement } from '../../model/measurement.ts'
import { FAST_BYTES_PER_SECOND, isRated, ratioOf, speedOf } from '../../model/rates.ts'
import type { Target } from '../addresses.ts'
import { hostOf } from '../../net/endpoint.ts'
import { resolve } from '../hop.ts'
import type { Run } from '../run.ts'
import type { ProbeTask, TransferSettings } from '../task.ts'
import { transfer } from './transfer.ts'

/** A server to ask, and the name it goes by. */
interface Server {
  readonly url: URL
  readonly host: string
  readonly address: Target | null
}

type Seen = Pick<Measurement, 'observations' | 'experiments'>

/** At most so many neutral hosts are tried in one measurement. */
const NEUTRAL_TRIES = 2
/** From here on the two are far enough apart to look closer; judge/ draws its own line. */
const SUSPICIOUS_RATIO = 0.35

/** How long all of it may take. */
export function throughputTimeoutMs(settings: TransferSettings, dnsTimeoutMs: number): number {
  return 2 * dnsTimeoutMs + (NEUTRAL_TRIES + 3) * settings.timeoutMs
}

/** Makes the transfers one after another, so that they do not share the line. Observations are those of the service alone. */
export async function measureThroughput(
  run: Run,
  { vantage, extraAddresses }: ProbeTask,
  settings: TransferSettings,
): Promise<Seen> {
  const observations: Measurement['observations'][number][] = []
  const experiments: TransferExperiment[] = []

  async function find(url: string, extra: readonly string[]): Promise<Server> {
    const parsed = new URL(url)
    const host = hostOf(parsed)
    const { targets, names } = await resolve(run, { vantage, depth: 0, extraAddresses: extra }, host)
    if (url === settings.url) observations.push(...(await Promise.all(names.map(({ seen }) => seen))).flat())
    return { url: parsed, host, address: targets[0] ?? null }
  }

  async function fetch(
    name: TransferExperiment['name'],
    at: TransferExperiment['at'],
    { url, address }: Server,
    serverName: string,
  ): Promise<TransferExperiment | null> {
    if (address === null || run.signal.aborted) return null
    const { bytes, timeoutMs } = settings
    const { trial, tcp } = await transfer(run, {
      name,
      at,
      url,
      serverName,
      target: address,
      bytes,
      timeoutMs,
    })
    if (name === 'target' && at === 'target') observations.push(tcp)
    experiments.push(trial)
    return trial
  }

  const target = await find(settings.url, extraAddresses)
  let neutral: Server | null = null
  let beside: TransferExperiment | null = null
  async function fetchNeutral(): Promise<void> {
    for (const url of settings.neutral.slice(0, NEUTRAL_TRIES)) {
      neutral = await find(url, [])
      beside = await fetch('neutral', 'neutral', neutral, neutral.host)
      if (beside !== null && isRated(beside)) return
    }
  }
  const first = Math.random() < 0.5
  if (first) await fetchNeutral()
  const own = await fetch('target', 'target', target, target.host)
  if (!first) await fetchNeutral()

  const known = neutral as Server | null
  const other = beside as TransferExperiment | null
  if (known === null || other === null || !isRated(other)) return { observations, experiments }
  const tooFew = own === null || !isRated(own)
  const isFar = !tooFew && isFarBehind(own, other)
  if (tooFew || isFar) await fetch('target', 'neutral', known, target.host)
  if (isFar) await fetch('neutral', 'target', target, known.host)
  return { observations, experiments }
}

/** Slow, and much slower than the neutral host: worth a closer look. What comes fast enough for a film is not. */
function isFarBehind(own: TransferExperiment, neutral: TransferExperiment): boolean {
  const speed = speedOf(own, own.bytes)
  if (speed.bytesPerSecond >= FAST_BYTES_PER_SECOND) return false
  return ratioOf(speed, speedOf(neutral, own.bytes)) < SUSPICIOUS_RATIO
}
