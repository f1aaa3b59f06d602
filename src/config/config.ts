/** What a configuration is once it is read and found sound: plain frozen data, in the nouns of model/ where there are any. */
import type { z } from 'zod'
import type { Canary, Service } from '../model/service.ts'
import type { Vantage } from '../model/vantage.ts'
import type { QuicSettings } from '../model/probe-settings.ts'
import type { replayDetectSchema } from './detect-schema.ts'
import type { FileShape } from './schema.ts'

export interface Config {
  /** didbon.yaml, services.yaml, and every secret and certificate file read with them */
  readonly files: readonly string[]
  readonly services: readonly Service[]
  readonly canaries: readonly Canary[]
  readonly vantages: readonly Vantage[]
  readonly schedule: ScheduleConfig
  readonly probe: ProbeConfig
  readonly diagnose: Readonly<FileShape['diagnose']>
  readonly throughput: Readonly<FileShape['throughput']>
  /** only what was set; the rest is detect/'s own default */
  readonly detect: DetectConfig
  /** the same for detect/'s grouping of outages, and for correlate/ */
  readonly incidents: OnlySet<FileShape['incidents']>
  readonly correlate: OnlySet<FileShape['correlate']>
  readonly record: RecordConfig
  readonly store: Readonly<FileShape['store']>
  readonly serve: Readonly<FileShape['serve']>
  readonly log: Readonly<FileShape['log']>
}

/** When something is looked at: cron expressions and the time zone they are read in. */
export interface Times {
  readonly heartbeat: string
  readonly full: string
  /** `null` = never */
  readonly throughput: string | null
  readonly timezone: string
}

export interface ScheduleConfig extends Times {
  readonly canary: string
  /** a round is spread over its period, but over no more than this */
  readonly jitterMs: number
  readonly maxInFlight: number
  readonly heightened: string
  readonly heightenedHours: number
  readonly suspectAfterMs: number
  readonly confirmAfterMs: readonly number[]
  /** what differs, by service id */
  readonly services: Readonly<Record<string, Partial<Times>>>
  /** what differs, by vantage id */
  readonly vantages: Readonly<Record<string, Partial<Times>>>
}

/** Where the documented record is. */
export interface RecordConfig {
  readonly events: string
  readonly reports: string
  /** changes whenever either file does */
  readonly print: string
}

export interface ProbeConfig extends Readonly<Omit<FileShape['probe'], 'extraCaFiles' | 'quic'>> {
  /** PEM, besides the bundled roots */
  readonly extraCa: readonly string[]
  /** CIDR ranges that count as public whatever the registries say */
  readonly publicPrefixes: readonly string[]
  /** `null` = HTTP/3 is not tried */
  readonly quic: QuicSettings | null
}

/** The numbers of a section that were set. */
type OnlySet<Section> = { readonly [K in keyof Section]?: number }
/** The configuration sets some of them, a file of `replay --rules` any. */
export type DetectConfig = OnlySet<z.infer<typeof replayDetectSchema>>

/**
 * When one service is looked at from one vantage. What a vantage sets is stronger than what a service sets: a slow or paid
 * link must not be overrun because one service is watched closely.
 */
export function timesOf(schedule: ScheduleConfig, service: string, vantage: string): Times {
  const { heartbeat, full, throughput, timezone } = schedule
  return {
    heartbeat,
    full,
    throughput,
    timezone,
    ...schedule.services[service],
    ...schedule.vantages[vantage],
  }
}
