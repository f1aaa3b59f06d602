/** No fault: the minutes themselves invent nothing. That they hide nothing: found.test.ts. */
import { expect, test } from 'vitest'
import { expectInnocence } from './fault.ts'
import { aLine } from './line.ts'
import { live } from './minutes.ts'

test('nothing happens for 20 minutes -> nothing is said', async () => {
  const lived = await live(await aLine(), [{ minutes: 20, begin: () => undefined }])
  expectInnocence(lived, 'online')
  expect(lived.changes).toEqual([])
})
