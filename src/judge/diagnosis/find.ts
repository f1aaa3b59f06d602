/**
 * find: trials in, what they tell apart out. Pure.
 *
 *     who lies about the name ─► what the name alone does (TLS, or HTTP where that is how people come) ─► what the address alone does
 */
import type { Diagnosed, Finding } from '../../model/finding.ts'
import type { Measurement } from '../../model/measurement.ts'
import type { ControlFacts } from '../control.ts'
import { addressFinding } from './address.ts'
import { dnsFinding } from './dns.ts'
import { familiesHit, hostsHit } from './hits.ts'
import { httpFinding } from './http.ts'
import { tlsFinding } from './tls.ts'
import { type Trials, trialsOf } from './trials.ts'

/** @returns `null` for a measurement that is no diagnosis, or in which the neutral servers hardly answered: then nothing can be compared */
export function findCause(
  measurement: Pick<Measurement, 'experiments' | 'publicPrefixes' | 'url'>,
  facts: ControlFacts | null,
): Diagnosed | null {
  const trials = trialsOf(measurement)
  if (trials === null || !hasGround(trials)) return null
  const overTls = isOverTls(trials, measurement.url)
  const dns = dnsFinding(trials)
  const tls = tlsFinding(trials)
  const http = httpFinding(trials)
  const address = addressFinding(trials, facts)
  const way = overTls ? tls : http
  const aside = overTls ? http : tls
  const found = [dns, way, address].filter((each) => each !== null)
  const finding =
    found.find(({ decisive }) => decisive) ?? found.toSorted((a, b) => b.nats - a.nats)[0] ?? null
  const hosts = hostsHit(trials).map((each) =>
    each.host === trials.setup.focus && finding !== null ? { ...each, hit: true } : each,
  )
  return {
    focus: trials.setup.focus,
    finding,
    also: [...found, aside].filter((each): each is Finding => each !== null && each !== finding),
    hosts,
    families: familiesHit(trials),
    healthy: finding === null && !hosts.some(({ hit }) => hit === true) && hosts.some(isFine),
  }
}

/** Somewhere, something harmless is answered as a rule; else the line itself is what fails. */
function hasGround({ tls, http }: Trials): boolean {
  const harmless = [...tls, ...http].filter(
    ({ at, name, address }) => at === 'neutral' && name !== 'target' && !address.includes(':'),
  )
  const answered = harmless.filter((trial) => trial.answered).length
  return answered >= 3
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
