import { expect, test } from 'vitest'
import type { HttpRule } from '../../src/lab/censor.ts'
import { explained, hostsOf } from './diagnosing.ts'
import { aLab } from './watch.ts'

test.each([
  { action: 'reset', mechanism: 'http.reset' },
  { action: 'drop', mechanism: 'http.timeout' },
  { action: 'reset-after', mechanism: 'http.reset' },
  { action: 'truncate', mechanism: 'http.truncated' },
  { action: 'redirect', mechanism: 'http.blockpage' },
  { action: 'blockpage', mechanism: 'http.blockpage' },
] as const satisfies readonly { action: HttpRule['action']; mechanism: string }[])(
  '$action on the Host -> it follows the Host, not the address: $mechanism',
  async ({ action, mechanism }) => {
    const lab = await aLab()
    lab.network('babilon').censor.add({ layer: 'http', names: ['news.tj'], action })
    const { verdict, diagnosed } = await explained(lab, hostsOf(lab, 'http://news.tj/'))
    expect(verdict).toMatchObject({ outcome: 'confirmed', rule: 'diagnosed_by_host_header', mechanism })
    expect(diagnosed).toMatchObject({ focus: 'news.tj', hosts: [{ host: 'news.tj', hit: true }] })
  },
)

test('a Host filter on port 80, a service over https -> told beside, not as what keeps people away', async () => {
  const lab = await aLab()
  lab.network('babilon').censor.add({ layer: 'http', names: ['www.youtube.com'], action: 'reset' })
  const { verdict, diagnosed } = await explained(lab, hostsOf(lab, 'https://www.youtube.com/'))
  expect(verdict).toMatchObject({ outcome: 'ok', rule: 'diagnosed_nothing_differs', mechanism: null })
  expect(diagnosed?.also).toMatchObject([{ mechanism: 'http.reset', follows: 'host-header' }])
})

test('a content network that serves the site at the neutral address too -> no page is taken for a block page', async () => {
  const lab = await aLab()
  const addresses = ['93.184.215.14', '104.21.37.60']
  lab.addSite({ host: 'example.com', addresses: ['93.184.215.14'], http: 'serve', title: 'Example Domain' })
  lab.addSite({ host: 'news.tj', addresses, http: 'serve', title: 'News' })
  const { verdict } = await explained(lab, hostsOf(lab, 'http://news.tj/'))
  expect(verdict).not.toMatchObject({ outcome: 'confirmed' })
})
