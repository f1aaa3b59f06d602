/** A trigger event as it is seen outside: the form the files have, and its life in the record. */
import { z } from 'zod'
import { EVENT_KINDS, EVENT_ROLES, type TriggerEvent } from '../../model/event.ts'
import type { AuditEntry, KeptEvent } from '../../model/history.ts'
import { isoOf } from '../iso.ts'
import { confidence, dating, moment, showDating, sources, type Shown } from './shown.ts'

const event = {
  id: z.string(),
  title: z.string(),
  kind: z.enum(EVENT_KINDS),
  role: z.enum(EVENT_ROLES),
  at: dating(),
  lastedUntil: z.string().nullable(),
  timeZone: z.string(),
  scheduled: z.boolean(),
  country: z.string(),
  regions: z.array(z.string()),
  services: z.array(z.string()),
  otherTargets: z.array(z.string()),
  confidence: confidence(),
  sources: sources(),
  notes: z.string().nullable(),
}

const kept = {
  addedBy: z.string().describe('file:…, cli:… or token:…'),
  retracted: moment().nullable().describe('null: not retracted'),
}

export const eventRow = z.strictObject({ ...event, ...kept }).meta({ id: 'Event' })

export const eventDetail = z
  .strictObject({
    ...event,
    ...kept,
    audit: z.array(
      z.strictObject({
        id: z.int(),
        at: moment(),
        by: z.string(),
        action: z.enum(['added', 'changed', 'retracted', 'restored']),
        before: z.strictObject(event).nullable(),
        after: z.strictObject(event).nullable(),
      }),
    ),
  })
  .meta({ id: 'EventWithAudit' })

/** Keys a reader gets and a writer may send back; they are not the writer's to set. */
export const READ_ONLY_KEYS = [...Object.keys(kept), 'audit']

export function showEvent({ event, addedBy, retractedAt }: KeptEvent): Shown<typeof eventRow> {
  return { ...showFacts(event), addedBy, retracted: isoOf(retractedAt) }
}

export function showEventDetail(
  kept: KeptEvent & { readonly audit: readonly AuditEntry[] },
): Shown<typeof eventDetail> {
  return {
    ...showEvent(kept),
    audit: kept.audit.map(({ id, at, by, action, before, after }) => ({
      id,
      at: isoOf(at),
      by,
      action,
      before: before === null ? null : showFacts(before),
      after: after === null ? null : showFacts(after),
    })),
  }
}

function showFacts(event: TriggerEvent) {
  return { ...event, at: showDating(event.at) }
}
