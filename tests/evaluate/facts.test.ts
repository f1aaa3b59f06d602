import { expect, test } from 'vitest'
import { createJudge, type Failed } from '../../src/evaluate/facts.ts'
import { FACTS_OF } from '../../src/evaluate/mechanisms.ts'

const judge = createJudge()
const cases = Object.entries(FACTS_OF).map(([mechanism, failed]) => ({ mechanism, failed: failed as Failed }))

test.each(cases)('$mechanism, fine for the control -> named so by the judge', ({ mechanism, failed }) => {
  const verdict = judge({ failed, http: failed.layer === 'http', control: 'fine' }, 'online')
  // At an edge that served well it is the edge's own failure, and says nothing for interference.
  expect(verdict).toMatchObject({ mechanism: mechanism.replace('edge.', 'tcp.'), reached: 'no' })
  if (failed.edge === true) expect(verdict.weight).toBe(0)
})

test.each(cases.filter(({ failed }) => failed.failure !== 'foreign_page'))(
  '$mechanism, the control fails too -> down; without control, or with a vantage that is not well -> never an anomaly',
  ({ failed }) => {
    expect(judge({ failed, http: false, control: 'fails' }, 'online').outcome).toBe('down')
    expect(judge({ failed, http: false, control: null }, 'online').outcome).not.toBe('anomaly')
    expect(judge({ failed, http: false, control: 'fine' }, 'offline').reached).toBe('unknown')
  },
)

test.each([false, true])('nothing failed, http %s -> reached', (http) => {
  expect(judge({ failed: null, http, control: null }, 'online')).toMatchObject({
    reached: 'yes',
    outcome: 'ok',
  })
})
