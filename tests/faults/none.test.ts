/** No fault, and a real block: the minutes themselves hide nothing and invent nothing. */
import { expect, test } from 'vitest'
import { expectInnocence } from './fault.ts'
import { aLine, HERE } from './line.ts'
import { live } from './minutes.ts'

test('nothing happens for 20 minutes -> nothing is said', async () => {
  const lived = await live(await aLine(), [{ minutes: 20, begin: () => undefined }])
  expectInnocence(lived, 'online')
  expect(lived.changes).toEqual([])
})

test('one service is blocked by name -> found within a minute, alone, and over when it is over', async () => {
  const line = await aLine()
  let lift = (): void => undefined
  const switchedAt = Date.UTC(2015, 4, 28, 9, 4)
  const { changes } = await live(line, [
    { minutes: 4, begin: () => undefined },
    {
      minutes: 10,
      begin() {
        lift = line.lab
          .network(HERE)
          .censor.add({ layer: 'tls', names: ['www.facebook.com', 'facebook.com'], action: 'reset' })
      },
    },
    { minutes: 4, begin: () => lift() },
  ])
  expect(new Set(changes.map(({ outage }) => outage.service))).toEqual(new Set(['facebook']))
  const blocked = changes.find(({ outage }) => outage.cause === 'blocked')
  expect(blocked!.at - switchedAt).toBeLessThan(60_000)
  expect(changes.at(-1)).toMatchObject({ kind: 'closed' })
})
