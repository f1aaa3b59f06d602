/** versions: numbers that grow with every change, so that others can tell cheaply whether what they hold is still right. */
import type { Database } from 'better-sqlite3'

/** `record_version`: events and reports. `incident_version`: incidents. */
export type VersionKey = 'record_version' | 'incident_version'

/** @returns reads a version */
export function createVersions(db: Database): (key: VersionKey) => number {
  const read = db.prepare<[string], string>('select value from meta where key = ?').pluck()
  return (key) => Number(read.get(key) ?? 0)
}

/** @returns makes a version grow; call it inside the transaction that changes something */
export function createBump(db: Database): (key: VersionKey) => void {
  const bump = db.prepare('update meta set value = cast(cast(value as integer) + 1 as text) where key = ?')
  return (key) => {
    bump.run(key)
  }
}
