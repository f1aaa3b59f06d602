/** A filter that answers in the server's place, with a TLS alert or with what is not TLS, instead of cutting. */
import { expect, test } from 'vitest'
import type { TlsRule } from '../../src/lab/censor.ts'
import { explained, hostsOf, YOUTUBE } from './diagnosing.ts'
import { aLab } from './watch.ts'

const NAMES = ['www.youtube.com']
const NEUTRAL = ['example.com', 'dns.quad9.net']

test.each([
  { rule: { layer: 'tls', names: NAMES, action: 'alert' }, mechanism: 'tls.alert' },
  { rule: { layer: 'tls', names: NAMES, action: 'alert', description: 40 }, mechanism: 'tls.alert' },
  {
    rule: { layer: 'tls', names: NAMES, action: 'alert', description: 80, end: 'reset' },
    mechanism: 'tls.alert',
  },
  { rule: { layer: 'tls', names: NAMES, action: 'alert', description: 0 }, mechanism: 'tls.alert' },
  { rule: { layer: 'tls', names: NAMES, action: 'cleartext' }, mechanism: 'tls.not-tls' },
] as const satisfies readonly { rule: TlsRule; mechanism: string }[])(
  '$rule on the name in the ClientHello -> proved without any control: $mechanism',
  async ({ rule, mechanism }) => {
    const lab = await aLab()
    lab.network('babilon').censor.add(rule)
    const { verdict, diagnosed } = await explained(lab, hostsOf(lab, ...YOUTUBE))
    expect(verdict).toMatchObject({ outcome: 'confirmed', mechanism, rule: 'diagnosed_by_name' })
    expect(diagnosed?.hosts).toMatchObject([
      { host: 'www.youtube.com', hit: true },
      { host: 'i.ytimg.com', hit: false },
    ])
  },
)

test.each([
  { name: 'resets half', rule: { share: 0.5 }, outcome: /confirmed/ },
  // What it taints is left out, so that less is proved.
  { name: 'goes on to reset for a while', rule: { residualMs: 1_000 }, outcome: /anomaly|confirmed/ },
])('a filter that sends an alert, and $name -> found', async ({ rule, outcome }) => {
  const lab = await aLab()
  const { censor } = lab.network('babilon')
  censor.add({ layer: 'tls', names: NAMES, action: 'alert', description: 40, ...rule })
  censor.add({ layer: 'tls', names: NAMES, action: 'reset' })
  const { verdict } = await explained(lab, hostsOf(lab, ...YOUTUBE))
  expect(verdict).toMatchObject({ rule: 'diagnosed_by_name', layer: 'tls' })
  expect(verdict.outcome).toMatch(outcome)
})

test('neutral servers refuse unknown names with alert 112, the filter with alert 40 -> told apart', async () => {
  const lab = await aLab()
  for (const host of NEUTRAL) lab.addSite({ ...lab.site(host).spec, strangers: 'alert' })
  lab.network('babilon').censor.add({ layer: 'tls', names: NAMES, action: 'alert', description: 40 })
  const { verdict } = await explained(lab, hostsOf(lab, ...YOUTUBE))
  expect(verdict).toMatchObject({ outcome: 'confirmed', mechanism: 'tls.alert' })
})

test('both with the same alert -> nothing to tell them apart by, and not called fine', async () => {
  const lab = await aLab()
  for (const host of NEUTRAL) lab.addSite({ ...lab.site(host).spec, strangers: 'alert' })
  lab.network('babilon').censor.add({ layer: 'tls', names: NAMES, action: 'alert' })
  const { verdict } = await explained(lab, hostsOf(lab, ...YOUTUBE))
  expect(verdict).toMatchObject({ outcome: 'insufficient', rule: 'diagnosed_undecided', mechanism: null })
})

test('the server of the site refuses its name to everybody -> neither fine nor blocked', async () => {
  const lab = await aLab()
  lab.addSite({ ...lab.site('www.youtube.com').spec, host: 'front.example', aliases: [], strangers: 'alert' })
  const { addresses } = lab.site('front.example')
  const [host] = hostsOf(lab, 'https://www.youtube.com/')
  const { verdict, diagnosed } = await explained(lab, [{ ...host!, host: 'gone.example', addresses }])
  expect(verdict).toMatchObject({ outcome: 'insufficient', mechanism: null })
  expect(diagnosed).toMatchObject({ finding: null, healthy: false })
})
