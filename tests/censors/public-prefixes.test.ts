/** Sites at documentation addresses, as in a lab of somebody else's: public by configuration, and judged as public ever after. */
import { expect, onTestFinished, test } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'
import { judge } from '../../src/judge/judge.ts'
import { type Lab, startLab } from '../../src/lab/lab.ts'
import type { Measurement } from '../../src/model/measurement.ts'
import { probeOnce } from '../../src/probe/ladder.ts'
import { aFolder } from '../config/folder.ts'
import { diagnosed, hostsOf } from './diagnosing.ts'
import { patient } from './patience.ts'
import { vantageIn } from './vantage-in.ts'

const URL_HERE = 'https://site.example/'

async function aLab(): Promise<Lab> {
  const lab = await startLab({
    sites: [
      { host: 'site.example', addresses: ['198.51.100.10'] },
      { host: 'cdn.site.example', addresses: ['198.51.100.11'] },
      { host: 'other.example', addresses: ['203.0.113.9'] },
    ],
  })
  onTestFinished(() => lab.close())
  return lab
}

async function settingsOf(didbon: string) {
  const { path } = await aFolder({ 'didbon.yaml': didbon })
  const { probe } = await loadConfig(path, {})
  return { ...probe, connectToLoopback: false, tlsTimeoutMs: patient(700), maxLoopLagMs: 2_000 }
}

async function measured(lab: Lab, network: string, didbon: string): Promise<Measurement> {
  return probeOnce(
    {
      vantage: vantageIn(lab.network(network), lab),
      endpoint: 'site/www',
      url: URL_HERE,
      plan: 'full',
      purpose: 'round',
      extraAddresses: [],
      settings: { ...(await settingsOf(didbon)), extraCa: [lab.ca] },
    },
    AbortSignal.timeout(patient(15_000)),
  )
}

const LAB = 'publicPrefixes: [198.51.100.0/24, 203.0.113.0/24]\n'

test('a resolver lies with a documentation address -> private by the registries, a strange public one by configuration; a stored measurement the same', async () => {
  const lab = await aLab()
  lab
    .network('babilon')
    .censor.add({ layer: 'dns', names: ['site.example'], action: 'bogus', address: '203.0.113.9' })
  const ask = async (didbon: string) => {
    const [here, control] = [await measured(lab, 'babilon', didbon), await measured(lab, 'outside', didbon)]
    return { here, control, verdict: judge(here, [control], 'online') }
  }
  const registries = await ask('# nothing\n')
  expect(registries.verdict).not.toMatchObject({ rule: 'dns_private_not_in_trusted' })
  expect(registries.here).not.toHaveProperty('publicPrefixes')

  const { here, control, verdict } = await ask(LAB)
  expect(verdict).toMatchObject({ reached: 'no', mechanism: 'dns.bogus' })
  expect(here.publicPrefixes).toEqual(['198.51.100.0/24', '203.0.113.0/24'])
  const [storedHere, storedControl] = JSON.parse(JSON.stringify([here, control])) as [
    Measurement,
    Measurement,
  ]
  expect(judge(storedHere, [storedControl], 'online')).toEqual(verdict)
})

test('a private answer where the truth is a documentation address -> a lie only where that counts as public', async () => {
  const lab = await aLab()
  lab.network('babilon').censor.add({ layer: 'dns', names: ['site.example'], action: 'private' })
  const verdictWith = async (didbon: string) => {
    const [here, control] = [await measured(lab, 'babilon', didbon), await measured(lab, 'outside', didbon)]
    return judge(here, [control], 'online')
  }
  expect(await verdictWith(LAB)).toMatchObject({ outcome: 'confirmed', mechanism: 'dns.bogus' })
  expect((await verdictWith('# nothing\n')).outcome).not.toBe('confirmed')
})

test('a diagnosis of a private answer -> proved where the true addresses count as public', async () => {
  const lab = await aLab()
  lab
    .network('babilon')
    .censor.add({ layer: 'dns', names: ['*.site.example'], action: 'private', where: 'isp-resolver' })
  const { publicPrefixes } = await settingsOf(LAB)
  const measurement = await diagnosed(lab, hostsOf(lab, URL_HERE, 'https://cdn.site.example/'), {
    settings: { publicPrefixes },
  })
  expect(judge(measurement, [], 'online')).toMatchObject({ outcome: 'confirmed', mechanism: 'dns.bogus' })
})
