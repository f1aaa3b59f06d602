import { expect, test } from 'vitest'
import type { Verdict } from '../../../src/model/verdict.ts'
import * as judged from '../../judge/builders.ts'
import { BABILON, FACEBOOK, givenMetrics } from './given.ts'

const verdict = (mechanism: Verdict['mechanism']) => ({ mechanism }) as Verdict

test('diagnoses of an outage -> counted by what they told apart; gone with their service', async () => {
  const { metrics, lines } = await givenMetrics()
  const measurement = judged.aMeasurement({ vantage: 'babilon', plan: 'diagnose' })
  metrics.diagnosed(measurement, 'facebook', verdict('tls.sni-reset'))
  metrics.diagnosed(measurement, 'facebook', verdict('tls.sni-reset'))
  metrics.diagnosed(measurement, 'youtube', verdict(null))
  metrics.diagnosed(measurement, 'not-watched', verdict('tls.sni-reset'))
  expect(await lines('didbon_diagnoses_total')).toEqual([
    'didbon_diagnoses_total{service="facebook",vantage="babilon",mechanism="tls.sni-reset"} 2',
    'didbon_diagnoses_total{service="youtube",vantage="babilon",mechanism="none"} 1',
  ])
  await metrics.watch({ services: [FACEBOOK], vantages: [BABILON] })
  expect(await lines('didbon_diagnoses_total')).toHaveLength(1)
})
