import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import { openRecord } from '../../src/store/catalog/record.ts'
import { aDaemonsStore, type Lookout, SMALL, aLookout } from './record-cli.ts'

const SAID = [
  '--title',
  'A video',
  '--kind',
  'video-release',
  '--at',
  '2026-03-01T14:00',
  '--service',
  'youtube',
]
const FLAGS = [...SAID, '--source', 'The video | Example TV | 2026-03-01']

async function shown({ run }: Lookout, id: string) {
  const { stdout } = await run('events', 'show', id, '--json')
  return JSON.parse(stdout) as {
    title: string
    scheduled: boolean
    retracted: string | null
    addedBy: string
    audit: { action: string; by: string }[]
  }
}

test('add, edit, retract, add again -> each told on stdout, and all of it in the history', async () => {
  const lookout = await aLookout(SMALL)
  const { run, feed, folder } = lookout
  const file = join(folder, 'entry.json')
  const id = 'a-video-2026-03-01'
  expect(await run('events', 'add', ...FLAGS)).toMatchObject({ code: 0, stdout: `added ${id}\n`, stderr: '' })
  expect(await run('events', 'add', ...FLAGS)).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringContaining(`didbon events edit ${id} changes it`),
  })
  expect(await run('events', 'edit', id, '--scheduled')).toMatchObject({ stdout: `changed ${id}\n` })
  expect(await run('events', 'edit', id, '--scheduled')).toMatchObject({ stdout: `unchanged ${id}\n` })

  const entry = (await run('events', 'show', id, '--entry')).stdout
  await writeFile(file, entry.replace('A video', 'The video'))
  expect(await run('events', 'edit', id, '--file', file)).toMatchObject({ stdout: `changed ${id}\n` })
  await writeFile(file, entry.replace(id, 'another'))
  expect(await run('events', 'edit', id, '--file', file)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(`id: must stay ${id}, not another`),
  })
  expect(await run('events', 'retract', id)).toMatchObject({ stdout: `retracted ${id}\n` })
  expect((await run('events', 'list', '--since', '2026-01-01')).stdout).toBe('No event matches.\n')
  expect((await run('events', 'list', '--since', '2026-01-01', '--retracted')).stdout).toMatch(
    /retracted +video-release/,
  )
  expect(await run('events', 'edit', id, '--title', 'x')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('was retracted'),
  })
  expect(await feed(entry, 'events', 'add', '--file', '-')).toMatchObject({ stdout: `restored ${id}\n` })

  const { audit, ...event } = await shown(lookout, id)
  expect(event).toMatchObject({ title: 'A video', scheduled: true, retracted: null })
  expect(event.addedBy).toMatch(/^cli:/)
  expect(audit.map(({ action }) => action).sort()).toEqual([
    'added',
    'changed',
    'changed',
    'restored',
    'retracted',
  ])
})

test('an event of the file changed by hand -> the file does not undo it', async () => {
  const lookout = await aLookout(SMALL)
  await lookout.run('events', 'edit', 'a-speech', '--title', 'A speech, as told to us')
  const { title, addedBy, audit } = await shown(lookout, 'a-speech')
  expect([title, addedBy]).toEqual(['A speech, as told to us', 'file:events.yaml'])
  expect(audit).toHaveLength(2)
})

test('while a daemon holds the store -> events are added all the same', async () => {
  const { store: path, run } = await aLookout(SMALL)
  const daemon = await aDaemonsStore(path)
  onTestFinished(() => daemon.close())
  expect(await run('events', 'add', ...FLAGS)).toMatchObject({
    code: 0,
    stdout: 'added a-video-2026-03-01\n',
  })
})

test('an event that is gone from the file -> still listed, with a note on stderr of how to take it out', async () => {
  const { run, folder } = await aLookout(SMALL)
  await run('events', 'list')
  await writeFile(join(folder, 'events.yaml'), 'events: []\n')
  const { stdout, stderr } = await run('events', 'list')
  expect(stdout).toContain('a-speech')
  expect(stderr).toMatch(/no longer in the file, and still in the record: a-speech\. didbon events retract/)
})

test('the record read again with the same files -> nothing is written, so it needs no turn at writing', async () => {
  const { store, folder, run } = await aLookout(SMALL)
  await run('incidents')
  const other = new Database(store)
  onTestFinished(() => {
    other.close()
  })
  other.exec('begin immediate')
  for (const args of [['incidents'], ['events', 'list'], ['outages'], ['correlate'], ['timeline']])
    expect(await run(...args)).toMatchObject({ code: 0, stderr: '' })
  other.exec('rollback')

  await writeFile(join(folder, 'events.yaml'), SMALL.events.replace('title: A speech\n', 'title: Another\n'))
  expect((await run('events', 'list')).stdout).toContain('Another')
})

test('an event that is gone from the file -> told each time it is listed, until it is retracted', async () => {
  const { run, folder } = await aLookout(SMALL)
  await run('events', 'list')
  await writeFile(join(folder, 'events.yaml'), 'events: []\n')
  for (let n = 0; n < 2; n++) expect((await run('events', 'list')).stderr).toContain('a-speech')
  await run('events', 'retract', 'a-speech')
  expect((await run('events', 'list')).stderr).toBe('')
})

test('a bad entry -> refused, and nothing is written', async () => {
  const { store, folder, run } = await aLookout(SMALL)
  const fed = async (text: string) => {
    await writeFile(join(folder, 'entry.yaml'), text)
    return run('events', 'add', '--file', join(folder, 'entry.yaml'))
  }
  await run('events', 'list')
  const record = await openRecord(store, { now: Date.now })
  onTestFinished(() => record.close())
  const before = record.version()
  const bad = [
    await run('events', 'add', '--title', 'x', '--kind', 'party', '--at', 'soon'),
    await fed('title: x\n'),
    await fed('{"id": 3'),
    await fed(''),
    await run('events', 'add', '--file', '/nowhere.yaml'),
    await run('events', 'edit', 'a-speech', '--country', 'Tajikistan'),
  ]
  for (const { code, stdout, stderr } of bad) {
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/the event was rejected, nothing was changed; \d+ problems?:\n/)
  }
  expect(record.version()).toBe(before)
})

test('an event a reader added changes the ranking of the next question', async () => {
  const { run } = await aLookout(SMALL)
  const rank = async () => (await run('correlate', 'reported.tj-2021-01-facebook')).stdout
  expect(await rank()).toMatch(/^ {2}1\.000 .*none of them$/m)
  await run('events', 'add', ...FLAGS, '--at', '2021-01-10', '--id', 'made-up', '--service', 'facebook')
  expect(await rank()).toMatch(/^ {2}(0\.9\d+|>0\.999) .*made-up$/m)
  await run('events', 'retract', 'made-up')
  expect(await rank()).not.toContain('made-up')
})

test('token create -> printed once, kept as its hash alone, good until it is revoked', async () => {
  const { store, run } = await aLookout(SMALL)
  const { stdout } = await run('token', 'create', 'newsroom')
  const token = stdout.trim()
  expect(Buffer.from(token, 'base64url')).toHaveLength(32)
  expect(readFileSync(store).includes(token)).toBe(false)
  expect((await run('token', 'create', 'newsroom')).code).toBe(2)

  const record = await openRecord(store, { now: Date.now })
  onTestFinished(() => record.close())
  const hash = createHash('sha256').update(token).digest('hex')
  expect(record.tokens.find(hash)?.name).toBe('newsroom')
  expect((await run('token', 'list')).stdout).toMatch(/^newsroom +\d{4}-.* store$/m)
  expect((await run('token', 'list')).stdout).not.toContain(token)
  expect(await run('token', 'revoke', 'newsroom')).toMatchObject({ code: 0, stdout: 'revoked newsroom\n' })
  expect(record.tokens.find(hash)).toBeNull()
})

test('tokens of the configuration -> listed, and neither made nor revoked here', async () => {
  const { run } = await aLookout(SMALL, { serve: { tokens: [{ name: 'desk', sha256: 'a'.repeat(64) }] } })
  expect((await run('token', 'list')).stdout).toMatch(/^desk +- +configuration$/m)
  expect(await run('token', 'create', 'desk')).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringContaining('has a token named desk already'),
  })
  expect(await run('token', 'revoke', 'desk')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('take it out there, and restart'),
  })
})
