/**
 * find: trials in, what they tell apart out. Pure.
 *
 *     who lies about the name ─► what the name alone does (TLS, or HTTP where that is how people come) ─► what the address alone does
 */
import type { Diagnosed, Finding } from '../../model/finding.ts'
import type { Measurement } from '../../model/measurement.ts'
import type { ControlFacts } from '../control.ts'
import { FINGERPRINTS, type Fingerprint } from '../fingerprints.ts'
import { addressFinding, isSilentWhateverTheName } from './address.ts'
import { dnsFinding } from './dns.ts'
import { doubtsAbout, httpsRecordsHidden } from './doubts.ts'
import { failAlikeWhenLarge, type Ground, groundOf, unfitNeutrals } from './ground.ts'
import { familiesHit, hostsHit } from './hits.ts'
import { httpFinding } from './http.ts'
import { proxyFinding } from './proxy.ts'
import { tlsFinding } from './tls.ts'
import { type Trials, trialsOf } from './trials.ts'

/** How far there was anything to compare with, and what was told apart. */
export interface Compared {
  readonly ground: Ground
  /** a neutral server was found */
  readonly asked: boolean
  /** its address takes connections and then falls silent, whatever name is sent */
  readonly nameless: boolean
  /** `null`: no ground */
  readonly diagnosed: Diagnosed | null
}

/** @returns `null` for a measurement that is no diagnosis */
export function findCause(
  measurement: Pick<Measurement, 'experiments' | 'publicPrefixes' | 'served' | 'url'>,
  facts: ControlFacts | null,
  fingerprints: readonly Fingerprint[] = FINGERPRINTS,
): Compared | null {
  const trials = trialsOf(measurement, fingerprints)
  if (trials === null) return null
  const overTls = isOverTls(trials, measurement.url)
  const ground = groundOf(trials, overTls)
  const asked = trials.setup.neutral.length > 0
  const diagnosed = ground === 'well' ? diagnosedOf(trials, overTls, facts) : null
  return diagnosed?.finding === null && overTls && failAlikeWhenLarge(trials)
    ? { ground: 'alike', asked, nameless: false, diagnosed: null }
    : { ground, asked, nameless: isSilentWhateverTheName(trials), diagnosed }
}

function diagnosedOf(trials: Trials, overTls: boolean, facts: ControlFacts | null): Diagnosed {
  const dns = dnsFinding(trials) ?? proxyFinding(trials)
  const tls = tlsFinding(trials)
  const http = httpFinding(trials)
  const address = addressFinding(trials, facts, overTls)
  const way = overTls ? tls : http
  const aside = overTls ? http : tls
  const found = [dns, way, address].filter((each) => each !== null)
  const finding =
    found.find(({ decisive }) => decisive) ?? found.toSorted((a, b) => b.nats - a.nats)[0] ?? null
  const hosts = hostsHit(trials).map((each) =>
    each.host === trials.setup.focus && finding !== null ? { ...each, hit: true } : each,
  )
  const doubts = finding === null ? doubtsAbout(trials, overTls) : []
  return {
    focus: trials.setup.focus,
    finding,
    also: [...found, aside].filter((each): each is Finding => each !== null && each !== finding),
    hosts,
    families: familiesHit(trials),
    healthy:
      finding === null && !hosts.some(({ hit }) => hit === true) && hosts.some(isFine) && doubts.length === 0,
    notes: [...doubts, ...unfitNeutrals(trials, overTls), ...httpsRecordsHidden(trials)],
  }
}

function isOverTls({ setup, tls }: Trials, url: string): boolean {
  const own = new URL(url)
  if (own.hostname === setup.focus) return own.protocol === 'https:'
  return tls.some(({ at, host, port }) => at === 'target' && host === setup.focus && port === setup.port)
}

/** What people come for was tried, and answered. */
function isFine({ role, hit }: Diagnosed['hosts'][number]): boolean {
  return role === 'primary' && hit === false
}
