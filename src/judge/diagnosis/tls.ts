/** TLS: does what happens to the handshake follow the name in the ClientHello? */
import type { TlsExperiment } from '../../model/differential.ts'
import type { Evasion, Finding } from '../../model/finding.ts'
import type { Mechanism } from '../../model/verdict.ts'
import { helloOf, testName, type NameTest, type Reading } from './by-name.ts'
import {
  atNeutral,
  atOwnAddress,
  commonest,
  type Cut,
  cutOf,
  FOLLOWING,
  isCutAfterHello,
  type Trials,
} from './trials.ts'
import { type Refused, refusedAlike, refusedByTurns } from './refused.ts'

/** Nats from which trials decide by themselves: chance does so once in 245 matrices, and an outage must be open besides. */
export const DECISIVE_NATS = 5.5

const MECHANISM = {
  reset: 'tls.sni-reset',
  closed: 'tls.sni-eof',
  silence: 'tls.sni-timeout',
} as const satisfies Record<Cut, Mechanism>

const DONE = { reset: 'reset', closed: 'closed', silence: 'not answered' } as const

/** An alert is an answer: the server read the name, and did not like it. See refused.ts for a filter that does so. */
const CUT: Reading<TlsExperiment> = {
  isCut: isCutAfterHello,
  isBad: (trial) => !trial.answered || isCutAfterHello(trial),
}

const FORGED: Reading<TlsExperiment> = {
  isCut: ({ failure }) => failure === 'ssl_unknown_authority',
  isBad: ({ failure, answered }) => !answered || failure === 'ssl_unknown_authority',
}

/** `null` when the name makes no difference, or the trials contradict each other. */
export function tlsFinding(trials: Trials): Finding | null {
  const found = [
    cutFinding(trials),
    refusedFinding(trials, refusedAlike(trials)),
    refusedFinding(trials, refusedByTurns(trials)),
    forgedFinding(trials),
  ].filter((each) => each !== null)
  return found.find(({ decisive }) => decisive) ?? found.toSorted((a, b) => b.nats - a.nats)[0] ?? null
}

function cutFinding(trials: Trials): Finding | null {
  const test = testName(foreignCertificatesFor(trials), CUT)
  if (test === null) return null
  const cut = commonest(test.cuts.map(({ failure }) => cutOf(failure)))
  if (cut === null) return null
  const { focus } = trials.setup
  const kinds = new Set(test.cuts.map(helloOf))
  const own = atOwnAddress(trials.tls, focus).filter(
    (trial) => kinds.has(trial.hello) && trial.failedAt !== 'tcp',
  )
  // A name that its own server answers is not filtered on the way: whoever cuts it elsewhere does so for reasons of their own.
  if (own.length > 0 && own.filter(isCutAfterHello).length * 2 < own.length) return null
  return {
    mechanism: MECHANISM[cut],
    follows: 'name',
    decisive: test.nats >= DECISIVE_NATS,
    nats: test.nats,
    sentence: `${FOLLOWING[cut]} the name ${focus}, not the address.`,
    because: comparisons(trials, test, DONE[cut]),
    evasions: evasionsIn(trials, isCutAfterHello),
    residualMs: residualIn(trials),
  }
}

function refusedFinding(trials: Trials, refused: Refused | null): Finding | null {
  if (refused === null) return null
  const { mechanism, test, everywhere, follows, done, isMet } = refused
  return {
    mechanism,
    follows: 'name',
    decisive: everywhere && test.nats >= DECISIVE_NATS,
    nats: test.nats,
    sentence: `${follows} the name ${trials.setup.focus}, not the address.`,
    because: comparisons(trials, test, done),
    evasions: evasionsIn(trials, isMet),
    residualMs: residualIn(trials),
  }
}

function forgedFinding(trials: Trials): Finding | null {
  const test = testName(foreignCertificatesFor(trials), FORGED)
  if (test === null) return null
  const { focus } = trials.setup
  return {
    mechanism: 'tls.mitm',
    follows: 'name',
    decisive: test.nats >= DECISIVE_NATS,
    nats: test.nats,
    sentence: `Certificates by an unknown authority follow the name ${focus}, not the address.`,
    because: comparisons(trials, test, 'answered with such a certificate'),
    evasions: [],
    residualMs: null,
  }
}

/** The tries after a trigger are harmless names too. */
function foreignCertificatesFor({ tls, residual, setup }: Trials): TlsExperiment[] {
  const tries = residual.map((tried) => ({
    ...tls[0]!,
    ...tried,
    ...HARMLESS,
    failedAt: tried.failure === null ? null : ('after' as const),
  }))
  return atNeutral([...tls, ...tries], setup.focus).toSorted((a, b) => a.startedMs - b.startedMs)
}

const HARMLESS = { kind: 'tls', name: 'neutral', at: 'neutral', hello: 'small' } as const

function comparisons(
  { setup }: Trials,
  { cut, tried, harmless, harmlessFailed }: NameTest<TlsExperiment>,
  done: string,
): string[] {
  const where = setup.neutral.map(({ host }) => host).join(' and ')
  return [
    `${setup.focus}, sent to ${where}: ${done} ${cut} of ${tried} times.`,
    `Other names there, in the same minute: answered ${harmless - harmlessFailed} of ${harmless} times.`,
  ]
}

/** A hello that is answered where the small one is cut, at the name's own address or elsewhere. */
function evasionsIn(trials: Trials, isCut: (trial: TlsExperiment) => boolean): Evasion[] {
  const own = atOwnAddress(trials.tls, trials.setup.focus)
  const all = [...own, ...foreignCertificatesFor(trials)].filter(({ name }) => name === 'target')
  const passes = (hello: TlsExperiment['hello']) =>
    all.some((trial) => trial.hello === hello && trial.answered && !isCut(trial))
  if (passes('small')) return []
  return [
    ...(passes('split') ? ['split-hello' as const] : []),
    ...(passes('large') ? ['large-hello' as const] : []),
  ]
}

function residualIn({ residual }: Trials): Finding['residualMs'] {
  let failedMs: number | null = null
  let seen: Finding['residualMs'] = null
  // One stretch of tries after the other; the last one in which any failed is the one whose trigger is known best.
  for (const { answered, afterMs } of residual) {
    if (!answered) failedMs = afterMs
    if (failedMs !== null) seen = [failedMs, answered ? afterMs : null]
    if (answered) failedMs = null
  }
  return seen
}
