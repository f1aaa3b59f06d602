/** The command line and the API give the same rows of one store: the same JSON, and the same CSV to the byte. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Lookout, newLookout } from '../commands/record-cli.ts'
import { type Served, serve } from '../serve/api/served.ts'

let served: Served
let lookout: Lookout
let remove: () => Promise<void>
beforeAll(async () => {
  served = await serve()
  ;({ lookout, remove } = await newLookout({}, { store: { path: served.path } }))
})
afterAll(async () => {
  await served.close()
  await remove()
})

const LISTS = [
  { command: ['outages'], path: 'outages?limit=1000' },
  { command: ['outages', '--kind', 'measured'], path: 'outages?limit=1000&kind=measured' },
  { command: ['incidents'], path: 'incidents?limit=1000' },
  { command: ['events', 'list'], path: 'events?limit=1000' },
  { command: ['events', 'list', '--kind', 'protest'], path: 'events?limit=1000&kind=protest' },
]

async function printed(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await lookout.run(...args)
  expect([code, stderr]).toEqual([0, ''])
  return stdout
}

async function answered(path: string): Promise<string> {
  const response = await served.get(`/api/v1/${path}`)
  expect(response.status).toBe(200)
  return response.text()
}

test.each(LISTS)('$command, and $path -> one CSV, each line ended by CRLF', async ({ command, path }) => {
  const text = await printed(...command, '--format', 'csv')
  expect(text).toBe(await answered(`${path}&format=csv`))
  expect(text.endsWith('\r\n')).toBe(true)
})

test.each(LISTS)('$command, and $path -> the same rows in JSON', async ({ command, path }) => {
  const { rows } = JSON.parse(await answered(path)) as { rows: unknown[] }
  expect(JSON.parse(await printed(...command, '--format', 'json'))).toEqual(rows)
})

test('one incident, correlate and timeline -> what the API says of them', async () => {
  const incidents = JSON.parse(await answered('incidents?kind=measured')) as { rows: { id: string }[] }
  const { id } = incidents.rows[0]!
  expect(JSON.parse(await printed('incident', id, '--json'))).toMatchObject(
    JSON.parse(await answered(`incidents/${id}`)) as object,
  )
  const { incidents: rankings } = JSON.parse(await answered(`correlations?incident=${id}`)) as {
    incidents: unknown
  }
  expect(JSON.parse(await printed('correlate', id, '--json'))).toMatchObject({ incidents: rankings })
  const { rows } = JSON.parse(await answered('timeline?since=2015-05-01&until=2015-07-01')) as {
    rows: unknown
  }
  expect(
    JSON.parse(await printed('timeline', '--since', '2015-05-01', '--until', '2015-07-01', '--json')),
  ).toEqual(rows)
})

test('text that a spreadsheet takes for a formula -> made harmless on both', async () => {
  const title = '=HYPERLINK("https://example.org","x")'
  const event = served.record.events().find((event) => event.event.id !== '')!.event
  served.record.putEvent({ ...event, title }, 'cli:tests')
  const cell = `,"'=HYPERLINK(""https://example.org"",""x"")",`
  expect(await printed('events', 'list', '--format', 'csv')).toContain(cell)
  expect(await answered('events?limit=1000&format=csv')).toContain(cell)
})
