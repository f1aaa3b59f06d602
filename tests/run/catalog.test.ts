import { expect, test } from 'vitest'
import { printOf, unwatchedIn } from '../../src/run/catalog.ts'
import { anEvent } from '../commands/builders.ts'

test('events of services nobody watches -> those services, each once', () => {
  const events = [['facebook'], ['facebok', 'youtube'], ['facebok', 'a-site'], []].map((services) =>
    anEvent({ services }),
  )
  expect(unwatchedIn(events, [{ id: 'facebook' }, { id: 'youtube' }])).toEqual(['a-site', 'facebok'])
})

test('the print of files -> another for other content and for other names', () => {
  const files = { events: '/a/events.yaml', reports: '/a/reports.yaml', print: 'x' }
  expect(printOf({ ...files, events: '/b/events.yaml' })).toBe(printOf(files))
  expect(printOf({ ...files, print: 'y' })).not.toBe(printOf(files))
  expect(printOf({ ...files, events: '/a/others.yaml' })).not.toBe(printOf(files))
})
