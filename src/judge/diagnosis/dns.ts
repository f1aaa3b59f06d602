/**
 * DNS: who lies about the name? Somebody on the path, who answers for every resolver and for addresses where none runs, or the
 * vantage's own resolver, while others tell the truth over the same path.
 */
import type { DnsExperiment } from '../../model/differential.ts'
import type { Evasion, Finding } from '../../model/finding.ts'
import { fisherNats } from '../../model/statistics.ts'
import { errorName, type ExtendedError, isPolicy, saysBlocked } from '../../model/dns.ts'
import { isAnotherAnswer } from '../dns-evidence.ts'
import { addressesOf } from '../lookups.ts'
import { isLie, mechanismOf, classifierFor, type AnswerKind } from './answers.ts'
import { DECISIVE_NATS } from './tls.ts'
import { commonest, type Trials } from './trials.ts'

/** An answer from where nobody is, or a second and different one: nothing but forgery makes these. */
const FORGERY_NATS = 4
/** Two of either, or one of each. */
const LEAST_FORGERIES = 2
/** A resolver that denies a name which exists, and no other name; see weights.ts for one such answer. */
const LIE_NATS = 8
/** The same when a part of the comparison is missing, a resolver that fails every time for one name alone, an address where nothing is. */
const HALF_PROVED_NATS = 3
const TROUBLE_NATS = 1
/** So many failures of one name, and none of others, are more than a datagram lost. */
const LEAST_FAILURES = 3

/** The questions about the focus, by who was asked, and the harmless ones beside them. */
interface ResolverAnswers {
  readonly own: readonly AnswerKind[]
  readonly away: readonly AnswerKind[]
  readonly overTcp: readonly AnswerKind[]
  readonly trusted: readonly AnswerKind[]
  readonly controls: (who: DnsExperiment['who']) => readonly DnsExperiment[]
  /** codes by which the vantage's own resolver explains what it says of the focus, and of no harmless name */
  readonly reasons: readonly ExtendedError[]
}

/** `null` when everybody says the same, or nothing can be told. */
export function dnsFinding(trials: Trials): Finding | null {
  const classify = classifierFor(trials)
  const injected = injection(trials, classify)
  if (injected !== null || classify === null) return injected
  const answers = answersIn(trials, classify)
  return samePath(trials, answers) ?? ownResolver(trials, answers)
}

function answersIn({ dns, setup }: Trials, classify: (trial: DnsExperiment) => AnswerKind): ResolverAnswers {
  const about = dns.filter(
    ({ host, name, queryType }) => host === setup.focus && name === 'target' && queryType === 'A',
  )
  const of = (who: DnsExperiment['who'], overTcp = false) =>
    about.filter((trial) => trial.who === who && (trial.engine === 'tcp') === overTcp).map(classify)
  const own = about.filter(({ who }) => who === 'own')
  const harmless = dns.filter(({ who, name }) => who === 'own' && name === 'control').flatMap(reasonsOf)
  return {
    reasons: own.flatMap(reasonsOf).filter(({ code }) => !harmless.some((known) => known.code === code)),
    own: own.map(classify),
    away: of('public'),
    overTcp: of('public', true),
    trusted: of('trusted'),
    controls: (who) =>
      dns.filter((trial) => trial.who === who && trial.name === 'control' && trial.engine !== 'tcp'),
  }
}

/** Somebody answers for the name where no resolver runs, and only for it; or twice, and differently. */
function injection(trials: Trials, classify: ((trial: DnsExperiment) => AnswerKind) | null): Finding | null {
  const { dns, setup } = trials
  const nobody = dns.filter(({ who }) => who === 'nobody')
  const forged = nobody.filter((trial) => trial.host === setup.focus && isReply(trial))
  const controls = nobody.filter(({ name }) => name === 'control')
  const fromNobody = controls.length > 0 && !controls.some(isReply) ? forged.length : 0
  const twice = dns.filter(
    (trial) =>
      trial.host === setup.focus &&
      trial.queryType === 'A' &&
      trial.late.some((late) => isAnotherAnswer(trial, late)),
  )
  const forgeries = fromNobody + twice.length
  if (forgeries === 0) return null
  const nats = FORGERY_NATS * forgeries
  return {
    mechanism: 'dns.injection',
    follows: 'path',
    decisive: forgeries >= LEAST_FORGERIES,
    nats,
    sentence: `Answers for ${setup.focus} are forged on the path, not by a resolver.`,
    because: [
      ...(fromNobody > 0
        ? [
            `Queries to an address where no resolver runs: answered ${forged.length} of ${nobody.filter(({ host }) => host === setup.focus).length} times for ${setup.focus}, never for ${controls[0]!.host}.`,
          ]
        : []),
      ...(twice.length > 0 ? [`Two different answers to one query arrived ${twice.length} times.`] : []),
    ],
    evasions: classify === null ? [] : evasionsIn(trials, answersIn(trials, classify), classify),
    residualMs: null,
  }
}

/** The vantage's own resolver and one far away fail alike, while the truth is told over HTTPS or TCP. */
function samePath(trials: Trials, answers: ResolverAnswers): Finding | null {
  const { own, away, trusted, controls } = answers
  const lie = commonest(away.filter((kind) => isLie(kind) || kind === 'silent'))
  if (lie === null || away.includes('true') || own.includes('true')) return null
  if (!trusted.includes('true') || !own.includes(lie)) return null
  const all = [...own, ...away]
  const failed = all.filter((kind) => kind === lie).length
  const harmless = [...controls('own'), ...controls('public')]
  const bad = harmless.filter((trial) => !isSound(trial, trials)).length
  const nats = fisherNats(failed, all.length, bad, harmless.length)
  const { focus } = trials.setup
  if (nats < HALF_PROVED_NATS) return null
  return {
    mechanism: lie === 'silent' ? 'dns.timeout' : 'dns.injection',
    follows: 'path',
    decisive: nats >= DECISIVE_NATS && away.length > 1,
    nats,
    sentence:
      lie === 'silent'
        ? `Queries for ${focus} are lost on the path to every resolver, and no others.`
        : `Answers for ${focus} are false whichever resolver is queried, so they are injected on the path.`,
    because: [
      `${focus}: ${lie} ${failed} of ${all.length} times, at the network’s own resolver and at one abroad.`,
      `Other names there: answered ${harmless.length - bad} of ${harmless.length} times.`,
    ],
    evasions: evasionsIn(trials, answers, classifierFor(trials)!),
    residualMs: null,
  }
}

/** Only the vantage's own resolver fails, and only for this name. */
function ownResolver(trials: Trials, answers: ResolverAnswers): Finding | null {
  const { own, away, trusted, controls, reasons } = answers
  const kind = commonest(own.filter((told) => told !== 'true' && told !== 'strange' && told !== 'unreached'))
  const mechanism = kind === null ? null : mechanismOf(kind)
  if (kind === null || mechanism === null) return null
  const failed = own.filter((told) => told === kind).length
  if (failed < 2 || failed * 2 < own.length) return null
  const others = controls('own')
  const sound = others.filter((trial) => isSound(trial, trials)).length
  if (sound * 2 < others.length || others.length === 0) return null
  const elsewhere = [...away, ...trusted].includes('true')
  if (!elsewhere || (kind === 'dead' && away.includes('dead'))) return null
  const forItAlone = away.includes('true') && failed === own.length && sound === others.length
  const policy = reasons.find(isPolicy)
  const decisive = (isLie(kind) && forItAlone) || saysBlocked(reasons)
  const { follows, how } = HOW[isLie(kind) ? 'lie' : kind === 'dead' ? 'dead' : 'failure']
  const { focus } = trials.setup
  const half =
    isLie(kind) || kind === 'dead' || policy !== undefined || (forItAlone && failed >= LEAST_FAILURES)
  return {
    mechanism,
    follows,
    decisive,
    nats: decisive ? LIE_NATS : half ? HALF_PROVED_NATS : TROUBLE_NATS,
    sentence: how(focus),
    because: [
      `${focus}, at the network’s own resolver: ${kind} ${failed} of ${own.length} times.`,
      ...(policy === undefined ? [] : [`Its own reason: ${inWords(policy)}.`]),
      ...madeThere(trials),
      `Other names there: answered ${sound} of ${others.length} times.`,
      `${focus}, at others over the same path: true answers ${[...away, ...trusted].filter((told) => told === 'true').length} of ${away.length + trusted.length} times.`,
    ],
    evasions: evasionsIn(trials, answers, classifierFor(trials)!),
    residualMs: null,
  }
}

/**
 * How its replies for the focus, and none for harmless names, show that the resolver itself made them. Said, not weighed: a zone that it serves
 * for its own network looks the same.
 */
function madeThere({ dns, setup }: Trials): string[] {
  const own = dns.filter(({ who }) => who === 'own')
  const marks = own.filter(({ host, name }) => host === setup.focus && name === 'target').flatMap(marksOf)
  const harmless = new Set(own.filter(({ name }) => name === 'control').flatMap(marksOf))
  const telling = [...new Set(marks)].filter((mark) => !harmless.has(mark))
  return telling.length === 0
    ? []
    : [`Signs that the resolver itself made its replies: ${telling.join('; ')}.`]
}

function marksOf({ authoritative, beside = [] }: DnsExperiment): string[] {
  const policies = beside.filter(({ section, type }) => section === 'additional' && POLICY_TYPES.has(type))
  return [
    ...(authoritative ? ['authoritative (AA)'] : []),
    ...policies.map(({ type, name, value }) => `additional ${type} of ${name}: ${value}`),
  ]
}

/** The policy zone's own SOA (BIND's), an explanation (Knot's). */
const POLICY_TYPES = new Set(['SOA', 'TXT'])

function reasonsOf({ extendedErrors = [] }: DnsExperiment): readonly ExtendedError[] {
  return extendedErrors
}

function inWords(error: ExtendedError): string {
  return `${errorName(error)}${error.text === '' ? '' : `, “${error.text}”`}`
}

const HOW = {
  lie: {
    follows: 'resolver',
    how: (focus: string) =>
      `The network’s own resolver gives false answers for ${focus}; others give true ones over the same path.`,
  },
  dead: {
    follows: 'resolver-address',
    how: (focus: string) =>
      `The network’s own resolver gives an address for ${focus} that nobody else gives, and no server of it is there; its true addresses answer from here.`,
  },
  failure: {
    follows: 'resolver-failure',
    how: (focus: string) =>
      `The network’s own resolver does not answer for ${focus}; others do over the same path.`,
  },
} as const

function evasionsIn(
  { dns }: Trials,
  { away, overTcp, trusted }: ResolverAnswers,
  classify: (trial: DnsExperiment) => AnswerKind,
): Evasion[] {
  const spelled = dns.filter(({ name, who }) => name === 'mixed-case' && who === 'own').map(classify)
  return [
    ...(spelled.includes('true') ? ['mixed-case' as const] : []),
    ...(away.includes('true') ? ['other-resolver' as const] : []),
    ...(overTcp.includes('true') ? ['dns-over-tcp' as const] : []),
    ...(trusted.includes('true') ? ['dns-over-https' as const] : []),
  ]
}

/** Somebody answered, whatever it said. */
function isReply({ failure }: DnsExperiment): boolean {
  return failure === null || failure.startsWith('dns_')
}

/** A harmless name answered as harmless names are. */
function isSound({ failure, answers }: DnsExperiment, { isPublic }: Trials): boolean {
  return failure === null && addressesOf(answers).some(isPublic)
}
