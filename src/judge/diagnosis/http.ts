/** HTTP in cleartext: does what happens to the request follow its Host header? */
import type { HttpExperiment } from '../../model/differential.ts'
import type { Finding } from '../../model/finding.ts'
import type { Mechanism } from '../../model/verdict.ts'
import { testName, type NameTest } from './by-name.ts'
import { DECISIVE_NATS } from './tls.ts'
import {
  atNeutral,
  atOwnAddress,
  commonest,
  type Cut,
  cutOf,
  FOLLOWING,
  serverOf,
  type Trials,
} from './trials.ts'

const MECHANISM = {
  reset: 'http.reset',
  closed: 'http.truncated',
  silence: 'http.timeout',
} as const satisfies Record<Cut, Mechanism>

const DONE = { reset: 'reset', closed: 'closed too early', silence: 'not answered' } as const

/** `null` when the Host makes no difference, or the trials contradict each other. */
export function httpFinding(trials: Trials): Finding | null {
  return pageFinding(trials) ?? cutFinding(trials)
}

function cutFinding(trials: Trials): Finding | null {
  const { focus } = trials.setup
  const test = testName(atNeutral(trials.http, focus), { isCut, isBad: ({ failure }) => failure !== null })
  const cut = test === null ? null : commonest(test.cuts.map(({ failure }) => cutOf(failure)))
  if (test === null || cut === null) return null
  const own = atOwnAddress(trials.http, focus).filter(({ failedAt }) => failedAt !== 'tcp')
  if (own.length > 0 && own.filter(isCut).length * 2 < own.length) return null
  return {
    mechanism: MECHANISM[cut],
    follows: 'host-header',
    decisive: test.nats >= DECISIVE_NATS,
    nats: test.nats,
    sentence: `${FOLLOWING[cut]} the Host ${focus}, not the address.`,
    because: comparisons(trials, test, DONE[cut]),
    evasions: [],
    residualMs: null,
  }
}

/**
 * One and the same answer for the name from servers that have nothing to do with each other, and for no other name. Of one
 * neutral server alone that could be a content network which serves the site too.
 */
function pageFinding(trials: Trials): Finding | null {
  const { focus } = trials.setup
  const [elsewhere, own] = [atNeutral(trials.http, focus), atOwnAddress(trials.http, focus)]
  const all = [...elsewhere, ...own]
  const answersFor = (fits: (trial: HttpExperiment) => boolean) =>
    new Set(all.flatMap((trial) => (fits(trial) ? (answerOf(trial) ?? []) : [])))
  const harmless = answersFor(({ name }) => name !== 'target')
  const isForged = (trial: HttpExperiment): boolean => {
    const answer = answerOf(trial)
    if (trial.name !== 'target' || answer === null || harmless.has(answer)) return false
    return all.some(
      (other) => other.name === 'target' && serverOf(other) !== serverOf(trial) && answerOf(other) === answer,
    )
  }
  const test = testName(elsewhere, { isCut: isForged, isBad: ({ failure }) => failure !== null })
  if (test === null || !own.some(isForged)) return null
  return {
    mechanism: 'http.blockpage',
    follows: 'host-header',
    decisive: test.nats >= DECISIVE_NATS && new Set(test.cuts.map(serverOf)).size > 1,
    nats: test.nats,
    sentence: `The same page follows the Host ${focus}, whatever the address.`,
    because: comparisons(trials, test, 'answered with that page'),
    evasions: [],
    residualMs: null,
  }
}

/** Also one that breaks off in the middle of an answer. */
function isCut({ failedAt, failure }: HttpExperiment): boolean {
  return failedAt === 'after' && cutOf(failure) !== null
}

/** What makes an answer the same: status, where it leads (the name asked for taken out), and the page. */
function answerOf({ failure, status, location, bodySha256, host }: HttpExperiment): string | null {
  if (failure !== null || status === null) return null
  if (location !== null) return `${status} ${location.replaceAll(host, '{host}')}`
  return `${status} ${bodySha256}`
}

function comparisons(
  { setup }: Trials,
  { cut, tried, harmless, harmlessFailed }: NameTest<HttpExperiment>,
  done: string,
): string[] {
  const where = setup.neutral.map(({ host }) => host).join(' and ')
  return [
    `Host ${setup.focus}, sent to ${where}: ${done} ${cut} of ${tried} times.`,
    `Other Hosts there, in the same minute: answered as usual ${harmless - harmlessFailed} of ${harmless} times.`,
  ]
}
