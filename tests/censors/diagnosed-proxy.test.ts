/** A vantage whose proxy resolves names, by the provider's resolver: people's own path is among the trials. */
import { expect, test } from 'vitest'
import type { DnsRule } from '../../src/lab/censor.ts'
import type { Vantage } from '../../src/model/vantage.ts'
import { explained, hostsOf, YOUTUBE } from './diagnosing.ts'
import { aLab } from './watch.ts'

const RESOLVES: Partial<Vantage> = { resolvers: [{ kind: 'proxy' }] }
const ALONE: Partial<Vantage> = { ...RESOLVES, trustedResolver: null }

test('all is well -> nothing differs, also where no resolver is trusted', async () => {
  const lab = await aLab()
  for (const vantage of [RESOLVES, ALONE]) {
    const { verdict } = await explained(lab, hostsOf(lab, ...YOUTUBE), { vantage })
    expect(verdict).toMatchObject({ outcome: 'ok', rule: 'diagnosed_nothing_differs' })
  }
})

test.each(['nxdomain', 'empty', 'servfail', 'bogus', 'private'] as const satisfies DnsRule['action'][])(
  'the proxy’s resolver gives %s for the name -> by name it fails, by address it does not: DNS',
  async (action) => {
    const lab = await aLab()
    lab.network('babilon').censor.add({
      layer: 'dns',
      names: ['www.youtube.com'],
      action,
      where: 'isp-resolver',
    })
    const { verdict, diagnosed } = await explained(lab, hostsOf(lab, ...YOUTUBE), { vantage: RESOLVES })
    expect(verdict.outcome).toMatch(/anomaly|confirmed/)
    expect(verdict.mechanism).toMatch(/^dns\./)
    expect(diagnosed).toMatchObject({ healthy: false, hosts: [{ hit: true }, { hit: false }] })
  },
)

test('its resolver is dead for every name -> not told apart by name, and not called fine', async () => {
  const lab = await aLab()
  lab.network('babilon').censor.add({ layer: 'dns', names: ['*'], action: 'servfail', where: 'isp-resolver' })
  const { verdict } = await explained(lab, hostsOf(lab, ...YOUTUBE), { vantage: RESOLVES })
  expect(verdict).toMatchObject({ outcome: 'insufficient', mechanism: null })
})

test('a filter on the name, no trusted resolver -> neutral servers are reached by name, and it is found', async () => {
  const lab = await aLab()
  lab.network('babilon').censor.add({ layer: 'tls', names: ['www.youtube.com'], action: 'reset' })
  const { verdict } = await explained(lab, hostsOf(lab, ...YOUTUBE), { vantage: ALONE })
  expect(verdict).toMatchObject({ outcome: 'confirmed', mechanism: 'tls.sni-reset' })
})
