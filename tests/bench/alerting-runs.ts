/** What is done to the networks in the alerting bench, and which alerts come of it. */
import { setTimeout as pause } from 'node:timers/promises'
import type { CensorRule } from '../../src/lab/censor.ts'
import type { Inbox, Notification, Received } from '../chain/webhook.ts'
import { HOSTS, type Lane, SERVICES, type ServiceId } from './alerting-setting.ts'

const MINUTE_MS = 60_000
const LOSS_MS = 10 * MINUTE_MS
/** What was lost at the end of a stretch may still become an alert. */
const AFTER_LOSS_MS = 2 * MINUTE_MS
const TOLD_WITHIN_MS = 4 * MINUTE_MS
const SETTLE_MS = 35_000
const RANDOM_MS = 30_000
const ROUNDS = 4
/** That this machine is too busy is true or not, whatever the networks lose. */
const OF_THE_MACHINE = /^(Prober|Clock|Store|Disk)/

const MECHANISMS: Readonly<Record<string, (host: string) => CensorRule>> = {
  'dns.nxdomain': (host) => ({ layer: 'dns', names: [host], action: 'nxdomain' }),
  'tcp.refused': (host) => ({ layer: 'tcp', to: [host], action: 'refuse' }),
  'tls.sni-reset': (host) => ({ layer: 'tls', names: [host], action: 'reset' }),
  'tcp.timeout': (host) => ({ layer: 'tcp', to: [host], action: 'drop' }),
}

export interface Told {
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
export async function censored(lane: Lane, inbox: Inbox, shift: number): Promise<Told[]> {
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
          (received) =>
            received.at >= sinceAt &&
            isTheirs(received) === theirs &&
            alertsOf(received).some(about(lane, service, status, name)),
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
    (received) =>
      received.at >= since &&
      !isTheirs(received) &&
      alertsOf(received).some(about(lane, service, 'firing', /^ServiceBlocked$/)),
  )
  return said === undefined ? null : (said.at - since) / 1000
}

export interface Alerts {
  readonly ours: readonly string[]
  /** ours too, about the machine the bench runs on */
  readonly machine: readonly string[]
  readonly theirs: readonly string[]
}

/** Ten minutes without a censor, with loss. @returns alerts that were sent meanwhile, by name */
export async function lossy(lanes: readonly Lane[], inbox: Inbox, loss: number): Promise<Alerts> {
  await pause(SETTLE_MS)
  const since = inbox.received.length
  for (const { network } of lanes) network.set({ loss })
  await pause(LOSS_MS)
  for (const { network } of lanes) network.set({ loss: 0 })
  await pause(AFTER_LOSS_MS)
  const sent = inbox.received.slice(since)
  const fired = (theirs: boolean): string[] => {
    const alerts = sent.filter((received) => isTheirs(received) === theirs).flatMap(alertsOf)
    return [...new Set(alerts.filter(({ status }) => status === 'firing').map(nameOf))]
  }
  const ours = fired(false)
  return {
    ours: ours.filter((alert) => !OF_THE_MACHINE.test(alert)),
    machine: ours.filter((alert) => OF_THE_MACHINE.test(alert)),
    theirs: fired(true),
  }
}

function nameOf({ labels }: Alert): string {
  return [labels['alertname'], labels['service'], labels['vantage']].filter(Boolean).join(' ')
}

/** Columns of seconds. */
export function line(seconds: readonly (number | null)[]): string {
  return seconds.map((second) => (second === null ? '-' : second.toFixed(1)).padStart(9)).join('')
}
