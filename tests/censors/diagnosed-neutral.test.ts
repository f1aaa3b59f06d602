/** Neutral servers turn names that are not theirs away by any means: what they do to every name is never laid to the one. */
import { describe, expect, test } from 'vitest'
import type { Lab } from '../../src/lab/lab.ts'
import type { TurnedAway } from '../../src/lab/origin.ts'
import { explained, hostsOf, YOUTUBE } from './diagnosing.ts'
import { aLab } from './watch.ts'

const NEUTRAL = ['example.com', 'dns.quad9.net']
const WAYS = ['alert', 'reset', 'silence'] as const satisfies TurnedAway[]

async function labWith(strangers: TurnedAway): Promise<Lab> {
  const lab = await aLab()
  for (const host of NEUTRAL) lab.addSite({ ...lab.site(host).spec, strangers })
  return lab
}

describe.each(WAYS)('neutral servers meet unknown names with %s', (strangers) => {
  test.each(WAYS)('the site’s own server meets its name with %s -> neither blocked nor fine', async (own) => {
    const lab = await labWith(strangers)
    const { spec } = lab.site('www.facebook.com')
    lab.addSite({ ...spec, host: 'front.example', aliases: [], strangers: own })
    const { addresses } = lab.site('front.example')
    const [host] = hostsOf(lab, 'https://www.facebook.com/')
    const { verdict, diagnosed } = await explained(lab, [{ ...host!, host: 'gone.example', addresses }])
    expect(verdict).toMatchObject({ outcome: 'insufficient', mechanism: null })
    expect(diagnosed?.healthy ?? false).toBe(false)
  })

  test('a filter that sends alert 40 -> found unless they are silent too, and never called fine', async () => {
    const lab = await labWith(strangers)
    lab.network('babilon').censor.add({
      layer: 'tls',
      names: ['www.youtube.com'],
      action: 'alert',
      description: 40,
    })
    const { verdict } = await explained(lab, hostsOf(lab, ...YOUTUBE))
    expect(verdict).toMatchObject(
      strangers === 'silence'
        ? { outcome: 'insufficient', because: expect.stringContaining('example.com turns away') as string }
        : { outcome: 'confirmed', mechanism: 'tls.alert' },
    )
  })

  test('a filter that resets -> found where they answer; else they are named', async () => {
    const lab = await labWith(strangers)
    lab.network('babilon').censor.add({ layer: 'tls', names: ['www.youtube.com'], action: 'reset' })
    const { verdict } = await explained(lab, hostsOf(lab, ...YOUTUBE))
    expect(verdict).toMatchObject(
      strangers === 'alert'
        ? { outcome: 'confirmed', mechanism: 'tls.sni-reset' }
        : { outcome: 'insufficient', because: expect.stringContaining('example.com turns away') as string },
    )
  })
})
