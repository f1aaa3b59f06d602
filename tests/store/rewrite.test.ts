import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { openStoreReadOnly } from '../../src/store/reader.ts'
import { type Rewriting, rewrite } from '../../src/store/rewrite.ts'
import { aStore, connect } from './given.ts'
import { aMeasurement, anOutage, FINE, opened, RESET, saved, T0 } from './nouns.ts'
import { aRecord } from './record-nouns.ts'

const NOTHING: Rewriting = {
  drop: [],
  put: [],
  verdicts: [],
  strips: { fromAt: T0, of: [], changes: [] },
  ticks: null,
  incidents: { incidents: [], changes: [] },
  detectors: {},
  audit: { by: 'cli:ann', body: '{}' },
}

async function given(): Promise<string> {
  const store = await aStore()
  store.save(saved(aMeasurement(1), { verdict: RESET, changes: [opened(anOutage())] }))
  store.save(saved(aMeasurement(2), { verdict: RESET, detector: { vantage: 'babilon', state: '{"n":1}' } }))
  store.close()
  const record = await aRecord({ path: store.path })
  const at = (n: number) => ({
    service: 'facebook',
    vantage: 'babilon',
    at: T0 + n,
    mechanism: null,
    ref: null,
  })
  record.saveStates([
    { ...at(-5000), state: 'ok' },
    { ...at(0), state: 'unreachable' },
    { ...at(9000), state: 'ok' },
  ])
  record.close()
  return store.path
}

async function all(path: string) {
  const reader = openStoreReadOnly(path)
  try {
    return {
      outages: await reader.outages({}),
      states: (await reader.states({ since: 0, until: T0 * 2 }))[0]!.changes.map(({ at, state }) => [
        at - T0,
        state,
      ]),
      counts: (await reader.counts({ since: 0, until: T0 * 2 })).map(({ rule, n }) => [rule, n]),
      detector: await reader.loadDetector(),
      audit: connect(path).prepare('select by_whom, body from replay_audit').all(),
    }
  } finally {
    reader.close()
  }
}

test('outages, verdicts with their counts, strips and state -> replaced together, with a note of who and what', async () => {
  const path = await given()
  const put = anOutage({ id: 'other', cause: 'blocked' })
  rewrite(
    path,
    {
      ...NOTHING,
      drop: [anOutage().id],
      put: [put],
      verdicts: [{ seq: 1, verdict: FINE }],
      strips: {
        fromAt: T0,
        of: [{ service: 'facebook', vantage: 'babilon' }],
        changes: [
          {
            service: 'facebook',
            vantage: 'babilon',
            at: T0 + 1,
            state: 'blocked',
            mechanism: null,
            ref: 'other',
          },
        ],
      },
      detectors: { babilon: '{"n":2}' },
      audit: { by: 'cli:ann', body: '{"why":"better rules"}' },
    },
    T0,
  )
  const { counts, ...rest } = await all(path)
  expect(rest).toEqual({
    outages: [put],
    states: [
      [-5000, 'ok'],
      [1, 'blocked'],
    ],
    detector: { babilon: '{"n":2}' },
    audit: [{ by_whom: 'cli:ann', body: '{"why":"better rules"}' }],
  })
  expect(Object.fromEntries(counts)).toEqual({ [FINE.rule]: 1, [RESET.rule]: 1 })
})

test('something in it cannot be written -> nothing of it is', async () => {
  const path = await given()
  const before = await all(path)
  const broken = { ...NOTHING, drop: [anOutage().id], put: [anOutage({ id: 'new', evidence: ['no id'] })] }
  expect(() => rewrite(path, broken, T0)).toThrow('not a UUID')
  expect(await all(path)).toEqual(before)
})

test('a daemon holds the store -> store_locked, nothing changed; the lock is given back', async () => {
  const store = await aStore()
  expect(() => rewrite(store.path, NOTHING, T0)).toThrow(expect.objectContaining({ code: 'store_locked' }))
  store.close()
  rewrite(store.path, NOTHING, T0)
  rewrite(store.path, NOTHING, T0)
})

test('ticks -> those after a row and a tick are replaced, earlier ones stay', async () => {
  const path = await given()
  const ticks = () => {
    const db = new Database(path, { readonly: true })
    const rows = db.prepare('select seq, at from tick order by id').all()
    db.close()
    return rows
  }
  const kept = { seq: 1, at: T0 + 1 }
  rewrite(
    path,
    { ...NOTHING, ticks: { after: { seq: 0, tickId: 0 }, of: [kept, { seq: 2, at: T0 + 2 }] } },
    T0,
  )
  rewrite(path, NOTHING, T0)
  expect(ticks()).toEqual([kept, { seq: 2, at: T0 + 2 }])
  rewrite(path, { ...NOTHING, ticks: { after: { seq: 1, tickId: 1 }, of: [{ seq: 2, at: T0 + 9 }] } }, T0)
  expect(ticks()).toEqual([kept, { seq: 2, at: T0 + 9 }])
})
