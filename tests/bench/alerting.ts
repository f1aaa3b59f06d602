/**
 * How quick and how often wrong the alerts are, beside blackbox_exporter with the rule its users write, in one run on the same
 * networks of the lab. About 35 minutes; `npm run bench -- alerting` runs it alone.
 *
 *     a censor on one service of each network, at a random moment -> seconds from its switch to the first webhook of each monitor
 *     then no censor, and 10 and 20 % of packets lost -> how many alerts each sends
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { CensorRule } from '../../src/lab/censor.ts'
import { startLab } from '../../src/lab/lab.ts'
import { missing } from '../chain/programs.ts'
import { type Inbox, type Notification, type Received, openInbox } from '../chain/webhook.ts'
import { HOSTS, type Lane, SERVICES, type ServiceId, startOurs, startTheirs } from './alerting-setting.ts'

const MINUTE_MS = 60_000
const WARM_UP_MS = 2 * MINUTE_MS
const LOSS_MS = 10 * MINUTE_MS
const LOSSES = [0.1, 0.2]
/** What was lost at the end of a stretch may still become an alert. */
const AFTER_LOSS_MS = 2 * MINUTE_MS
const TOLD_WITHIN_MS = 4 * MINUTE_MS
const SETTLE_MS = 35_000
const RANDOM_MS = 30_000
const ROUNDS = 4
const TIMES_QUICKER = 2

const COUNTRIES = { babilon: 'TJ', 'tt-mobile': 'KG', tcell: 'UZ', tojiktelecom: 'KZ' } as const

const MECHANISMS: Readonly<Record<string, (host: string) => CensorRule>> = {
  'dns.nxdomain': (host) => ({ layer: 'dns', names: [host], action: 'nxdomain' }),
  'tcp.refused': (host) => ({ layer: 'tcp', to: [host], action: 'refuse' }),
  'tls.sni-reset': (host) => ({ layer: 'tls', names: [host], action: 'reset' }),
  'tcp.timeout': (host) => ({ layer: 'tcp', to: [host], action: 'drop' }),
}

interface Told {
  readonly mechanism: string
  /** seconds from the switch; `null`: not told in time */
  readonly ours: number | null
  readonly oursBlocked: number | null
  readonly theirs: number | null
}

type Alert = Notification['alerts'][number]

const isTheirs = ({ path }: Received) => path === '/blackbox'
const alertsOf = ({ body }: Received): readonly Alert[] => (body as Notification).alerts
const about =
  (lane: Lane, service: ServiceId, status: Alert['status'], name: RegExp) =>
  ({ labels, status: is }: Alert): boolean =>
    labels['service'] === service &&
    labels['vantage'] === lane.network.id &&
    is === status &&
    name.test(labels['alertname']!)

/** One network: a block by each means in turn, each of another service. */
async function censored(lane: Lane, inbox: Inbox, shift: number): Promise<Told[]> {
  const told: Told[] = []
  for (let round = 0; round < ROUNDS; round++) {
    await pause(SETTLE_MS + Math.random() * RANDOM_MS)
    const service = SERVICES[round % SERVICES.length]!
    const [mechanism, rule] = Object.entries(MECHANISMS)[(round + shift) % Object.keys(MECHANISMS).length]!
    const switchedAt = Date.now()
    const lift = lane.network.censor.add(rule(HOSTS[service]))
    const when = (theirs: boolean, status: Alert['status'], name: RegExp, sinceAt: number) =>
      inbox
        .next(
          (each) =>
            each.at >= sinceAt &&
            isTheirs(each) === theirs &&
            alertsOf(each).some(about(lane, service, status, name)),
          TOLD_WITHIN_MS,
        )
        .then(
          ({ at }) => (at - sinceAt) / 1000,
          () => null,
        )
    const [ours, theirs] = await Promise.all([
      when(false, 'firing', /^Service(Blocked|Unreachable)$/, switchedAt),
      when(true, 'firing', /./, switchedAt),
    ])
    const oursBlocked = await (ours === null ? null : blockedBy(inbox, lane, service, switchedAt))
    told.push({ mechanism, ours, oursBlocked, theirs })
    console.log(
      `  ${lane.network.id.padEnd(13)} ${mechanism.padEnd(14)} ${line([ours, oursBlocked, theirs])}`,
    )
    lift()
    const liftedAt = Date.now()
    await Promise.all([
      when(false, 'resolved', /^Service(Blocked|Unreachable)$/, liftedAt),
      when(true, 'resolved', /./, liftedAt),
    ])
  }
  return told
}

/** Seconds to the message that said blocked, if one has come by now. */
async function blockedBy(
  inbox: Inbox,
  lane: Lane,
  service: ServiceId,
  since: number,
): Promise<number | null> {
  const said = inbox.received.find(
    (each) =>
      each.at >= since &&
      !isTheirs(each) &&
      alertsOf(each).some(about(lane, service, 'firing', /^ServiceBlocked$/)),
  )
  return said === undefined ? null : (said.at - since) / 1000
}

/** No censor, only loss. @returns alerts that were sent meanwhile, by name */
async function lossy(lanes: readonly Lane[], inbox: Inbox, loss: number) {
  const since = inbox.received.length
  for (const { network } of lanes) network.set({ loss })
  await pause(LOSS_MS)
  for (const { network } of lanes) network.set({ loss: 0 })
  await pause(AFTER_LOSS_MS)
  const sent = inbox.received.slice(since)
  const fired = (theirs: boolean) =>
    sent
      .filter((each) => isTheirs(each) === theirs)
      .flatMap(alertsOf)
      .filter(({ status }) => status === 'firing')
      .map(({ labels }) =>
        [labels['alertname'], labels['service'], labels['vantage']].filter(Boolean).join(' '),
      )
  return { loss, ours: [...new Set(fired(false))], theirs: [...new Set(fired(true))] }
}

function line(seconds: readonly (number | null)[]): string {
  return seconds.map((each) => (each === null ? '-' : each.toFixed(1)).padStart(9)).join('')
}

function median(values: readonly (number | null)[]): number {
  const sorted = values.map((value) => value ?? Infinity).toSorted((a, b) => a - b)
  return (sorted[Math.floor((sorted.length - 1) / 2)]! + sorted[Math.ceil((sorted.length - 1) / 2)]!) / 2
}

function summary(told: readonly Told[]): { lines: string[]; quick: boolean } {
  const rows = Object.entries(Object.groupBy(told, ({ mechanism }) => mechanism)).map(([mechanism, each]) => {
    const [ours, blocked, theirs] = [
      median(each!.map((one) => one.ours)),
      median(each!.map((one) => one.oursBlocked)),
      median(each!.map((one) => one.theirs)),
    ]
    return { mechanism, ours, blocked, theirs, times: theirs / ours }
  })
  const lines = rows.map(
    ({ mechanism, ours, blocked, theirs, times }) =>
      `  ${mechanism.padEnd(28)}${line([ours, Number.isFinite(blocked) ? blocked : null, theirs])}   ${times.toFixed(1)} times`,
  )
  return { lines, quick: rows.every(({ times }) => times >= TIMES_QUICKER) }
}

/** Runs all of it. @returns whether what is claimed was reached */
export async function benchAlerting(): Promise<boolean> {
  const gone = missing(['prometheus', 'prometheus-alertmanager', 'prometheus-blackbox-exporter'])
  if (gone !== null) throw new Error(gone)
  await using parts = new AsyncDisposableStack()
  const at = await mkdtemp(join(tmpdir(), 'didbon-alerting-'))
  parts.defer(() => rm(at, { recursive: true, force: true }))
  const lab = await startLab({ seed: 11 })
  parts.defer(() => lab.close())
  const inbox = await openInbox()
  parts.defer(inbox.close)
  const lanes = Object.entries(COUNTRIES).map(([id, country]) => ({ network: lab.network(id), country }))
  await startOurs(lab, lanes, inbox.url, join(at, 'ours'), parts)
  await startTheirs(lab, lanes, inbox.url, join(at, 'theirs'), parts)
  await pause(WARM_UP_MS)
  const early = inbox.received.length

  console.log('Seconds from the switch to the webhook; both look every 15 s (didbon’s default is 30 s)')
  console.log('                                didbon  blocked blackbox')
  const told = (await Promise.all(lanes.map((lane, i) => censored(lane, inbox, i)))).flat()
  const { lines, quick } = summary(told)
  console.log('Medians')
  for (const each of lines) console.log(each)

  await pause(SETTLE_MS)
  let silent = true
  for (const loss of LOSSES) {
    const { ours, theirs } = await lossy(lanes, inbox, loss)
    silent &&= ours.length === 0
    const says = (alerts: readonly string[]) =>
      alerts.length === 0 ? '0' : `${alerts.length} (${alerts.join(', ')})`
    const what = `${lanes.length} networks losing ${loss * 100} % for ${LOSS_MS / MINUTE_MS} minutes, no censor`
    console.log(`${what}: alerts by didbon ${says(ours)}, by blackbox ${says(theirs)}`)
  }
  if (early > 0) console.log(`${early} messages before anything happened`)
  console.log(
    `at least ${TIMES_QUICKER} times as quick by every means: ${quick}; no alert under loss: ${silent}`,
  )
  return quick && silent && early === 0
}

if (import.meta.main) process.exitCode = (await benchAlerting()) ? 0 : 1
