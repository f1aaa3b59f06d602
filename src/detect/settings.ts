/**
 * What detect/ decides by. Every duration ends in `Ms`, so that a demo can run the same decisions faster (`scaleTime`).
 */
import type { CanaryGroup, EndpointRole } from '../model/service.ts'
import type { Verdict } from '../model/verdict.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../model/time.ts'

/** What is watched now. Of whatever else the detector remembers no outage stays open, and the status leaves it out. */
export interface Watch {
  readonly services: readonly {
    readonly id: string
    /** those in force */
    readonly endpoints: readonly { readonly id: string; readonly role: EndpointRole }[]
  }[]
  /** probe vantages; canaries of any other vantage give its health but never an outage */
  readonly vantages: readonly { readonly id: string; readonly country: string }[]
  readonly canaries: readonly {
    readonly id: string
    readonly group: CanaryGroup
    /** asked over TLS, as services are; absent = in cleartext, or not known */
    readonly secure?: boolean
    /** counts for a vantage once it has answered there */
    readonly optional?: boolean
  }[]
  /** how often an endpoint is looked at when all is well */
  readonly roundMs: number
  /** how often one service is from one vantage; absent = `roundMs` everywhere */
  readonly roundMsOf?: (service: string, vantage: string) => number
  /** how often canaries are; absent = `roundMs` */
  readonly canaryRoundMs?: number
}

export interface DetectSettings {
  /** chance that an endpoint which can be reached is called out */
  readonly alpha: number
  /** chance that one which is gone is not */
  readonly beta: number
  /** chance of a fine probe of an endpoint that is gone: censors leak */
  readonly leakChance: number
  /** share of the measurements a leaky censor hits at least, by means that are telling; and share of measurements that strays fail so at most */
  readonly leakShare: number
  readonly strayChance: number
  /** how long strays elsewhere at the vantage are remembered, and how long by the memory that notices when they begin */
  readonly strayMemoryMs: number
  readonly fastStrayMemoryMs: number
  /** so many strays elsewhere at least: one alone is an accident */
  readonly leastStrayLooks: number
  /** the chance at which a row of them is no longer taken for one */
  readonly strayDownChance: number
  /** the same for silence, which loss makes too */
  readonly quietLeakShare: number
  readonly quietStrayChance: number
  /** share of the measurements that are done without a retry: of those a censor spares at least, of those a lossy path spares at most */
  readonly quickShare: number
  readonly lossyQuickShare: number
  /** chance of an unanswered look at an endpoint that can be reached, before anything was learned */
  readonly silentChance: number
  /** the same for a measurement that was answered with a failure */
  readonly answeredChance: number
  /** how long the slow memory of failures reaches back */
  readonly slowMemoryMs: number
  /** how many measurements the middle memory reaches back */
  readonly middleMemoryLooks: number
  /** how many measurements the prior of the slow and the middle memory is worth */
  readonly slowPriorLooks: number
  /** how many measurements the fast memory reaches back */
  readonly fastMemoryLooks: number
  readonly fastPriorLooks: number
  /** mean length of a burst of loss on a line */
  readonly burstMeanMs: number
  /** in a burst, looks that try for so much longer are lost e times less often */
  readonly burstTryMs: number
  /** an endpoint out for less than this may have been a burst of loss, and is remembered as one */
  readonly burstMs: number

  /** mean length of a fault on the path to one service (cause.ts has the shape) */
  readonly faultMeanMs: number
  /** how often one vantage has such a fault, whichever service it hits */
  readonly faultEveryMs: number
  /** how often, at most, one vantage may call such a fault `blocked` */
  readonly falseBlockedEveryMs: number
  /** chance that what blocks a service takes a given other service, or network, in the same minute */
  readonly togetherChance: number
  /** onsets further apart than this did not happen together */
  readonly togetherWithinMs: number
  /** how long silence of one of several services of a vantage must last before their going together says anything */
  readonly togetherAfterMs: number
  /** a verdict that weighs less than this says what faults say too: like silence, it counts once */
  readonly strongNats: number
  /** how many times likelier a failure is where the same one was seen a moment before: faults come in bursts */
  readonly burstFactor: number
  /** nats of a diagnosis that finds the address at fault while neutral servers and the control are fine: of the faults of a path one in so many leaves all others well */
  readonly addressNats: number
  /** looks in a row at which the control fails too before the cause is `down` */
  readonly downLooks: number
  /** the same to take `blocked` back */
  readonly downLooksWhenBlocked: number
  /** how long the control must fail otherwise than what was proved explains, before the proof no longer holds */
  readonly proofHoldsMs: number
  /** how long it is believed that the neutral servers of a diagnosis fail alike */
  readonly groundlessMs: number
  /** looks in a row by another mechanism before the outage's is corrected */
  readonly mechanismLooks: number
  /** the same of one kind of silence after another */
  readonly silentMechanismLooks: number
  /** silence for so long after something that answered is its echo, and no mechanism of its own */
  readonly echoMs: number

  /** nats one slow transfer adds at most, while it is not shown that the name is at fault */
  readonly slowLookNats: number
  /** how long bytes must come slowly, while it is not shown that the name is at fault */
  readonly throttledAfterMs: number
  /** a transfer longer ago than this says nothing of now */
  readonly speedStaleMs: number

  /** an outage that returns within this is the same outage */
  readonly reopenMs: number
  /** rounds without a measurement before the state is `insufficient` */
  readonly gapRounds: number
  /** international canaries that must answer, of those configured */
  readonly internationalQuorum: number
  readonly domesticQuorum: number
  /** looks in a row at which a canary must fail before the vantage is said to be cut off */
  readonly canaryLooks: number
  /** how long before a doubt that lasts asks for more looks again */
  readonly suspectAgainMs: number
}

/** What holds unless configured otherwise; tests/bench/detection.ts prints what it achieves. */
export const DEFAULTS: DetectSettings = {
  alpha: 1e-5,
  beta: 1e-2,
  leakChance: 0.01,
  // 0.4 against 0.1: half of the measurements hit is found in some 25 of them, a front that resets one handshake in 30 is never taken for it
  leakShare: 0.4,
  strayChance: 0.1,
  strayMemoryMs: 10 * MINUTE_MS,
  fastStrayMemoryMs: MINUTE_MS,
  leastStrayLooks: 2,
  strayDownChance: 1e-3,
  // a path that loses 40 % of all packets fails one measurement in five; a censor that drops every other connection, one in two
  quietLeakShare: 0.5,
  quietStrayChance: 0.3,
  // 3 % of packets lost, as in the evening, leaves nine looks in ten without a retry; 40 % leaves one in three of those that are fine
  quickShare: 0.9,
  lossyQuickShare: 0.4,
  silentChance: 0.12,
  answeredChance: 0.02,
  slowMemoryMs: DAY_MS,
  middleMemoryLooks: 200,
  slowPriorLooks: 10,
  fastMemoryLooks: 20,
  fastPriorLooks: 5,
  burstMeanMs: 5 * SECOND_MS,
  // where a third or a half of the packets is lost: a DNS query with three tries in 2 s fails with 0.2 to 0.4, four SYNs with 0.1 to 0.3
  burstTryMs: 3 * SECOND_MS,
  burstMs: 2 * MINUTE_MS,

  faultMeanMs: MINUTE_MS,
  faultEveryMs: 7 * DAY_MS,
  falseBlockedEveryMs: 3650 * DAY_MS,
  togetherChance: 0.06,
  // what another network began an hour ago says nothing of a fault of two minutes
  togetherWithinMs: 5 * MINUTE_MS,
  // a burst of loss lasts five seconds or so and takes whatever is on the line; one in 400 outlasts this
  togetherAfterMs: 30 * SECOND_MS,
  strongNats: 1.5,
  // three resets in a row decide where none was seen before; after one among 200 measurements it takes four, after two seven
  burstFactor: 40,
  // e^2.6 is one in thirteen: an address that is dropped alone is blocked within five minutes, not after nine
  addressNats: 2.6,
  downLooks: 2,
  downLooksWhenBlocked: 5,
  proofHoldsMs: 10 * MINUTE_MS,
  groundlessMs: 15 * MINUTE_MS,
  mechanismLooks: 3,
  silentMechanismLooks: 10,
  // filters that remember do so for a minute, some for three
  echoMs: 5 * MINUTE_MS,

  slowLookNats: 3,
  throttledAfterMs: 12 * HOUR_MS,
  speedStaleMs: 180 * MINUTE_MS,

  reopenMs: 10 * MINUTE_MS,
  gapRounds: 3,
  internationalQuorum: 2,
  domesticQuorum: 1,
  canaryLooks: 3,
  suspectAgainMs: 30 * SECOND_MS,
}

/** How often a service is looked at from a vantage when all is well, in ms. */
export function roundOf({ roundMs, roundMsOf }: Watch, service: string, vantage: string): number {
  return roundMsOf === undefined ? roundMs : roundMsOf(service, vantage)
}

/** How often the canaries are looked at, in ms. */
export function canaryRoundOf({ roundMs, canaryRoundMs }: Watch): number {
  return canaryRoundMs ?? roundMs
}

/** It says more than faults say: something came, and what came is not what comes where all is well. */
export function isActive({ silent, weight }: Verdict, { strongNats }: DetectSettings): boolean {
  return !silent && weight >= strongNats
}

/** Nats over which an endpoint is out; as many down again and it is back. */
export function reachThreshold({ alpha, beta }: DetectSettings): number {
  return Math.log((1 - beta) / alpha)
}

/** Nats for interference over which an outage is `blocked`: the log of how many faults there may be for one false `blocked`. */
export function causeThreshold({ falseBlockedEveryMs, faultEveryMs }: DetectSettings): number {
  return Math.log(falseBlockedEveryMs / faultEveryMs)
}

/** The same settings with every duration `factor` times as long; rates follow, decisions stay what they are. */
export function scaleTime(settings: DetectSettings, factor: number): DetectSettings {
  const scaled = Object.entries(settings).map(([key, value]: [string, number]) => [
    key,
    key.endsWith('Ms') ? value * factor : value,
  ])
  return Object.fromEntries(scaled) as DetectSettings
}
