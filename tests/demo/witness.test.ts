import { expect, test } from 'vitest'
import { openWitness } from '../../src/demo/witness.ts'
import type { OutageChange } from '../../src/model/outage.ts'

const change = (id: string) => ({ kind: 'opened', at: 0, outage: { id } }) as OutageChange
const life = new AbortController().signal

test('what is waited for is told -> waiting ends, with the outage as it then stands', async () => {
  const { receive: hear, outages, until } = openWitness()
  const waited = until((all) => all.length === 2, 60_000, life)
  hear(change('a'))
  hear(change('a'))
  hear(change('b'))
  await waited
  expect(outages().map(({ id }) => id)).toEqual(['a', 'b'])
})

test('it has happened already -> no waiting', async () => {
  const { receive: hear, until } = openWitness()
  hear(change('a'))
  await until((all) => all.length === 1, 60_000, life)
})

test('it never happens -> waiting ends at the deadline all the same', async () => {
  await openWitness().until(() => false, 1, life)
})

test('interrupted -> says why, at once; before or while it waits', async () => {
  const stop = new AbortController()
  const waited = openWitness().until(() => false, 60_000, stop.signal)
  stop.abort(new Error('enough'))
  await expect(waited).rejects.toThrow('enough')
  await expect(openWitness().until(() => true, 60_000, stop.signal)).rejects.toThrow('enough')
})
