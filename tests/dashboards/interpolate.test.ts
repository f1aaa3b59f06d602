import { expect, test } from 'vitest'
import { parseCsv, rowsOf } from './answers.ts'
import { type Variables, inPromQL, inText } from './interpolate.ts'
import type { ApiTarget } from './shipped.ts'

const VARIABLES: Variables = {
  chosen: { service: 'asia-plus', vantage: ['babilon', 'a.b'] },
  from: 0,
  to: 60_000,
  intervalS: 1,
}

test('several values become a pattern in which nothing else is one', () => {
  expect(inPromQL('x{vantage=~"$vantage",service=~"${service}"}[$__range:$__interval]', VARIABLES)).toBe(
    String.raw`x{vantage=~"(babilon|a\\.b)",service=~"asia-plus"}[60s:1s]`,
  )
})

test('times are written as they are asked for, and what belongs to label_replace stays', () => {
  expect(inText('a?since=${__from:date:iso}&service=${service}', VARIABLES)).toBe(
    'a?since=1970-01-01T00:00:00.000Z&service=asia-plus',
  )
  expect(inPromQL('label_replace(x, "a", "$1", "b", "(.+)")', VARIABLES)).toContain('"$1"')
  expect(() => inText('$nobody', VARIABLES)).toThrow('$nobody has no value')
})

test('rows are found by plain paths, in JSON and in CSV', () => {
  const columns = (...selectors: string[]) =>
    selectors.map((selector) => ({ selector, text: selector, type: 'string' }))
  const json: ApiTarget = {
    refId: 'A',
    type: 'json',
    url: '',
    root_selector: 'rows',
    columns: columns('a.1', 'b'),
  }
  expect(rowsOf(json, '{"rows":[{"a":[1,2],"b":null},{}]}')).toEqual([
    new Map<string, unknown>([
      ['a.1', 2],
      ['b', null],
    ]),
    new Map([
      ['a.1', undefined],
      ['b', undefined],
    ]),
  ])
  expect(() => rowsOf({ ...json, root_selector: 'row' }, '{"rows":[]}')).toThrow('row is no list')
  const csv: ApiTarget = { ...json, type: 'csv', columns: columns('b.c') }
  expect(rowsOf(csv, 'a,b.c\r\n1,"x, ""y"""\r\n2,\r\n')).toEqual([
    new Map([['b.c', 'x, "y"']]),
    new Map([['b.c', null]]),
  ])
  expect(() => rowsOf(csv, 'a\r\n1\r\n')).toThrow('no column b.c in a')
  expect(parseCsv('a,b\r\n"1\n2",\r\n')).toEqual([
    ['a', 'b'],
    ['1\n2', ''],
  ])
})
