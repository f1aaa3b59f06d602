import { describe, expect, test } from 'vitest'
import { createCusum } from '../../src/evaluate/cusum.ts'

const HOUR = 3_600_000

/** Shares of measurements that say blocked, hour by hour, four measurements each; `null` = nobody looked. @returns hours at which it spoke */
function told(hours: readonly (number | null)[]): [boolean, number][] {
  const cusum = createCusum()
  const said: [boolean, number][] = []
  const measureOnce = (at: number, blocked: boolean) => {
    const now = cusum(at, blocked)
    if (now !== null) said.push([now.alarm, now.at / HOUR])
  }
  for (const [hour, share] of hours.entries()) {
    if (share === null) continue
    for (let n = 0; n < 4; n++) measureOnce(hour * HOUR + n, n < share * 4)
  }
  measureOnce(hours.length * HOUR, false)
  return said
}

const of = (share: number | null, hours: number) => Array<number | null>(hours).fill(share)

describe('the cumulative sum', () => {
  test.each([
    { name: 'five hours blocked', hours: of(1, 5), said: [] },
    { name: 'six hours blocked', hours: of(1, 6), said: [[true, 6]] },
    { name: 'six hours of three looks in four', hours: of(0.75, 6), said: [[true, 6]] },
    { name: 'a whole day of one look in four', hours: of(0.25, 24), said: [] },
    { name: 'half of the looks: a quarter of the weight', hours: of(0.5, 24), said: [[true, 24]] },
    { name: 'half of the looks, an hour less', hours: of(0.5, 23), said: [] },
    {
      name: 'five, an hour that is fine, and one more',
      hours: [...of(1, 5), 0, 1],
      said: [[true, 7]],
    },
    {
      name: 'hours nobody looked in say nothing',
      hours: [...of(1, 3), ...of(null, 30), ...of(1, 3)],
      said: [[true, 36]],
    },
    {
      name: 'and fine again for eleven hours, for the way back is longer',
      hours: [...of(1, 6), ...of(0, 11)],
      said: [
        [true, 6],
        [false, 17],
      ],
    },
  ])('$name -> $said', ({ hours, said }) => {
    expect(told(hours)).toEqual(said)
  })
})
