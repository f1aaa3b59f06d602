/** Every file in bad/ is broken in its own way, and answered with exactly these lines. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'
import { AppError } from '../../src/model/error.ts'
import { BAD_MESSAGES } from './bad-messages.ts'

const BAD = fileURLToPath(new URL('bad/', import.meta.url))
const ENV = { TOKEN: 'do-not-show-that', EMPTY: '' }
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'didbon-bad-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** Files called services-* are services files; a sound didbon.yaml is put before them. */
async function messageFor(file: string): Promise<string> {
  let path = join(BAD, file)
  if (file.startsWith('services-')) {
    path = join(folder, 'didbon.yaml')
    await writeFile(path, `services: ${join(BAD, file)}\n`)
  }
  const error: unknown = await loadConfig(path, ENV).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(AppError)
  expect((error as AppError).code).toBe('config_invalid')
  return (error as AppError).message.replaceAll(BAD, '')
}

test.each(Object.entries(BAD_MESSAGES))('%s -> its own message', async (file, lines) => {
  const count = lines.length === 1 ? '1 problem' : `${lines.length} problems`
  expect((await messageFor(file)).split('\n')).toEqual([`the configuration has ${count}:`, ...lines])
})

test('files in bad/ -> every one has its message here', async () => {
  const files = (await readdir(BAD)).filter((file) => file.endsWith('.yaml') && file !== 'services.yaml')
  expect(files.toSorted()).toEqual(Object.keys(BAD_MESSAGES).toSorted())
})

test('any broken file -> no secret and no password is in its message', async () => {
  for (const file of Object.keys(BAD_MESSAGES)) {
    expect(await messageFor(file)).not.toMatch(/do-not-show|1234567|pass-word|pass-of-two|secret-word/)
  }
})

test('a broken didbon.yaml and a broken services.yaml -> problems of both, in one error', async () => {
  const path = join(folder, 'both.yaml')
  await writeFile(path, `services: ${join(BAD, 'services-few.yaml')}\nlog: { level: loud }\n`)
  const error = (await loadConfig(path, {}).catch((thrown: unknown) => thrown)) as AppError
  expect(error.message).toContain('both.yaml:2:8  log.level: must be one of')
  expect(error.message).toContain('services-few.yaml:4:3  canaries.domestic: holds 0; name at least 1')
})

test('no such file -> says so, without a position', async () => {
  const error = (await loadConfig(join(folder, 'none.yaml'), {}).catch(
    (thrown: unknown) => thrown,
  )) as AppError
  expect(error.message).toBe(
    `the configuration has 1 problem:\n${join(folder, 'none.yaml')}  cannot be read (ENOENT)`,
  )
})

test('a file over 1 MiB -> refused unread', async () => {
  const path = join(folder, 'big.yaml')
  await writeFile(path, `#${'x'.repeat(1024 * 1024)}\n`)
  await expect(loadConfig(path, {})).rejects.toThrow(
    `${path}  is 1048578 bytes; a configuration may have 1 MiB`,
  )
})

test('a file nested so deeply that the parser gives up -> a problem, not a crash', async () => {
  const path = join(folder, 'deep.yaml')
  await writeFile(path, `services: ${'['.repeat(20_000)}\n`)
  await expect(loadConfig(path, {})).rejects.toThrow('is not valid YAML')
})
