import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { aPath, aStore, connect, scanned } from './given.ts'

const WRITER = fileURLToPath(new URL('crash-writer.ts', import.meta.url))

/** Kills a writer at some moment of its work. @returns ids it had announced as committed, over all its lives */
async function writeAndKill(path: string, first: number, afterMs: number): Promise<string[]> {
  const heard = `${path}.heard`
  const child = fork(WRITER, [path, heard, String(first)], { execArgv: [] })
  await once(child, 'message', { signal: AbortSignal.timeout(15_000) })
  await wait(afterMs) // the moment of the power cut, not a wait for something to happen
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
  return readFileSync(heard, 'utf8').split('\n').slice(0, -1)
}

test('killed at six moments -> all that was announced is there once, in order, with its outage, incident and states; the file is sound', async () => {
  const path = aPath()
  const moments = Array.from({ length: 6 }, (_, i) => 5 + ((i * 47) % 90))
  let stored = 0
  for (const afterMs of moments) {
    const announced = await writeAndKill(path, stored, afterMs)
    const store = await aStore({ path })
    expect(store.opened.found).toMatchObject({ kind: 'ours', integrityMs: expect.any(Number) })
    const rows = scanned(store.path)
    const ids = rows.map(({ id }) => id)
    const there = new Set(ids)
    expect(there.size, 'nothing doubled').toBe(ids.length)
    expect(
      announced.filter((id) => !there.has(id)),
      'nothing announced is missing',
    ).toEqual([])
    expect(ids, 'in the order they were saved').toEqual(ids.toSorted())
    expect(
      rows.filter(({ verdict, measurement }) => verdict?.outcome !== 'ok' && measurement === null),
    ).toEqual([])

    const last = rows.length - 1
    expect(await store.loadDetector(), 'the state that goes with the last row').toEqual({
      babilon: `{"n":${last}}`,
    })
    const outages = await store.outages({})
    const fiftieths = Array.from({ length: Math.floor(last / 50) + 1 }, (_, i) => i * 50)
    expect(outages.map(({ id }) => id).toSorted(), 'one outage for every fiftieth row').toEqual(
      fiftieths.map((n) => `outage-${n}`).toSorted(),
    )
    const incidents = await store.incidents({ order: 'oldest' })
    expect(incidents.flatMap(({ incident }) => incident.members).toSorted(), 'and its incident').toEqual(
      fiftieths.map((n) => `outage-${n}`).toSorted(),
    )
    const [strip] = await store.states({ since: 0, until: Number.MAX_SAFE_INTEGER })
    expect(
      strip!.changes.map(({ ref }) => ref),
      'and its change of state',
    ).toEqual(fiftieths.map((n) => `outage-${n}`))
    expect(store.stats().measurements).toBe(rows.length)
    const db = connect(path)
    expect(db.prepare('select sum(n) from cell').pluck().get()).toBe(rows.length)
    expect(db.prepare('select incident_id from incident_change order by id').pluck().all()).toEqual(
      fiftieths.map((n) => `incident-${n}`),
    )
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok')
    expect(db.pragma('foreign_key_check')).toEqual([])
    db.close()
    expect(rows.length).toBeGreaterThan(stored)
    stored = rows.length
    store.close()
  }
}, 60_000)
