/** A control that is ill itself contradicts nobody: a block that is there goes by what was proved, and is never called down. */
import { expect, test } from 'vitest'
import type { CensorRule } from '../../src/lab/censor.ts'
import { aLine, CONTROL, HERE } from './line.ts'
import { live } from './minutes.ts'

const ILL: readonly { readonly what: string; readonly rule: CensorRule }[] = [
  { what: 'port 443', rule: { layer: 'tcp', to: ['*'], port: 443, action: 'accept-drop' } },
  { what: 'large packets', rule: { layer: 'packet', to: ['*'], action: 'swallow', largerThan: 1300 } },
  { what: 'names', rule: { layer: 'dns', names: ['*'], action: 'servfail' } },
  { what: 'everything', rule: { layer: 'tcp', to: ['*'], action: 'drop' } },
]

test.each(ILL)(
  'the control loses $what while a service is blocked -> blocked, never down',
  async ({ rule }) => {
    const line = await aLine()
    const { changes } = await live(line, [
      { minutes: 4, begin: () => undefined },
      {
        minutes: 10,
        begin() {
          line.lab.network(CONTROL).censor.add(rule)
          line.lab
            .network(HERE)
            .censor.add({ layer: 'tls', names: ['www.facebook.com', 'facebook.com'], action: 'reset' })
        },
      },
    ])
    expect(changes.filter(({ outage }) => outage.cause === 'down')).toEqual([])
    expect(new Set(changes.map(({ outage }) => outage.service))).toEqual(new Set(['facebook']))
    expect(changes.at(-1)?.outage).toMatchObject({ cause: 'blocked', mechanism: 'tls.sni-reset' })
  },
)
