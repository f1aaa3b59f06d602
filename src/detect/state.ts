/**
 * state: everything detect/ remembers, as plain data: one value a vantage, saved with the measurement that changed it.
 *
 * A fold of a measurement or of a canary changes the part of that measurement's vantage and no other, so the store saves only that part.
 * Every shape that is saved stands in this file. To change one, see saved-state.ts.
 *
 * Unix ms throughout; `null` = has not happened.
 */
import type { CanaryAnswer } from '../model/judged-measurement.ts'
import type { Layer } from '../model/measurement.ts'
import type { Outage } from '../model/outage.ts'
import type { QuicStanding } from '../model/quic.ts'
import type { Rates } from '../model/rates.ts'
import type { Health } from '../model/vantage.ts'
import type { Mechanism } from '../model/verdict.ts'

export interface Detector {
  vantages: Record<string, VantageState>
}

export interface VantageState {
  health: Health
  /** end of the canary measurement that last brought it online: looks begun before may have failed for its sake */
  onlineAt: number | null
  /** when it stopped being online: start of the last international answer, end of the measurement that was not one */
  lostAfterAt: number | null
  lostBeforeAt: number | null
  /** start of the last international canary look that was answered, and of the last that was not */
  answeredAt: number | null
  unansweredAt: number | null
  line: LineState
  canaries: Record<string, CanaryState>
  /** end of the last diagnosis in which the neutral servers failed alike, unless a later one found them well */
  groundlessAt: number | null
  /** by canary and service, how looks came out in the last minutes */
  strays: Record<string, StrayCounts>
  /** the open or last outage of the vantage itself */
  outage: Outage | null
  services: Record<string, ServiceState>
  endpoints: Record<string, EndpointState>
  /** by endpoint, those whose bytes are timed */
  speeds: Record<string, SpeedState>
  /** by endpoint, those reached over one family and not over the other */
  families: Record<string, FamilyState>
  /** by endpoint, the addresses that the resolver gave and that proved good, and when last; Unix ms */
  served: Record<string, Record<string, number>>
  /** by endpoint, after how many bytes the latest pages stopped, the last one first; none since one came whole */
  cuts: Record<string, number[]>
  /** by endpoint, those of which a measurement could say how HTTP/3 stands */
  quic: Record<string, QuicState>
}

/** What looks at anything say of the line they all share, see line.ts. */
export interface LineState {
  /** starts of the latest looks that were done without a retry, and of those that took one or were not answered, as they ended */
  calm: number[]
  rough: number[]
  /** until when looks that nothing answered were still tried, where nothing says that the line was well meanwhile */
  lostAt: number | null
}

/** How the looks at one canary or service came out lately, see strays.ts. */
export interface StrayCounts {
  /** end of the last look counted */
  at: number
  /** over minutes, and over the last one */
  slow: StrayCount
  fast: StrayCount
  /** failures since the last fine look, and those of them that were answered */
  run: number
  runActive: number
}

/** Looks, fading, the failures among them that fine looks followed, and those of these that were answered. */
export interface StrayCount {
  looks: number
  failed: number
  active: number
}

export interface CanaryState {
  answered: Exclude<CanaryAnswer, 'unknown'>
  /** it has answered from here, ever */
  proven: boolean
  /** what failed was HTTP: only a measurement that gets that far can say it is fine again */
  needsHttp: boolean
  /** end of the first of the measurements in a row that were fine, or were not */
  sinceAt: number
  /** looks in a row without an answer, none beginning before the one counted last had ended */
  unanswered: number
  /** of the last measurement counted */
  startedAt: number
  endedAt: number
}

/** One service from one vantage. */
export interface ServiceState {
  /** the open outage, or the last one */
  outage: Outage | null
  /** what speaks for and against interference, from the first doubt to the end of the outage */
  case: CauseEvidence | null
  fineSinceAt: number | null
  /** end of the last probe of a primary endpoint that could be judged */
  lastLookAt: number | null
  /** when more measurements were last asked for */
  askedAt: number | null
}

/** Everything that speaks about the cause, see cause.ts. */
export interface CauseEvidence {
  strong: number
  weak: number
  /** what looks hit between fine ones say, see intermittent-block.ts, and how many were fine */
  leak: number
  spared: number
  /** looks that fail here and not for the control: in all, and in a row */
  anomalies: number
  anomaliesInRow: number
  /** looks in a row that fail for the control too, otherwise than what was proved explains, and when the first of them began */
  downsInRow: number
  downsSinceAt: number | null
  /** looks since it was opened, and those that failed with an answer */
  looks: number
  active: number
  /** nats of a diagnosis that found the address at fault, where the control connects to that very address */
  address: number
  /** a diagnosis found that its address falls silent whatever the name: then silence says nothing by lasting */
  nameless: boolean
  /** first and last start of the measurements of an unbroken stretch of anomalies, the first moved up by gaps; `null` = broken */
  stretchFrom: number | null
  stretchTo: number | null
  /** start of the last fine look at any primary endpoint since the case was opened */
  fineAt: number | null
  /** start of the last look that failed otherwise than in silence */
  activeAt: number | null
  /** weight of each mechanism seen so far */
  mechanisms: Partial<Record<Mechanism, number>>
  /** looks in a row by one mechanism */
  lately: { mechanism: Mechanism; looks: number } | null
  /** absent: no diagnosis proved anything */
  diagnosed?: Diagnosed
  /** ids of the first measurements that were not fine */
  evidence: string[]
}

/** What the last diagnosis that found anything proved. */
export interface Diagnosed {
  readonly mechanism: Mechanism
  /** one sentence: what the failure follows */
  readonly reason: string
  /** what the measurements said at that time; as long as they say nothing else, the diagnosis knows better */
  readonly inPlaceOf: Mechanism | null
}

/** One endpoint from one vantage, see reach.ts. */
export interface EndpointState {
  /** nats for gone against reachable, from 0 to the threshold */
  score: number
  out: boolean
  /** when the newest look counted so far began, and whether it was fine */
  newestAt: number
  newestFine: boolean
  /** the same of those that got as far as HTTP: only they answer one that failed there */
  newestHttpAt: number
  newestHttpFine: boolean
  /** start of the last fine measurement, and of the last that was not */
  fineAt: number | null
  failedAt: number | null
  /** end of the first measurement that was not fine since the last that was, and the other way round */
  firstFailedAt: number | null
  firstFineAt: number | null
  /** end of the measurement that put it out */
  outAt: number | null
  /** HTTP itself is failing: only a measurement that gets that far can say it is fine again */
  needsHttp: boolean
  /** mechanism of the last measurement that was not fine */
  mechanism: Mechanism | null
  /** base rates of looks up to TLS, and of those that went on to HTTP */
  memory: Memory
  httpMemory: Memory
  /** whether a censor hits some of the measurements */
  leak: IntermittentBlock
  /** failures seen while in doubt: kept aside until it is known whether they were faults of a path that stands */
  aside: string[]
}

/** Measurements and failures, each fading, see memory.ts. */
export interface Memory {
  /** of the last measurement remembered */
  at: number
  looks: Faded
  failures: Record<string, Faded>
}

export type Faded = [slow: number, middle: number, fast: number]

/** Whether some measurements are hit and others spared, see intermittent-block.ts. */
export interface IntermittentBlock {
  /** nats, from 0 to the threshold */
  telling: number
  quiet: number
  /** nats of telling measurements since it holds: what they say about the cause */
  sure: number
  /** the same of silence after the hello */
  helloSure: number
  /** the same of quiet ones, seen while all else at the vantage was fine */
  quietSure: number
  /** nats that the measurements spared were as quick as where no packet is lost */
  unhurried: number
  /** since either test last left 0: silent looks, by the step at which they fell silent */
  silentAt: Partial<Record<Layer, number>>
  /** the same: looks that failed, fine ones before the last of those, and fine ones since */
  failed: number
  spared: number
  fineInRow: number
  /** one of the tests went over its threshold, and they are not both back */
  holds: boolean
  /** it is HTTP that is hit: only a measurement that gets that far can be spared */
  http: boolean
  /** the last fine measurement before the first that failed, and the end of that one */
  fineAt: number | null
  failedAt: number | null
}

/** An endpoint that is reached, and fails over one family, see families.ts. */
export interface FamilyState {
  family: 'ipv4' | 'ipv6'
  /** nats for blocked over it against a lossy path, from 0 to the threshold */
  score: number
  mechanism: Mechanism | null
  /** when it was first known; `null` = it is not */
  sinceAt: number | null
}

/** HTTP/3 at one endpoint from one vantage, see quic.ts. */
export interface QuicState {
  /** nats for interference against a lossy path, from 0 to the threshold */
  score: number
  shown: Exclude<QuicStanding, 'insufficient'> | null
  /** end of the measurement that showed it */
  sinceAt: number | null
  /** end of the newest look that could say */
  lastAt: number
}

/** The transfers of one endpoint from one vantage, see speed.ts. */
export interface SpeedState {
  /** nats for throttled against not, from 0 to the threshold */
  score: number
  slow: boolean
  /** looks since it was last in no doubt in which one server was slow under its name alone */
  named: number
  /** confirmations asked for since the doubt began */
  asked: number
  /** start of the newest look counted, and the end of the newest that gave a rate */
  newestAt: number
  ratedAt: number
  /** start of the last measurement that was not slow, and of the last that was */
  fineAt: number | null
  slowAt: number | null
  /** end of the first slow measurement since the last that was not, and the other way round */
  firstSlowAt: number | null
  firstFineAt: number | null
  /** what came when it was slow, bytes per second */
  slowRate: number | null
  baseline: Baseline
  /** the newest look that gave a rate, for people and metrics */
  last: { readonly rates: Rates; readonly compared: Compared } | null
  /** ids of the measurements that were slow since the doubt began */
  evidence: string[]
}

/** How the service's speed compares; `null` = there was nothing to compare with. */
export interface Compared {
  readonly neutral: number | null
  readonly control: number | null
  readonly baseline: number | null
}

/** How fast bytes usually come, as the log of bytes per second, see baseline.ts. */
export interface Baseline {
  /** by hour of day, `0` to `23`: `[day, median]`, the oldest first */
  hours: Record<string, [day: number, median: number][]>
  /** the hour under way, counted from the epoch, and what was seen in it */
  openHour: number
  open: number[]
}
