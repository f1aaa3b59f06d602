import { rename, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { Config } from '../../src/config/config.ts'
import { loadConfig } from '../../src/config/load.ts'
import { watchConfig } from '../../src/config/watch.ts'
import type { AppError } from '../../src/model/error.ts'
import { aFolder, SERVICES } from './folder.ts'

/** In one go, as editors do it: nobody ever sees half a file. */
async function put(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text)
  await rename(`${path}.new`, path)
}

const port = (n: number) => `serve: { port: ${n} }\n`

/** What the watch says, one after the other, to be waited for. `notices`: how it may see changes without being asked. */
async function watched(
  files: Record<string, string>,
  notices: 'folders' | 'polling' | 'neither',
  linkTo?: string,
) {
  const { folder, path } = await aFolder(files)
  if (linkTo !== undefined) await symlink(linkTo, path)
  const controller = new AbortController()
  onTestFinished(() => controller.abort())
  const heard: (Config | Error)[] = []
  let wake = () => {}
  const hear = (what: Config | Error) => {
    heard.push(what)
    wake()
  }
  const current = await loadConfig(path, {})
  const watch = watchConfig({
    path,
    env: {},
    current,
    signal: controller.signal,
    onConfig: hear,
    onRejected: hear,
    pollMs: notices === 'polling' ? 20 : 36e5,
    restMs: notices === 'neither' ? 36e5 : 20,
  })
  const next = async () => {
    if (heard.length === 0) await new Promise<void>((resolve) => (wake = resolve))
    return heard.shift()!
  }
  return { folder, path, watch, heard, next, controller }
}

test('a file replaced by an editor -> the new configuration, whole and frozen', async () => {
  const { path, next } = await watched({ 'didbon.yaml': port(1) }, 'folders')
  await put(path, port(2))
  const config = (await next()) as Config
  expect(config.serve.port).toBe(2)
  expect(Object.isFrozen(config)).toBe(true)
})

test('a file in another folder, behind a link, where only polling can see it -> the new configuration', async () => {
  const { folder } = await aFolder({ 'real.yaml': port(1) })
  const { path, next } = await watched({ 'services.yaml': SERVICES }, 'polling', join(folder, 'real.yaml'))
  await put(join(folder, 'real.yaml'), port(2))
  expect(path).not.toContain(folder)
  expect(((await next()) as Config).serve.port).toBe(2)
})

test('the services file or a secret changes -> the new configuration', async () => {
  const { folder, next } = await watched(
    { 'didbon.yaml': "vantages: [{ id: here, country: TJ, isp: '${file:isp}' }]\n", isp: 'Babilon-T' },
    'folders',
  )
  await put(join(folder, 'isp'), 'Tcell')
  expect(((await next()) as Config).vantages[0]!.isp).toBe('Tcell')
  await put(join(folder, 'services.yaml'), SERVICES.replace('name: News', 'name: Newspaper'))
  expect(((await next()) as Config).services[0]!.name).toBe('Newspaper')
})

test('a broken file -> the reason; put right as it was -> the present configuration again', async () => {
  const { path, next } = await watched({ 'didbon.yaml': port(1) }, 'folders')
  await put(path, port(65_536))
  const error = (await next()) as AppError
  expect(error.code).toBe('config_invalid')
  expect(error.message).toContain('serve.port: must be a whole number from 0 to 65535, not 65536')
  await put(path, port(1))
  expect(((await next()) as Config).serve.port).toBe(1)
})

test('a services file that was not there when the reload failed -> seen when it comes', async () => {
  const { folder, path, next } = await watched({ 'didbon.yaml': port(1) }, 'folders')
  await put(path, 'services: other.yaml\n')
  expect(((await next()) as AppError).message).toContain('other.yaml  cannot be read (ENOENT)')
  await put(join(folder, 'other.yaml'), SERVICES.replace('name: News', 'name: Newspaper'))
  expect(((await next()) as Config).services[0]!.name).toBe('Newspaper')
})

test('a file cut to nothing, as after a power cut -> rejected, not taken for the defaults', async () => {
  const { path, watch, heard } = await watched({ 'didbon.yaml': port(1) }, 'neither')
  await put(path, '')
  expect(await watch.reload()).toBe('rejected')
  expect((heard[0] as AppError).message).toContain('is empty')
})

test('asked to reload -> at once: taken, unchanged or rejected', async () => {
  const { path, watch, heard } = await watched({ 'didbon.yaml': port(1) }, 'neither')
  expect(await watch.reload()).toBe('unchanged')
  await put(path, `# a comment changes nothing\n${port(1)}`)
  expect(await watch.reload()).toBe('unchanged')
  expect(heard).toEqual([])
  await put(path, port(2))
  expect(await watch.reload()).toBe('taken')
  await put(path, 'serve: []\n')
  expect(await watch.reload()).toBe('rejected')
  expect(await watch.reload()).toBe('rejected')
  expect(heard).toHaveLength(3)
})

test('the daemon cannot take it over -> the reason, and the same files are tried again when asked', async () => {
  const { path } = await aFolder({ 'didbon.yaml': port(1) })
  const controller = new AbortController()
  onTestFinished(() => controller.abort())
  const reasons: string[] = []
  const taken: number[] = []
  let locked = true
  const watch = watchConfig({
    path,
    env: {},
    current: await loadConfig(path, {}),
    signal: controller.signal,
    async onConfig({ serve }) {
      if (locked) throw new Error('the record is locked')
      taken.push(serve.port)
    },
    onRejected: ({ message }) => void reasons.push(message),
    pollMs: 36e5,
    restMs: 36e5,
  })
  await put(path, port(2))
  expect([await watch.reload(), reasons]).toEqual(['rejected', ['the record is locked']])
  locked = false
  expect([await watch.reload(), taken]).toEqual(['taken', [2]])
})

test('many reloads asked for at once -> one after the other, one change taken once', async () => {
  const { path, watch, heard } = await watched({ 'didbon.yaml': port(1) }, 'neither')
  await put(path, port(2))
  const results = await Promise.all([watch.reload(), watch.reload(), watch.reload()])
  expect(results).toEqual(['taken', 'unchanged', 'unchanged'])
  expect(heard).toHaveLength(1)
})

test('a broken file, polled again and again -> told once', async () => {
  const { path, watch, heard, next } = await watched({ 'didbon.yaml': port(1) }, 'polling')
  await put(path, port(2))
  await next()
  await put(path, 'serve: []\n')
  await next()
  await watch.reload()
  await next()
  await put(path, port(3))
  expect(((await next()) as Config).serve.port).toBe(3)
  expect(heard).toEqual([])
})

test('the watch is over -> nothing is said any more', async () => {
  const { path, watch, heard, controller } = await watched({ 'didbon.yaml': port(1) }, 'neither')
  controller.abort()
  await put(path, port(2))
  expect(await watch.reload()).toBe('unchanged')
  expect(heard).toEqual([])
})
