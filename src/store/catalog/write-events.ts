/**
 * write-events: documented events in, each change with its line in the audit log.
 *
 * Files and people write to the same table. What a file last said of an event is kept beside it, so that a file that says the
 * same again does not undo what somebody changed by hand since.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Database } from 'better-sqlite3'
import { AppError } from '../../model/error.ts'
import type { TriggerEvent } from '../../model/event.ts'
import type { AuditEntry } from '../../model/history.ts'
import type { Tables } from '../file/schema.ts'
import { createBump } from '../file/versions.ts'

export interface EventsImported {
  readonly added: number
  readonly changed: number
  readonly unchanged: number
  /** events that stand and came from a file, which this one no longer holds; they are left as they are */
  readonly missing: readonly string[]
}

type Row = Tables['event']

const FROM_FILES = 'select id from event where imported is not null and retracted_at is null order by id'

/** @returns notes who did what to an event, and makes the record's version grow; call it inside the transaction that does it */
function openAudit(db: Database, now: () => number) {
  const bump = createBump(db)
  const note = db.prepare(
    'insert into event_audit (at, by_whom, action, event_id, before_body, after_body) values (?, ?, ?, ?, ?, ?)',
  )
  return (
    by: string,
    action: AuditEntry['action'],
    id: string,
    before: string | null,
    after: string | null,
  ): void => {
    note.run(now(), by, action, id, before, after)
    bump('record_version')
  }
}

/** Who did it, `by`, is `cli:<user>`, `token:<name>` or `file:<name>`. @param now Unix ms */
export function createEventWriter(db: Database, now: () => number) {
  const find = db.prepare<[string], Row>('select * from event where id = ?')
  const insert = db.prepare(
    'insert into event (id, body, imported, added_by, retracted_at) values (?, ?, ?, ?, null)',
  )
  const update = db.prepare('update event set body = ?, imported = ?, retracted_at = ? where id = ?')
  const fromFiles = db.prepare<[], string>(FROM_FILES).pluck()
  const audit = openAudit(db, now)

  function add(event: TriggerEvent, imported: boolean, by: string): 'added' {
    const body = JSON.stringify(event)
    insert.run(event.id, body, imported ? body : null, by)
    audit(by, 'added', event.id, null, body)
    return 'added'
  }

  /** What was retracted stays retracted: a file cannot bring it back. */
  function importOne(event: TriggerEvent, by: string): 'added' | 'changed' | 'unchanged' {
    const row = find.get(event.id)
    if (row === undefined) return add(event, true, by)
    if (row.imported !== null && same(row.imported, event)) return 'unchanged'
    const body = JSON.stringify(event)
    if (same(row.body, event)) {
      update.run(row.body, body, row.retracted_at, event.id)
      return 'unchanged'
    }
    update.run(body, body, row.retracted_at, event.id)
    audit(by, 'changed', event.id, row.body, body)
    return 'changed'
  }

  /** Those that stand and came from a file, and are not among the ids that it holds now. */
  function missingFrom(held: readonly string[]): readonly string[] {
    const ids = new Set(held)
    return fromFiles.all().filter((id) => !ids.has(id))
  }

  const importAll = db.transaction((events: readonly TriggerEvent[], by: string): EventsImported => {
    const tally = { added: 0, changed: 0, unchanged: 0 }
    for (const event of events) tally[importOne(event, by)] += 1
    return { ...tally, missing: missingFrom(events.map(({ id }) => id)) }
  })
  const addNew = db.transaction((event: TriggerEvent, by: string) =>
    find.get(event.id) === undefined ? add(event, false, by) : 'taken',
  )
  const put = db.transaction((event: TriggerEvent, by: string) => {
    const row = find.get(event.id)
    if (row === undefined) return add(event, false, by)
    const restored = row.retracted_at !== null
    if (!restored && same(row.body, event)) return 'unchanged'
    const body = JSON.stringify(event)
    update.run(body, row.imported, null, event.id)
    audit(by, restored ? 'restored' : 'changed', event.id, restored ? null : row.body, body)
    return 'changed'
  })
  const retract = db.transaction((id: string, by: string) => {
    const row = find.get(id)
    if (row === undefined || row.retracted_at !== null) {
      throw new AppError(
        'not_found',
        `There is no event ${id}${row === undefined ? '' : ' that stands: it was retracted before'}.`,
      )
    }
    update.run(row.body, row.imported, now(), id)
    audit(by, 'retracted', id, row.body, null)
  })
  return {
    /** Takes a file's events over; the same file again changes nothing, nor does it undo what was changed by hand. */
    importEvents: (events: readonly TriggerEvent[], by: string): EventsImported =>
      importAll.immediate(events, by),
    /** Adds an event whose id was never used; `taken` = there is one, standing or retracted, and nothing was written. */
    addEvent: (event: TriggerEvent, by: string) => addNew.immediate(event, by),
    /** Adds or changes an event, or brings a retracted one back. */
    putEvent: (event: TriggerEvent, by: string) => put.immediate(event, by),
    /** @throws AppError not_found when no such event stands */
    retractEvent: (id: string, by: string): void => retract.immediate(id, by),
    missingFrom,
  }
}

function same(body: string, event: TriggerEvent): boolean {
  return isDeepStrictEqual(JSON.parse(body), JSON.parse(JSON.stringify(event)))
}
