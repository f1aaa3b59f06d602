/** given: a store with a record and a history over it, in a folder of their own. */
import { onTestFinished } from 'vitest'
import { DEFAULTS, type CorrelateSettings } from '../../src/correlate/settings.ts'
import { type HistoryOptions, openHistory } from '../../src/history/history.ts'
import type { History } from '../../src/model/history.ts'
import type { Outage } from '../../src/model/outage.ts'
import type { RecordStore } from '../../src/store/catalog/record.ts'
import { aStore } from '../store/given.ts'
import { T0, anId, anOutage, opened, saved } from '../store/nouns.ts'
import { aRecord } from '../store/record-nouns.ts'

/** Fewer shifts than in earnest: these tests are not about the numbers. */
export const QUICK: CorrelateSettings = { ...DEFAULTS, shifts: 50 }

export interface Given {
  readonly store: Awaited<ReturnType<typeof aStore>>
  readonly record: RecordStore
  readonly history: History
  readonly path: string
}

/** A daemon's store, the record beside it and a history over both. */
export async function given(options: Partial<HistoryOptions> = {}): Promise<Given> {
  const store = await aStore()
  const record = await aRecord({ path: store.path })
  const history = openHistory({ path: store.path, correlate: QUICK, ...options })
  onTestFinished(() => history.close())
  return { store, record, history, path: store.path }
}

/** An outage that began so many minutes after T0 and lasted so long; open when no length is given. */
export function outageAt(minutes: number, lastedMinutes: number | null, over: Partial<Outage> = {}): Outage {
  const onsetBeforeAt = T0 + minutes * 60_000
  const endBeforeAt = lastedMinutes === null ? null : onsetBeforeAt + lastedMinutes * 60_000
  return anOutage({
    id: `facebook.babilon.${String(minutes).padStart(6, '0')}`,
    onsetAfterAt: onsetBeforeAt - 30_000,
    onsetBeforeAt,
    openedAt: onsetBeforeAt,
    endAfterAt: endBeforeAt === null ? null : endBeforeAt - 30_000,
    endBeforeAt,
    closedAt: endBeforeAt,
    causes: [],
    ...over,
  })
}

export function saveOutages(store: Given['store'], outages: readonly Outage[]): void {
  store.save(saved(null, { changes: outages.map(opened) }))
  store.flush()
}

/** Every row of a query that pages, page by page; no page may be longer than asked for. */
export async function allPages<Row>(
  page: (after: string | undefined) => Promise<{ rows: readonly Row[]; next: string | null }>,
): Promise<Row[][]> {
  const pages: Row[][] = []
  for (let after: string | undefined; ;) {
    const { rows, next } = await page(after)
    pages.push([...rows])
    if (next === null) return pages
    after = next
  }
}

export { anId }
