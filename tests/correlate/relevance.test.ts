import { expect, test } from 'vitest'
import { relevanceOf } from '../../src/correlate/relevance.ts'
import { DEFAULTS } from '../../src/correlate/settings.ts'
import { aMeasuredIncident, anEvent, anIncident } from './builders.ts'

test.each([
  { name: 'an event that names nothing', event: {}, incident: {}, factor: 1, reasons: [] },
  {
    name: 'one of its services was hit',
    event: { services: ['youtube', 'facebook'] },
    incident: {},
    factor: 2,
    reasons: ['the event concerns facebook, which was hit'],
  },
  {
    name: 'none of its services was hit',
    event: { services: ['youtube'] },
    incident: {},
    factor: 0.5,
    reasons: ['the event concerns youtube, which was not hit'],
  },
  {
    name: 'its outlet was hit, which is not watched',
    event: { otherTargets: ['zvezda.ru'] },
    incident: { otherTargets: ['zvezda.ru', 'maxala.org'] },
    factor: 2,
    reasons: ['the event concerns zvezda.ru, which was hit'],
  },
  {
    name: 'the region it was in was cut off',
    event: { regions: ['TJ-GB'] },
    incident: { regions: ['TJ-GB'] },
    factor: 1.5,
    reasons: ['the event was in TJ-GB, which was cut off'],
  },
  {
    name: 'another region was cut off',
    event: { regions: ['TJ-SU'] },
    incident: { regions: ['TJ-GB'] },
    factor: 0.5,
    reasons: ['the event was in TJ-SU, which was not cut off'],
  },
  {
    name: 'an event in a region, a block of the country',
    event: { regions: ['TJ-GB'] },
    incident: {},
    factor: 1,
    reasons: [],
  },
  {
    name: 'service and region both agree',
    event: { services: ['facebook'], regions: ['TJ-GB'] },
    incident: { regions: ['TJ-GB'] },
    factor: 3,
    reasons: ['the event concerns facebook, which was hit', 'the event was in TJ-GB, which was cut off'],
  },
])('$name -> x $factor', ({ event, incident, factor, reasons }) => {
  expect(relevanceOf(anIncident(incident), anEvent(event), DEFAULTS)).toEqual({ factor, reasons })
})

test('a measured incident -> its services count the same way', () => {
  const event = anEvent({ services: ['facebook'], regions: ['TJ-GB'] })
  expect(relevanceOf(aMeasuredIncident(), event, DEFAULTS).factor).toBe(2)
})

test('the outside world gone, no service named -> nothing can be said of services', () => {
  const shutdown = aMeasuredIncident({ services: [], causes: ['shutdown'] })
  expect(relevanceOf(shutdown, anEvent({ services: ['facebook'] }), DEFAULTS)).toEqual({
    factor: 1,
    reasons: [],
  })
})
