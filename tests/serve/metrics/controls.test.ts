import { expect, test } from 'vitest'
import { BABILON, FACEBOOK, FRANKFURT, YOUTUBE, endpoint, givenMetrics } from './given.ts'

test('a look of a control -> whether it reached the service; absent before the first', async () => {
  const { metrics, lines } = await givenMetrics()
  expect(await lines('didbon_control_reached')).toEqual([])
  metrics.controlled('frankfurt', 'facebook/www', true)
  expect(await lines('didbon_control_reached')).toEqual([
    'didbon_control_reached{service="facebook",control="frankfurt"} 1',
  ])
  metrics.controlled('frankfurt', 'facebook/www', false)
  expect(await lines('didbon_control_reached')).toEqual([
    'didbon_control_reached{service="facebook",control="frankfurt"} 0',
  ])
})

test('one of two primary endpoints is gone for the control -> 0, whichever was looked at last; assets do not count', async () => {
  const parts = [endpoint('facebook/www'), endpoint('facebook/m'), endpoint('facebook/static', 'asset')]
  const { metrics, lines } = await givenMetrics({ services: () => [{ id: 'facebook', endpoints: parts }] })
  metrics.controlled('frankfurt', 'facebook/www', false)
  metrics.controlled('frankfurt', 'facebook/m', true)
  expect(await lines('didbon_control_reached{')).toEqual([
    'didbon_control_reached{service="facebook",control="frankfurt"} 0',
  ])
  metrics.controlled('frankfurt', 'facebook/www', true)
  metrics.controlled('frankfurt', 'facebook/static', false)
  expect(await lines('didbon_control_reached{')).toEqual([
    'didbon_control_reached{service="facebook",control="frankfurt"} 1',
  ])
})

test('what the control said of failed looks -> counted by pair, at 0 from the start, gone with its service', async () => {
  const { metrics, lines } = await givenMetrics()
  metrics.compared('facebook', 'babilon', 'fails_here_only')
  metrics.compared('facebook', 'babilon', 'fails_here_only')
  const of = (said: string) =>
    `didbon_control_agreement_total{service="facebook",vantage="babilon",agreement="${said}"}`
  expect(await lines('didbon_control_agreement_total{service="facebook"')).toEqual([
    `${of('fails_here_only')} 2`,
    `${of('fails_too')} 0`,
    `${of('not_asked')} 0`,
  ])
  await metrics.watch({ services: [YOUTUBE], vantages: [BABILON, FRANKFURT] })
  expect(await lines('didbon_control_agreement_total{service="facebook"')).toEqual([])
  await metrics.watch({ services: [FACEBOOK], vantages: [BABILON, FRANKFURT] })
  expect(await lines(`${of('fails_here_only')} 0`)).toHaveLength(1)
})

test('a control taken out and put back -> what it said before is forgotten', async () => {
  const { metrics, lines } = await givenMetrics()
  metrics.controlled('frankfurt', 'facebook/www', true)
  await metrics.watch({ services: [FACEBOOK], vantages: [BABILON] })
  await metrics.watch({ services: [FACEBOOK], vantages: [BABILON, FRANKFURT] })
  expect(await lines('didbon_control_reached')).toEqual([])
})
