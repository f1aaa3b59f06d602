import { expect, test } from 'vitest'
import { z } from 'zod'
import { fieldsOf, toCsv } from '../../src/views/csv.ts'
import { withIsoTimes } from '../../src/views/rows/iso-times.ts'

test('with ISO times -> moments become ISO 8601 without At, at any depth; durations and all else stay', () => {
  expect(
    withIsoTimes({
      startedAt: 0,
      at: 1000,
      endedAt: null,
      durationMs: 5,
      list: [{ notBeforeAt: 0, chat: 'x', that: 1 }],
    }),
  ).toEqual({
    started: '1970-01-01T00:00:00.000Z',
    at: '1970-01-01T00:00:01.000Z',
    ended: null,
    durationMs: 5,
    list: [{ notBefore: '1970-01-01T00:00:00.000Z', chat: 'x', that: 1 }],
  })
})

test('with ISO times -> a mapping named at is looked into', () => {
  expect(withIsoTimes({ at: { earliestAt: 0, stated: '1970' } })).toEqual({
    at: { earliest: '1970-01-01T00:00:00.000Z', stated: '1970' },
  })
})

const row = z.strictObject({
  id: z.string(),
  onset: z.tuple([z.string().nullable(), z.string()]),
  end: z.tuple([z.string(), z.string()]).nullable(),
  lagHours: z.tuple([z.number(), z.number()]),
  verdict: z.strictObject({ outcome: z.string() }).nullable(),
  services: z.array(z.string()),
  causes: z.array(z.strictObject({ at: z.string() })),
  open: z.boolean(),
})

const A_ROW = {
  id: 'a',
  onset: [null, '2'],
  end: null,
  lagHours: [-3.5, 4],
  verdict: null,
  services: ['x', 'y'],
  causes: [{ at: '1' }],
  open: true,
}

test('CSV -> pairs are two columns, a mapping one for each key, and what is not there is empty', () => {
  expect(toCsv(row, [A_ROW], null)).toBe(
    'id,onsetAfter,onsetBefore,endAfter,endBefore,lagHoursLeast,lagHoursMost,verdict.outcome,services,causes,open\r\n' +
      'a,,2,,,-3.5,4,,x;y,"[{""at"":""1""}]",true\r\n',
  )
})

test.each(['=1+1', '+1', '-1', '@x', '\tx', '＝1+1', '＠x'])(
  'CSV, text that a spreadsheet takes for a formula: %j -> made harmless; numbers stay numbers',
  (id) => {
    const line = toCsv(row, [{ ...A_ROW, id }], ['id', 'lagHours']).split('\r\n')[1]
    expect(line).toBe(`'${id},-3.5,4`)
  },
)

test('several kinds of row -> all their fields, each once', () => {
  const other = z.strictObject({ id: z.string(), extra: z.string() })
  expect(fieldsOf(z.union([z.strictObject({ id: z.string() }), other]))).toEqual(['id', 'extra'])
})
