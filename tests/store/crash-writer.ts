/**
 * crash-writer: writes to a store until it is killed. Run by crash.test.ts as a process of its own.
 *
 * argv: store path, file that hears of each committed id, number of the first measurement.
 */
import { openSync, writeSync } from 'node:fs'
import { setImmediate as breathe } from 'node:timers/promises'
import { type Saved, openStore } from '../../src/store/store.ts'
import { RESET, T0, aMeasurement, anId, anOutage, opened, saved } from './nouns.ts'
import { anIncident } from './record-nouns.ts'

const [path = '', heard = '', first = '0'] = process.argv.slice(2)
const log = openSync(heard, 'a')
let isWriting = false
const store = await openStore({
  path,
  keepRawMs: 90 * 86_400_000,
  keepOkSampleEvery: 10,
  commitEveryMs: 5,
  now: () => T0,
  onCommitted: (ids) => {
    writeSync(log, ids.map((id) => `${id}\n`).join(''))
    if (!isWriting) process.send?.('writing')
    isWriting = true
  },
  onError: (error) => {
    throw error
  },
})
for (let n = Number(first); ; n += 1) {
  const measurement = aMeasurement(n)
  const isReset = n % 7 === 0
  store.save(
    saved(measurement, {
      ...(isReset ? { verdict: RESET } : {}),
      ...(n % 50 === 0 ? anOpening(n) : {}),
      detector: { vantage: 'babilon', state: JSON.stringify({ n }) },
    }),
  )
  if (n % 5 === 0) await breathe()
}

/** An outage with the incident it makes and the state its service is in since. */
function anOpening(n: number): Partial<Saved> {
  const id = `outage-${n}`
  const incident = `incident-${n}`
  return {
    changes: [opened(anOutage({ id, evidence: [anId(n, T0 + n)] }))],
    incidents: {
      incidents: [anIncident({ id: incident, members: [id] })],
      changes: [{ kind: 'opened', incident, others: [] }],
    },
    states: [
      { service: 'facebook', vantage: 'babilon', at: T0 + n, state: 'blocked', mechanism: null, ref: id },
    ],
  }
}
