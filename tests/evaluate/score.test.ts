import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Alarm, Truth } from '../../src/evaluate/alarms.ts'
import { scoreOf } from '../../src/evaluate/score.ts'

const MINUTE = 60_000
const YEAR = 365 * 86_400_000

/** In minutes. */
function aTruth(from: number, until: number, over: Partial<Truth> = {}): Truth {
  return {
    kind: 'block',
    service: 'facebook',
    vantage: 'isp-1',
    fromAt: from * MINUTE,
    untilAt: until * MINUTE,
    mechanism: 'tcp.reset',
    share: 1,
    partial: false,
    ...over,
  }
}

function anAlarm(from: number, until: number | null, over: Partial<Alarm> = {}): Alarm {
  const untilAt = until === null ? null : until * MINUTE
  return { service: 'facebook', vantage: 'isp-1', fromAt: from * MINUTE, untilAt, mechanism: null, ...over }
}

const score = (alarms: readonly Alarm[], truths: readonly Truth[], vantageMs = YEAR) =>
  scoreOf({ rule: 'a rule', alarms }, truths, vantageMs)

/** Which of the three counts one alarm went into. */
function countedAs(alarm: Alarm, truths: readonly Truth[]): string {
  const { precision, falseAlarms, notABlock } = score([alarm], truths)
  return precision.value === 1 ? 'block' : notABlock.count === 1 ? 'gone' : `false ${falseAlarms.count}`
}

describe('what an alarm was raised for', () => {
  test.each([
    { name: 'during a block', truths: [aTruth(0, 60)], as: 'block' },
    { name: 'a block of another service', truths: [aTruth(0, 60, { service: 'youtube' })], as: 'false 1' },
    { name: 'a block at another vantage', truths: [aTruth(0, 60, { vantage: 'isp-2' })], as: 'false 1' },
    { name: 'hosts the service can do without', truths: [aTruth(0, 60, { partial: true })], as: 'false 1' },
    { name: 'the whole vantage gone', truths: [aTruth(0, 60, { kind: 'gone', service: null })], as: 'gone' },
    { name: 'only trouble', truths: [aTruth(0, 60, { kind: 'trouble' })], as: 'false 1' },
    {
      name: 'gone and blocked at once',
      truths: [aTruth(0, 60, { kind: 'gone' }), aTruth(12, 13)],
      as: 'block',
    },
    { name: 'gone up to a minute and a half before', truths: [aTruth(0, 8.5, { kind: 'gone' })], as: 'gone' },
    { name: 'gone longer ago', truths: [aTruth(0, 8.4, { kind: 'gone' })], as: 'false 1' },
    { name: 'a block that begins as it ends', truths: [aTruth(20, 60)], as: 'false 1' },
    { name: 'a block that begins just before it ends', truths: [aTruth(19, 60)], as: 'block' },
    {
      name: 'a long one, and short ones before it',
      truths: [aTruth(0, 60), aTruth(1, 2), aTruth(3, 4)],
      as: 'block',
    },
  ])('$name -> $as', ({ truths, as }) => {
    expect(countedAs(anAlarm(10, 20), truths)).toBe(as)
  })

  test('without an end -> all that came later is its reason too', () => {
    expect(countedAs(anAlarm(10, null), [aTruth(1000, 2000)])).toBe('block')
  })

  test('any alarms and truths -> each alarm counted once, as by asking every truth', () => {
    const span = fc.tuple(fc.nat(200), fc.integer({ min: 1, max: 90 }))
    const truth = fc
      .tuple(span, fc.constantFrom('block', 'gone', 'trouble'), fc.constantFrom('facebook', 'youtube', null))
      .map(([[from, length], kind, service]) =>
        aTruth(from, from + length, { kind, service: kind === 'block' ? (service ?? 'facebook') : service }),
      )
    const alarm = fc
      .tuple(span, fc.boolean())
      .map(([[from, length], open]) => anAlarm(from, open ? null : from + length))
    fc.assert(
      fc.property(
        fc.array(truth, { maxLength: 12 }),
        fc.array(alarm, { minLength: 1, maxLength: 6 }),
        (truths, alarms) => {
          const kinds = alarms.map(({ fromAt, untilAt }) => {
            const there = truths.filter(
              (t) =>
                t.service !== 'youtube' && t.fromAt < (untilAt ?? Infinity) && fromAt <= t.untilAt + 90_000,
            )
            return (
              ['block', 'gone', 'trouble'].find((kind) => there.some((t) => t.kind === kind)) ?? 'nothing'
            )
          })
          const of = (...wanted: string[]) => kinds.filter((kind) => wanted.includes(kind)).length
          const { precision, notABlock, falseAlarms } = score(alarms, truths)
          expect(precision.value).toBe(of('block') / alarms.length)
          expect([notABlock.count, falseAlarms.count]).toEqual([of('gone'), of('trouble', 'nothing')])
        },
      ),
    )
  })
})

describe('which blocks were found, and when', () => {
  test.each([
    { name: 'five minutes in', alarm: anAlarm(65, 80), afterMin: 5 },
    { name: 'in alarm already', alarm: anAlarm(10, 61), afterMin: 0 },
    { name: 'in alarm until it began', alarm: anAlarm(10, 60), afterMin: null },
    { name: 'within a minute and a half of its end', alarm: anAlarm(121.4, 130), afterMin: 61.4 },
    { name: 'later than that', alarm: anAlarm(121.5, 130), afterMin: null },
    { name: 'of another service', alarm: anAlarm(65, 80, { service: 'youtube' }), afterMin: null },
  ])('$name -> $afterMin', ({ alarm, afterMin }) => {
    const { recall, detectMs } = score([alarm], [aTruth(60, 120)])
    expect(recall).toMatchObject({ value: afterMin === null ? 0 : 1, of: 1 })
    expect(detectMs.answering.median.value).toBe(afterMin === null ? Infinity : afterMin * MINUTE)
  })

  test('the vantage saw nothing as it began -> counted from when it saw again', () => {
    const blind = aTruth(50, 90, { kind: 'gone', service: null, mechanism: null })
    expect(score([anAlarm(95, 110)], [blind, aTruth(60, 120)]).detectMs.answering.median.value).toBe(
      5 * MINUTE,
    )
    const later = aTruth(62, 90, { kind: 'gone', service: null, mechanism: null })
    expect(score([anAlarm(95, 110)], [later, aTruth(60, 120)]).detectMs.answering.median.value).toBe(
      35 * MINUTE,
    )
  })

  test('one of less than ten minutes, one that leaks, one of an asset alone -> none of them in the recall', () => {
    const truths = [aTruth(0, 9.9), aTruth(100, 200, { share: 0.3 }), aTruth(300, 400, { partial: true })]
    expect(score([], truths).recall.of).toBe(0)
    expect(score([], [aTruth(0, 10)]).recall.of).toBe(1)
  })

  test('leaky ones -> by their share, the leakiest first', () => {
    const truths = [0.7, 0.3, 1, 0.3].map((share, i) => aTruth(i * 100, i * 100 + 50, { share }))
    const { leaky } = score([anAlarm(110, 120)], truths)
    expect(Object.entries(leaky).map(([name, { value, of }]) => [name, value, of])).toEqual([
      ['30 %', 0.5, 2],
      ['70 %', 0, 1],
    ])
  })

  test('by mechanism -> silent and answering apart; what only HTTP sees, and what nobody named, in neither', () => {
    const truths = (['tcp.timeout', 'tcp.reset', 'http.reset', null] as const).map((mechanism, i) =>
      aTruth(i * 100, i * 100 + 50, { mechanism }),
    )
    const { detectMs, recall } = score([], truths)
    expect([detectMs.silent.median.of, detectMs.answering.median.of, recall.of]).toEqual([1, 1, 4])
  })
})

describe('the mechanism an alarm named', () => {
  test.each([
    { said: 'tcp.reset', was: 'tcp.reset', value: 0, of: 1 },
    { said: 'tcp.timeout', was: 'tcp.reset', value: 1, of: 1 },
    { said: null, was: 'tcp.reset', value: null, of: 0 },
    { said: 'tcp.reset', was: null, value: null, of: 0 },
  ] as const)('said $said, was $was -> $value of $of wrong', ({ said, was, value, of }) => {
    const found = score([anAlarm(5, 20, { mechanism: said })], [aTruth(0, 60, { mechanism: was })])
    expect(found.wrongMechanism).toMatchObject({ value, of })
  })
})

test('rates -> per year of one vantage', () => {
  const alarms = [anAlarm(10, 20), anAlarm(100, 110), anAlarm(200, 210)]
  const { falseAlarms, notABlock } = score(alarms, [aTruth(195, 205, { kind: 'gone' })], 4 * YEAR)
  expect([falseAlarms.value, notABlock.value]).toEqual([0.5, 0.25])
})
