import { assert, asyncProperty, constantFrom, integer, sample, record as recordOf } from 'fast-check'
import { expect, test } from 'vitest'
import { DEFAULTS } from '../../src/correlate/settings.ts'
import { openHistory } from '../../src/history/history.ts'
import { type OutageOfKind, outagesOfKinds } from '../../src/views/outages-of-kinds.ts'
import { aPath, aStore } from '../store/given.ts'
import { DAY, T0, anOutage, opened, saved } from '../store/nouns.ts'
import { UNDATED, aRecord, aReport } from '../store/record-nouns.ts'

const idOf = (outageOfKind: OutageOfKind) =>
  outageOfKind.kind === 'measured' ? outageOfKind.outage.id : outageOfKind.report.id

test('outages and reports that begin in the same moments, some on no known day -> in pages of any size the rows of one', async () => {
  const path = aPath()
  const store = await aStore({ path })
  const record = await aRecord({ path })
  const days = sample(integer({ min: -4, max: 4 }), { numRuns: 40, seed: 7 })
  const outages = days.map((n, i) =>
    anOutage({ id: `x${i % 2 === 0 ? 'a' : 'z'}${i}`, onsetBeforeAt: T0 + n * DAY }),
  )
  const reports = days.map((n, i) => {
    const at = T0 - n * DAY
    const dating = { ...UNDATED, [i % 3 === 0 ? 'latestAt' : 'earliestAt']: at }
    if (i % 7 === 0) return aReport({ id: `xm${i}`, onset: UNDATED, end: i % 2 === 0 ? UNDATED : dating })
    return aReport({
      id: `xm${i}`,
      onset: dating,
      end: i % 2 === 0 ? UNDATED : { ...UNDATED, earliestAt: at + 2 * DAY },
    })
  })
  store.save(saved(null, { changes: outages.map(opened) }))
  record.importReports({ fromAt: T0 - 100 * DAY, untilAt: T0 + 100 * DAY, reports })
  const history = openHistory({ path, correlate: DEFAULTS })
  const whole = await outagesOfKinds(history, { limit: 1000, order: 'oldest' })
  expect(whole.next).toBeNull()
  expect(new Set(whole.rows.map(idOf))).toEqual(new Set([...outages, ...reports].map(({ id }) => id)))
  expect(whole.rows).toHaveLength(80)
  await assert(
    asyncProperty(
      recordOf({
        limit: integer({ min: 1, max: 85 }),
        order: constantFrom('newest' as const, 'oldest' as const),
        kind: constantFrom('all' as const, 'measured' as const, 'reported' as const),
      }),
      async ({ limit, order, kind }) => {
        const rows: OutageOfKind[] = []
        for (let after: string | null = ''; after !== null;) {
          const asked = { kind, order, limit, ...(after !== '' && { after }) }
          const page = await outagesOfKinds(history, asked)
          expect(page.rows.length).toBeGreaterThan(0)
          rows.push(...page.rows)
          expect(rows.length).toBeLessThanOrEqual(80) // or pages never end
          after = page.next
        }
        const expected = whole.rows.filter((row) => kind === 'all' || kind === row.kind).map(idOf)
        expect(rows.map(idOf)).toEqual(order === 'oldest' ? expected : expected.toReversed())
      },
    ),
    { numRuns: 60, seed: 7 },
  )
  await history.close()
})
