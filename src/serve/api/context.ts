/** What the routes are built on: Fastify with zod schemas, and what they are given. */
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { z } from 'zod'
import type { TriggerEvent } from '../../model/event.ts'
import type { History } from '../../model/history.ts'
import type { ServiceStatus } from '../../model/outage.ts'
import type { Service } from '../../model/service.ts'
import type { Health } from '../../model/vantage.ts'

export type Api = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>

export interface VantageStatus {
  readonly id: string
  readonly role: 'probe' | 'control'
  readonly country: string
  readonly asn: number | null
  readonly isp: string | null
  readonly city: string | null
  readonly health: Health
  /** ids of its canaries that are themselves blocked there */
  readonly blockedCanaries: readonly string[]
}

/** The current state. */
export interface Live {
  readonly status: () => readonly ServiceStatus[]
  readonly vantages: () => readonly VantageStatus[]
  /** services on heightened watch, and until when (Unix ms) */
  readonly heightened: () => ReadonlyMap<string, number>
  readonly now: () => number
}

/** The part of the record that the API writes to. */
export interface EventRecord {
  /** `taken`: its id was used before, and nothing was written */
  readonly addEvent: (event: TriggerEvent, by: string) => 'added' | 'taken'
  readonly putEvent: (event: TriggerEvent, by: string) => 'added' | 'changed' | 'unchanged'
  /** @throws AppError not_found */
  readonly retractEvent: (id: string, by: string) => void
  readonly tokens: {
    /** @param hash SHA-256 of the token, hex; compared in constant time */
    readonly find: (hash: string) => { readonly name: string } | null
  }
}

/** The record and what may be done with it. */
export interface RecordAccess {
  readonly history: History
  readonly record: EventRecord
  /** one event as files write it */
  readonly eventSchema: z.ZodType<TriggerEvent>
  readonly services: () => readonly Service[]
  /** tokens besides those of the record; SHA-256, hex */
  readonly tokens: readonly { readonly name: string; readonly sha256: string }[]
  /** `token`: reading takes a bearer token too */
  readonly reads: 'open' | 'token'
  /** writes, refused ones too, from one address */
  readonly writesPerMinute: number
}
