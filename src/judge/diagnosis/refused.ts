/**
 * refused: the name is answered in place of the server, by an alert or by what is not TLS, at its own address and at servers that have
 * nothing to do with it: a filter that answers instead of cutting, or one that does now this and now that.
 *
 * Compared with names that a neutral server knows as little, and with those alone: many give a certificate to a hello without a name
 * and an alert to one they do not know. What one neutral server alone does could be a content network that serves the site too.
 */
import type { TlsExperiment } from '../../model/differential.ts'
import type { Mechanism } from '../../model/verdict.ts'
import { type NameTest, testName } from './by-name.ts'
import {
  atNeutral,
  atOwnAddress,
  commonest,
  type Cut,
  cutOf,
  isCutAfterHello,
  type Refusal,
  refusalOf,
  serverOf,
  type Trials,
} from './trials.ts'

type Way = Refusal | Cut

/** How a name was met, and how sure it is. */
export interface Refused {
  readonly mechanism: Mechanism
  readonly test: NameTest<TlsExperiment>
  /** at its own address and at two neutral servers */
  readonly everywhere: boolean
  /** the subject of a sentence */
  readonly follows: string
  /** of the trials, after "the name was" */
  readonly done: string
  readonly isMet: (trial: TlsExperiment) => boolean
}

/** By one and the same answer; `null`: not so. */
export function refusedAlike(trials: Trials): Refused | null {
  const { focus } = trials.setup
  const target = atNeutral(trials.tls, focus).filter(({ name }) => name === 'target')
  const refusal = commonest(target.flatMap((trial) => refusalOf(trial) ?? []))
  if (refusal === null) return null
  const isAlert = refusal.startsWith('alert')
  return refused(trials, (trial) => refusalOf(trial) === refusal, {
    mechanism: mechanismOf(refusal),
    follows: isAlert ? 'TLS alerts follow' : 'Answers that are not TLS follow',
    done: isAlert ? `refused by ${refusal}` : 'answered by what is not TLS',
  })
}

/** Cut and refused by turns; `null`: not so, or in one way alone. */
export function refusedByTurns(trials: Trials): Refused | null {
  const found = refused(trials, (trial) => wayOf(trial) !== null, {
    mechanism: 'tls.failed',
    follows: 'Cuts and refusals follow',
    done: 'cut or refused',
  })
  const ways = found?.test.cuts.map(wayOf) ?? []
  const way = commonest(ways)
  return found === null || way === null || new Set(ways).size < 2
    ? null
    : { ...found, mechanism: mechanismOf(way) }
}

function refused(
  trials: Trials,
  isMet: Refused['isMet'],
  told: Pick<Refused, 'mechanism' | 'follows' | 'done'>,
): Refused | null {
  const { focus } = trials.setup
  const elsewhere = atNeutral(trials.tls, focus).filter(({ name }) => name === 'target' || name === 'other')
  const test = testName(elsewhere, {
    isCut: isMet,
    isBad: (trial) => isMet(trial) || cutOf(trial.failure) === 'silence' || trial.failedAt === 'tcp',
  })
  if (test === null) return null
  const own = atOwnAddress(trials.tls, focus).filter(
    (trial) => trial.failedAt !== 'tcp' && test.cuts.some((cut) => cut.hello === trial.hello),
  )
  // A name that its own server answers is not filtered on the way.
  if (own.length > 0 && own.filter(isMet).length * 2 < own.length) return null
  return { ...told, test, isMet, everywhere: own.length > 0 && new Set(test.cuts.map(serverOf)).size > 1 }
}

function wayOf(trial: TlsExperiment): Way | null {
  return refusalOf(trial) ?? (isCutAfterHello(trial) ? cutOf(trial.failure) : null)
}

const BY_CUT = { reset: 'tls.sni-reset', closed: 'tls.sni-eof', silence: 'tls.sni-timeout' } as const

function mechanismOf(way: Way): Mechanism {
  if (way === 'reset' || way === 'closed' || way === 'silence') return BY_CUT[way]
  return way.startsWith('alert') ? 'tls.alert' : 'tls.not-tls'
}
