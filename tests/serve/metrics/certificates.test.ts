import { expect, test } from 'vitest'
import type { CertificateFacts } from '../../../src/model/measurement.ts'
import { OTHER_ADDRESS, aCertificate, http, tls } from '../../judge/builders.ts'
import { BABILON, FACEBOOK, YOUTUBE, aMeasurement, endpoint, givenMetrics } from './given.ts'

const EXPIRY = Date.UTC(2026, 5, 1)

function issuedBy(issuer: string, over: Partial<CertificateFacts> = {}): CertificateFacts {
  return { ...aCertificate(), issuer, notAfterAt: EXPIRY, ...over }
}

async function shown(...measurements: readonly ReturnType<typeof aMeasurement>[]) {
  const { metrics, lines } = await givenMetrics()
  for (const measurement of measurements) metrics.probed(measurement, null, null)
  return (await lines('didbon_certificate_info')).map((line) => /issuer="(.*)"} 1$/.exec(line)?.[1])
}

test('a certificate seen -> its issuer and when it expires, of that endpoint from that vantage', async () => {
  const { metrics, lines } = await givenMetrics()
  metrics.probed(aMeasurement(tls({ certificate: issuedBy('C=US, O=DigiCert Inc, CN=G2') })), null, null)
  expect(await lines('didbon_certificate')).toEqual([
    `didbon_certificate_expiry_timestamp_seconds{endpoint="facebook/www",vantage="babilon"} ${EXPIRY / 1000}`,
    'didbon_certificate_info{endpoint="facebook/www",vantage="babilon",issuer="DigiCert Inc"} 1',
  ])
})

test.each([
  { issuer: "C=US, O=Let's Encrypt, CN=R3", name: "Let's Encrypt" },
  { issuer: 'C=US, O=Cloudflare\\, Inc., CN=Inc CA', name: 'Cloudflare, Inc.' },
  { issuer: 'CN=State Root', name: 'State Root' },
  { issuer: 'C=TJ', name: 'C=TJ' },
  { issuer: `O=${'x'.repeat(90)}`, name: 'x'.repeat(64) },
  { issuer: 'OU=O=not this, CN=The name', name: 'The name' },
])('issued by $issuer -> $name', async ({ issuer, name }) => {
  expect(await shown(aMeasurement(tls({ certificate: issuedBy(issuer) })))).toEqual([name])
})

test('another issuer -> one at a time: the old one goes', async () => {
  const first = aMeasurement(tls({ certificate: issuedBy('O=Old') }))
  const second = aMeasurement(tls({ certificate: issuedBy('O=New') }))
  expect(await shown(first, second)).toEqual(['New'])
})

test('one that does not check out -> shown all the same: it is what people there see', async () => {
  const middle = tls({ failure: 'ssl_unknown_authority', certificate: issuedBy('O=Middle') })
  expect(await shown(aMeasurement(middle))).toEqual(['Middle'])
})

test.each([
  {
    name: 'at an address only the control was given',
    look: aMeasurement(tls({ source: 'control', address: OTHER_ADDRESS })),
  },
  { name: 'after a redirect', look: aMeasurement(tls({ depth: 1 })) },
  { name: 'in a look that is unfit', look: aMeasurement(tls(), { unfit: 'late_thread' }) },
  { name: 'never, the session was resumed', look: aMeasurement(tls({ certificate: null }), http()) },
  { name: 'of a canary', look: aMeasurement(tls(), { endpoint: 'canary/firefox' }) },
  { name: 'of an asset', look: aMeasurement(tls(), { endpoint: 'facebook/static' }) },
])('a certificate seen $name -> not what people open', async ({ look: measurement }) => {
  const { metrics, lines } = await givenMetrics()
  const parts = [endpoint('facebook/www'), endpoint('facebook/static', 'asset')]
  await metrics.watch({ services: [{ id: 'facebook', endpoints: parts }], vantages: [BABILON] })
  metrics.probed(measurement, null, null)
  expect(await lines('didbon_certificate')).toEqual([])
})

test('an endpoint out of force, or taken out and back -> absent, and not remembered', async () => {
  const services = [FACEBOOK]
  const { metrics, lines } = await givenMetrics({ services: () => services })
  metrics.probed(aMeasurement(tls()), null, null)
  expect(await lines('didbon_certificate_info')).toHaveLength(1)
  services.pop()
  expect(await lines('didbon_certificate')).toEqual([])
  services.push(FACEBOOK)
  expect(await lines('didbon_certificate_info')).toHaveLength(1)
  await metrics.watch({ services: [YOUTUBE], vantages: [BABILON] })
  await metrics.watch({ services: [FACEBOOK], vantages: [BABILON] })
  expect(await lines('didbon_certificate')).toEqual([])
})
