/**
 * diagnose: the differential measurement of one service from one vantage.
 *
 *     addresses to believe ─► baseline ─► survey ─► focus ─► matrix and questions, side by side ─► how long it lingers
 */
import net from 'node:net'
import type { DnsExperiment, SetupExperiment, TlsExperiment } from '../../model/differential.ts'
import type { Experiment } from '../../model/experiment.ts'
import type { Vantage } from '../../model/vantage.ts'
import type { Run } from '../run.ts'
import { addressesIn } from '../../model/dns.ts'
import { since } from '../tcp.ts'
import type { Diagnosis } from '../task.ts'
import { inMixedCase, tryDns, type Query } from './dns-trial.ts'
import { tryHttp } from './http-trial.ts'
import { baseline, byName, matrix, type Neutral, survey, type Wanted, waysAround } from './matrix.ts'
import { createOrder } from './order.ts'
import { questions, questionsElsewhere } from './questions.ts'
import { measureResidual } from './residual.ts'
import { tryTls } from './tls-trial.ts'
import { createTrials, type Planned, type Trials } from './trials.ts'
import { type KnownHost, vouchFor } from './truth.ts'

const MAX_HOSTS = 6
const NEUTRAL_SERVERS = 2
/** So many of the addresses that only the vantage's own resolvers give are tried. */
const GIVEN_ADDRESSES = 3
/** Nothing goes on after this share of the whole time, so that the last trial ends by itself. */
const SPENT = 0.95

/** Runs the whole of it. @returns the trials in the order they began, the setup first */
export async function diagnose(run: Run, vantage: Vantage, diagnosis: Diagnosis): Promise<Experiment[]> {
  const startedMs = run.watch()
  const endsAtMs = startedMs + run.settings.totalTimeoutMs * SPENT
  const shuffle = createOrder(diagnosis.seed)
  const trials = createTrials(run, diagnosis.maxTrials, endsAtMs)
  const dnsTrials: DnsExperiment[] = []
  const hosts = await Promise.all(
    diagnosis.hosts.slice(0, MAX_HOSTS).map(async (host): Promise<KnownHost> => {
      const vouched = await vouchFor(run, vantage, host.host, host.addresses)
      dnsTrials.push(...vouched.dnsTrials)
      return { ...host, known: vouched.addresses }
    }),
  )
  const resolves = isResolvedByProxy(vantage)
  const neutral = await neutralServers(run, vantage, diagnosis)
  const make = (wanted: readonly Wanted[]) =>
    trials.all(shuffle(wanted).map((wanted) => planned(run, wanted)))

  await make(baseline(neutral, hosts))
  await make([...survey(hosts), ...(resolves ? hosts.flatMap((host) => byName(host, []).slice(0, 1)) : [])])
  const lookUp = (these: readonly KnownHost[]) =>
    trials.all(these.flatMap(({ host }) => ownLookup(run, vantage, host)))
  await lookUp(hosts)
  const unvouchedAddressesOf = (host: KnownHost) =>
    unvouchedAddressesIn(trials.made, dnsTrials, host).filter((address) => !run.isBogon(address))
  const focus = await updateFocus(run, hosts, trials.made, unvouchedAddressesOf, async (wanted, again) => {
    await make(wanted)
    await lookUp(again)
  })
  const given = unvouchedAddressesOf(focus)
  await make(waysAround(focus, neutral))
  const isTried = (address: string) =>
    trials.made.some((trial) => trial.kind === 'tls' && trial.at === 'given' && trial.address === address)
  const unvouchedTrials = given
    .slice(0, GIVEN_ADDRESSES)
    .flatMap((address) => (isTried(address) ? [] : givenTrials(focus, address)))
  await Promise.all([
    make([...matrix(focus, neutral), ...unvouchedTrials, ...(resolves ? byName(focus, neutral) : [])]),
    trials.all(
      shuffle([
        ...questions(focus.host, inMixedCase(focus.host), diagnosis, vantage, neutral),
        ...(given.length === 0 ? [] : questionsElsewhere(diagnosis, vantage)),
      ]).map((question) => plannedQuestion(run, question)),
    ),
  ])
  const residual = await measureResidual(run, trials, focus.host, neutral[0] ?? null)
  const setup: SetupExperiment = {
    kind: 'setup',
    startedMs,
    durationMs: since(run, startedMs),
    failure: null,
    seed: diagnosis.seed,
    hosts: hosts.map(({ host, role }) => ({ host, role })),
    focus: focus.host,
    port: focus.port,
    neutral: neutral.map(({ host, address }) => ({ host, address })),
    addresses: focus.known,
    given,
    leftOut: trials.leftOut(),
  }
  const made = [...dnsTrials, ...trials.made, ...residual].toSorted((a, b) => a.startedMs - b.startedMs)
  return [setup, ...made]
}

async function neutralServers(
  run: Run,
  vantage: Vantage,
  { neutralHosts, otherNames }: Diagnosis,
): Promise<Neutral[]> {
  const found = await Promise.all(
    neutralHosts.slice(0, NEUTRAL_SERVERS).map(async (host): Promise<Neutral[]> => {
      const vouched = await vouchFor(run, vantage, host, [])
      const addresses =
        vouched.addresses.length > 0 ? vouched.addresses : await ownAnswers(run, vantage, host)
      const known = addresses.find((address) => !address.includes(':'))
      const address = known ?? (isResolvedByProxy(vantage) ? host : undefined)
      const other = otherNames.find((name) => name !== host)
      if (address === undefined || other === undefined) return []
      return [{ host, other, address, address6: addresses.find((address) => address.includes(':')) ?? null }]
    }),
  )
  return found.flat()
}

/** Of a host that nobody minds, what the vantage's own resolver says is good enough where the trusted one is not heard. */
async function ownAnswers(run: Run, vantage: Vantage, host: string): Promise<string[]> {
  const asked = await Promise.all(ownLookup(run, vantage, host).map(({ make }) => make()))
  const answers = asked.flatMap((trial) => (trial?.kind === 'dns' ? addressesIn(trial.answers) : []))
  return answers.filter((address) => !run.isBogon(address) || run.settings.connectToLoopback)
}

function isResolvedByProxy({ resolvers }: Vantage): boolean {
  return resolvers[0]?.kind === 'proxy'
}

/**
 * The host the matrix is run for: the endpoint's own, unless it is fine and another failed twice. It is not fine while its resolver
 * sends people where nobody else does and no certificate there is its own.
 */
async function updateFocus(
  run: Run,
  hosts: readonly KnownHost[],
  made: Trials['made'],
  unvouchedAddressesOf: (host: KnownHost) => readonly string[],
  tryAgain: (wanted: readonly Wanted[], lookUp: readonly KnownHost[]) => Promise<void>,
): Promise<KnownHost> {
  const [first, ...others] = hosts as [KnownHost, ...KnownHost[]]
  if (failures(run, first, made) > 0) return first
  const [unvouchedHost] = unvouchedAddressesOf(first)
  if (unvouchedHost !== undefined) {
    await tryAgain(givenTrials(first, unvouchedHost), [])
    if (!made.some((trial) => trial.kind === 'tls' && trial.at === 'given' && trial.verified === true))
      return first
  }
  const failing = others.filter((host) => failures(run, host, made) > 0)
  await tryAgain(survey(failing), failing)
  return failing.find((host) => failures(run, host, made) > 1) ?? first
}

/** How often a host failed by its own name. Over IPv4 where it has that: a vantage without IPv6 fails over the other to every host. */
function failures({ isBogon }: Run, { host, known }: KnownHost, made: Trials['made']): number {
  const isBadAnswer = ({ failure, answers }: DnsExperiment): boolean =>
    failure !== null || answers.some(({ type, value }) => type === 'A' && isBogon(value))
  const family = known.some(net.isIPv4) ? 4 : 6
  return made.filter((trial) => {
    if (trial.kind === 'dns') return trial.host === host && isBadAnswer(trial)
    if ((trial.kind !== 'tls' && trial.kind !== 'http') || trial.host !== host) return false
    const bad = trial.kind === 'tls' ? trial.verified === null || isForged(trial) : trial.failure !== null
    return bad && (trial.at === 'named' || (trial.at === 'target' && net.isIP(trial.address) === family))
  }).length
}

function isForged({ failure }: TlsExperiment): boolean {
  return failure === 'ssl_unknown_authority'
}

/** Addresses that only the vantage's own resolvers give for the focus. */
function unvouchedAddressesIn(
  made: Trials['made'],
  dnsTrials: readonly DnsExperiment[],
  focus: KnownHost,
): string[] {
  const known = new Set([
    ...focus.known,
    ...dnsTrials.flatMap((trial) => trial.answers.map(({ value }) => value)),
  ])
  const own = made.flatMap((trial) =>
    trial.kind === 'dns' && trial.host === focus.host
      ? [...trial.answers, ...trial.late.flatMap(({ answers }) => answers)].filter(({ type }) => type === 'A')
      : [],
  )
  return [...new Set(own.map(({ value }) => value))].filter((value) => !known.has(value))
}

/** The name at the address its own resolver gave: whose certificate is there, and what page? */
function givenTrials({ host, scheme, port }: KnownHost, address: string): Wanted[] {
  const sent = { name: 'target', host, at: 'given', address, port: scheme === 'https' ? port : 443 } as const
  return [
    { kind: 'tls', sent, hello: 'small' },
    { kind: 'tls', sent, hello: 'small' },
    { kind: 'http', sent: { ...sent, port: scheme === 'http' ? port : 80 } },
  ]
}

function ownLookup(run: Run, { resolvers }: Vantage, host: string): Planned[] {
  const [resolver] = resolvers
  if (resolver === undefined || resolver.kind === 'proxy') return []
  return [plannedQuestion(run, { name: 'target', host, who: 'own', queryType: 'A', resolver })]
}

function planned(run: Run, wanted: Wanted): Planned {
  const { tcpTimeoutMs, tlsTimeoutMs, httpTimeoutMs } = run.settings
  const { sent } = wanted
  const server = `${sent.address} ${sent.port}`
  return wanted.kind === 'tls'
    ? { server, atMostMs: tcpTimeoutMs + tlsTimeoutMs, make: () => tryTls(run, sent, wanted.hello) }
    : { server, atMostMs: tcpTimeoutMs + httpTimeoutMs, make: () => tryHttp(run, sent) }
}

function plannedQuestion(run: Run, question: Query): Planned {
  const { dnsTimeoutMs, lateReplyWindowMs } = run.settings
  return {
    server: queriedResolver(question),
    atMostMs: dnsTimeoutMs + lateReplyWindowMs,
    make: () => tryDns(run, question),
  }
}

/** Where nobody is, nobody is kept waiting. */
function queriedResolver({ who, host, resolver }: Query): string {
  if (who === 'nobody') return `nobody ${host}`
  if (resolver.kind === 'system') return 'system'
  return resolver.kind === 'doh' ? resolver.url : `dns ${resolver.address}`
}
