import { expect, test } from 'vitest'
import type { Config } from '../../src/config/config.ts'
import { loadConfig } from '../../src/config/load.ts'
import { replaySpan } from '../../src/replay/replay.ts'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { aStore } from '../store/given.ts'
import { measurementOf } from '../../src/evaluate/facts.ts'
import { judge } from '../../src/judge/judge.ts'
import { aMeasurement, anId, anOutage, DAY, FINE, HOUR, opened, saved, T0 } from '../store/nouns.ts'

const CUT = measurementOf({ layer: 'tls', failure: 'connection_reset' }, false)
const CONTROL = measurementOf(null, true)

async function aConfig(): Promise<Config> {
  const folder = mkdtempSync(join(tmpdir(), 'didbon-replay-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const www = { url: 'https://www.facebook.com/', role: 'primary' }
  const canary = (name: string) => [name, { url: `https://${name}.example.org/` }]
  const canaries = {
    international: Object.fromEntries(['a', 'b'].map(canary)) as object,
    domestic: Object.fromEntries(['c'].map(canary)) as object,
  }
  const services = { services: { facebook: { name: 'Facebook', endpoints: { www } } }, canaries }
  writeFileSync(join(folder, 'services.yaml'), JSON.stringify(services))
  const vantages = [{ id: 'babilon', role: 'probe', country: 'TJ', kind: 'direct' }]
  const config = { services: 'services.yaml', vantages, store: { path: join(folder, 'didbon.db') } }
  writeFileSync(join(folder, 'didbon.yaml'), JSON.stringify(config))
  return loadConfig(join(folder, 'didbon.yaml'), {})
}

/** A look and a sweep of the canaries every half a minute; the measurements of minutes in `blocked` were reset. */
async function watched(
  path: string,
  minutes: number,
  blocked: (minute: number) => boolean,
  keepRawMs = 90 * DAY,
) {
  let now = T0
  const store = await aStore({ path, keepRawMs, now: () => now })
  for (let n = 0; n < minutes * 2; n += 1) {
    const startedAt = T0 + n * 30_000
    now = startedAt + 500
    for (const [i, name] of ['a', 'b', 'c'].entries()) {
      const canary = {
        endpoint: `canary/${name}`,
        purpose: 'canary',
        startedAt: startedAt - 5000 + i,
      } as const
      store.save(saved(aMeasurement(n * 10 + i, canary), { verdict: null, answered: 'yes' }))
    }
    const measurement = { vantage: 'babilon', endpoint: 'facebook/www', startedAt }
    if (!blocked(n / 2)) store.save(saved(aMeasurement(n * 10 + 9, measurement), { verdict: FINE }))
    else {
      const control = {
        ...CONTROL,
        id: anId(n * 10 + 8, startedAt),
        vantage: 'outside',
        purpose: 'control',
        startedAt,
      } as const
      store.save(saved(control, { verdict: null }))
      const failed = { ...CUT, ...measurement, id: anId(n * 10 + 9, startedAt) }
      store.save(saved(failed, { verdict: judge(failed, [control], 'online'), controls: [control] }))
    }
    if (n % 100 === 0) store.flush()
  }
  store.flush()
  return store
}

test('measurements a detector never folded -> the outage that would appear, from nothing, the same each time', async () => {
  const config = await aConfig()
  const store = await watched(config.store.path, 120, (minute) => minute >= 60 && minute < 90)
  store.close()
  const ask = () => replaySpan({ config, since: T0 - HOUR, until: null, rules: null })
  const first = await ask()
  expect(first).toMatchObject({
    start: 'beginning',
    differences: [
      {
        kind: 'appears',
        after: { cause: 'blocked', onsetAfterAt: T0 + 59.5 * 60_000, mechanism: 'tls.sni-reset' },
      },
    ],
  })
  expect(first.refolded.verdicts).toMatchObject({ kept: { record_not_kept: 0 }, shifts: [] })
  expect(first.refolded.verdicts.rejudged).toBeGreaterThanOrEqual(60)
  expect(JSON.stringify((await ask()).differences)).toBe(JSON.stringify(first.differences))
})

test('until before the end of the outage -> compared as it was known then', async () => {
  const config = await aConfig()
  const store = await watched(config.store.path, 120, (minute) => minute >= 60 && minute < 90)
  store.close()
  const { differences } = await replaySpan({ config, since: T0 - HOUR, until: T0 + 70 * 60_000, rules: null })
  expect(differences).toMatchObject([
    { kind: 'appears', after: { cause: 'blocked', endBeforeAt: null, closedAt: null } },
  ])
})

test('part of the span is pruned -> refused, with the moment to begin at: what is gone must not look as if it never was', async () => {
  const config = await aConfig()
  const store = await watched(config.store.path, 10 * 60, () => false, HOUR)
  while (store.prune(T0 + 10 * HOUR).more);
  store.close()
  const ask = (since: number) => replaySpan({ config, since, until: null, rules: null })
  await expect(ask(T0)).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining('are pruned') as string,
  })
  expect((await ask(T0 + 9 * HOUR)).differences).toEqual([])
})

test('the span begins where an outage ended -> it lies before the span, stored or not; a moment earlier -> in it', async () => {
  const config = await aConfig()
  const store = await watched(config.store.path, 120, (minute) => minute >= 60 && minute < 90)
  const ask = (since: number, until: number | null = null) =>
    replaySpan({ config, since, until, rules: null })
  store.flush()
  const [found] = (await ask(T0 - HOUR)).differences
  const outage = found!.after!
  const endAt = outage.endBeforeAt!
  expect((await ask(endAt - 1)).differences).toMatchObject([{ kind: 'appears', after: { id: outage.id } }])
  expect((await ask(endAt)).differences).toEqual([])

  // What is known by the end of the span: it was over, and nobody could know yet.
  store.save(saved(null, { changes: [opened(outage)] }))
  store.close()
  expect(outage.closedAt).toBeGreaterThan(endAt + 1)
  expect((await ask(endAt - 1)).differences).toEqual([])
  expect((await ask(endAt)).differences).toEqual([])
  expect((await ask(endAt, endAt + 1)).differences.filter(({ kind }) => kind !== 'changes')).toEqual([])
})

test('a stored outage that the measurements do not give -> it would vanish; one of nothing watched -> left alone, and counted', async () => {
  const config = await aConfig()
  const store = await watched(config.store.path, 30, () => false)
  const span = { onsetBeforeAt: T0 + 60_000, endBeforeAt: T0 + 120_000, closedAt: T0 + 130_000 }
  for (const over of [{ id: 'a' }, { id: 'b', vantage: 'tcell' }, { id: 'c', service: 'vk' }])
    store.save(saved(null, { changes: [opened(anOutage({ ...span, ...over }))] }))
  const before = { onsetBeforeAt: T0 - 3 * HOUR, endBeforeAt: T0 - 2 * HOUR, closedAt: T0 - 2 * HOUR }
  store.save(saved(null, { changes: [opened(anOutage({ ...before, id: 'd', vantage: 'tcell' }))] }))
  store.close()
  const { differences, leftAlone } = await replaySpan({ config, since: T0 - HOUR, until: null, rules: null })
  expect(differences).toMatchObject([{ kind: 'vanishes', before: { id: 'a' } }])
  expect(leftAlone).toBe(2)
})

test('nothing was ever measured -> said so', async () => {
  const config = await aConfig()
  ;(await aStore({ path: config.store.path })).close()
  await expect(replaySpan({ config, since: T0, until: null, rules: null })).rejects.toMatchObject({
    code: 'not_found',
    message: 'Nothing was measured yet, so there is nothing to replay.',
  })
})

test('a rule that is off, or weighs otherwise -> its looks go to another rule, counted as such', async () => {
  const config = await aConfig()
  const store = await watched(config.store.path, 20, (minute) => minute >= 10)
  store.close()
  const rule = judge(CUT, [CONTROL], 'online').rule
  const ask = (rules: { off: string[]; weights: Record<string, number> }) =>
    replaySpan({ config, since: T0 - HOUR, until: null, rules: { detect: {}, ...rules } })
  const off = (await ask({ off: [rule], weights: {} })).refolded
  expect(off.verdicts.shifts).toMatchObject([{ from: { rule }, count: 20 }])
  expect(off.changed).toHaveLength(20)
  const lighter = (await ask({ off: [], weights: { [rule]: 0.01 } })).refolded
  expect(lighter.verdicts.shifts).toEqual([])
  expect(lighter.changed.map(({ verdict }) => verdict.weight)).toEqual(Array(20).fill(0.01))
})
