import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import type { Outage } from '../../src/model/outage.ts'
import { openStoreReadOnly } from '../../src/store/reader.ts'
import { aLab, type Running, configure, folder, serve, vantageEntry } from './lookout.ts'

const KILLS = 20

/** mulberry32: the moments of the kills are the same in every run. */
function random(seed: number): () => number {
  let a = seed
  return () => {
    a = (a + 0x6d2b79f5) | 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

function acknowledged({ lines }: Running): string[] {
  return lines.flatMap((line) => (line.msg === 'measurements committed' ? (line['ids'] as string[]) : []))
}

async function openFacebook(path: string): Promise<Outage[]> {
  const store = openStoreReadOnly(path)
  const outages = await store.outages({ service: 'facebook', vantage: 'babilon' })
  store.close()
  return outages
}

test(
  'killed 20 times at random moments -> sound, nothing acknowledged is lost or doubled, the outage goes on',
  { timeout: 240_000 },
  async () => {
    const lab = await aLab()
    const where = await folder()
    const path = join(where, 'didbon.db')
    const config = await configure(where, lab.ca, [
      vantageEntry(lab.network('babilon')),
      vantageEntry(lab.network('outside')),
    ])
    const chance = random(7)

    let running = await serve(config)
    await running.line(({ msg, ['outcome']: outcome }) => msg === 'probe finished' && outcome === 'ok')
    await lab.network('babilon').censor.add({ layer: 'dns', names: ['www.facebook.com'], action: 'nxdomain' })
    await running.line(({ msg, ['cause']: cause }) => msg.startsWith('outage') && cause === 'blocked')
    await running.end('SIGTERM')
    const [outage, ...others] = await openFacebook(path)
    expect(others).toEqual([])
    const known = new Set(acknowledged(running))

    for (let kill = 0; kill < KILLS; kill++) {
      running = await serve(config)
      // A moment that depends on what the daemon does, not on a clock: right after the n-th line it logs.
      const after = running.lines.length + 1 + Math.floor(chance() * 12)
      await running.line(() => running.lines.length >= after)
      await running.end('SIGKILL')
      for (const id of acknowledged(running)) known.add(id)

      const db = new Database(path, { readonly: true })
      expect(db.pragma('integrity_check', { simple: true })).toBe('ok')
      const ids = db
        .prepare<[], { uuid: Buffer }>('select uuid from measurement')
        .all()
        .map((row) => text(row.uuid))
      // Each row is counted in its hour, in the same transaction: what was written twice would be counted twice.
      const counted = db.prepare<[], number>('select sum(n) from cell').pluck().get()
      db.close()
      expect(counted).toBe(ids.length)
      expect([...known].filter((id) => !ids.includes(id))).toEqual([])
      const [still, ...more] = await openFacebook(path)
      expect(more).toEqual([])
      expect(still).toMatchObject({
        id: outage!.id,
        onsetAfterAt: outage!.onsetAfterAt,
        onsetBeforeAt: outage!.onsetBeforeAt,
        closedAt: null,
      })
    }
    expect(known.size).toBeGreaterThan(KILLS)
  },
)

function text(bytes: Buffer): string {
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
