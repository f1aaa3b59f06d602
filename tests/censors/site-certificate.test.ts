/** The site's own certificate is bad, for everybody: nobody interferes. */
import { expect, test } from 'vitest'
import { aLab, verdictOn } from './watch.ts'

const URL_ = 'https://careless.example/'

test.each([
  ['expired', 'expired'],
  ['for another name', 'other-name'],
] as const)(
  'the site shows a certificate that is %s, to everybody -> down, by no mechanism',
  async (_name, certificate) => {
    const lab = await aLab()
    lab.addSite({ host: 'careless.example', addresses: ['192.36.1.7'], certificate })
    for (const plan of ['heartbeat', 'full'] as const) {
      expect(await verdictOn(lab, 'babilon', URL_, plan)).toMatchObject({
        rule: 'site_certificate_invalid',
        outcome: 'down',
        reached: 'no',
        mechanism: null,
      })
    }
  },
)

test('the same site with a good one -> ok', async () => {
  const lab = await aLab()
  lab.addSite({ host: 'careless.example', addresses: ['192.36.1.7'] })
  expect(await verdictOn(lab, 'babilon', URL_)).toMatchObject({ outcome: 'ok', reached: 'yes' })
})
