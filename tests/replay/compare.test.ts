import { describe, expect, test } from 'vitest'
import { asKnownAt, compareOutages } from '../../src/replay/compare.ts'
import { anOutage, HOUR, T0 } from '../store/nouns.ts'

const closed = anOutage({ endAfterAt: T0 + HOUR, endBeforeAt: T0 + HOUR + 1, closedAt: T0 + HOUR + 2 })

describe('what is stored against what a replay gives', () => {
  test('the same -> nothing', () => {
    expect(compareOutages([closed], [{ ...closed }])).toEqual([])
  })

  test.each([
    { name: 'another onset', over: { onsetAfterAt: T0 - 1 }, aspects: ['onset'] },
    { name: 'still open', over: { endAfterAt: null, endBeforeAt: null, closedAt: null }, aspects: ['end'] },
    {
      name: 'another cause and mechanism',
      over: { cause: 'blocked', mechanism: 'tcp.reset' },
      aspects: ['cause', 'mechanism'],
    },
    { name: 'opened a second later', over: { openedAt: T0 + 6000 }, aspects: ['history'] },
    { name: 'other evidence', over: { evidence: ['m1'] }, aspects: ['history'] },
  ] as const)('$name -> $aspects', ({ over, aspects }) => {
    const after = { ...closed, ...over }
    expect(compareOutages([closed], [after])).toEqual([{ kind: 'changes', before: closed, after, aspects }])
  })

  test('only one has it -> appears, vanishes, in order of onset', () => {
    const later = anOutage({ id: 'later', onsetBeforeAt: T0 + 9 * HOUR, endBeforeAt: T0 + 10 * HOUR })
    expect(compareOutages([closed], [later]).map(({ kind }) => kind)).toEqual(['vanishes', 'appears'])
    expect(compareOutages([later], [closed]).map(({ kind }) => kind)).toEqual(['appears', 'vanishes'])
  })

  test('another id at the same time, of the same service and vantage -> one whose onset moved', () => {
    const moved = { ...closed, id: 'moved', onsetBeforeAt: T0 + 60_000 }
    expect(compareOutages([closed], [moved])).toMatchObject([{ kind: 'changes', aspects: ['onset'] }])
    const elsewhere = { ...moved, vantage: 'tcell' }
    expect(compareOutages([closed], [elsewhere]).map(({ kind }) => kind)).toEqual(['vanishes', 'appears'])
  })
})

describe('an outage as it was known at a moment', () => {
  const causes = [
    { at: T0 + 5000, cause: 'unreachable', mechanism: null, reason: 'gone' },
    { at: T0 + 60_000, cause: 'blocked', mechanism: 'tcp.reset', reason: 'resets' },
  ] as const
  const outage = { ...closed, cause: 'blocked', mechanism: 'tcp.reset', causes } as const

  test.each([
    { name: 'before it opened', at: T0 + 4000, known: null },
    {
      name: 'before it was called blocked',
      at: T0 + 30_000,
      known: { cause: 'unreachable', closedAt: null },
    },
    {
      name: 'before it closed',
      at: T0 + HOUR,
      known: { cause: 'blocked', endBeforeAt: null, closedAt: null },
    },
    { name: 'after it closed', at: T0 + 2 * HOUR, known: { cause: 'blocked', closedAt: closed.closedAt } },
  ])('$name', ({ at, known }) => {
    const found = asKnownAt(outage, at)
    if (known === null) expect(found).toBeNull()
    else expect(found).toMatchObject(known)
  })
})
