import { expect, test } from 'vitest'
import { table } from '../../../src/views/text/table.ts'

test('columns line up, no trailing blanks', () => {
  expect(
    table(
      ['service', 'state'],
      [
        ['facebook', 'ok'],
        ['ok', 'blocked'],
      ],
    ),
  ).toBe(['service   state', 'facebook  ok', 'ok        blocked'].join('\n'))
})

test('no rows -> the heading alone', () => {
  expect(table(['a', 'b'], [])).toBe('a  b')
})

test('control characters in a cell -> blanks, so that a row stays a row', () => {
  expect(table(['a', 'b'], [['x\ny', '\u001b[2J']])).toBe('a    b\nx y   [2J')
})
