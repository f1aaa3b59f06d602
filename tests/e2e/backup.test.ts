import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { openStoreReadOnly } from '../../src/store/reader.ts'
import { aStore } from '../store/given.ts'
import { aMeasurement, http, RESET, saved } from '../store/nouns.ts'
import { aLab, type LogLine, configure, didbon, folder, serve, vantageEntry } from './lookout.ts'

const CLI = fileURLToPath(new URL('../../src/cli.ts', import.meta.url))

/** The commands that `backup --help` gives for putting a copy back. */
async function stepsBack(): Promise<string> {
  const { stdout } = await didbon('backup', '--help')
  const steps = stdout
    .slice(stdout.indexOf('To put a copy back'))
    .split('\n')
    .filter((line) => line.startsWith('  '))
  expect(steps).toHaveLength(3)
  return steps.join('\n')
}

const idsIn = (lines: readonly LogLine[]) =>
  lines.flatMap(({ msg, ['ids']: ids }) => (msg === 'measurements committed' ? (ids as string[]) : []))

test(
  'backed up while the daemon writes, put back as the help says -> nothing acknowledged before is missing',
  { timeout: 180_000 },
  async () => {
    const lab = await aLab()
    const where = await folder()
    const config = await configure(where, lab.ca, [vantageEntry(lab.network('babilon'))])
    const daemon = await serve(config)
    await lab.network('babilon').censor.add({ layer: 'tls', names: ['www.facebook.com'], action: 'reset' })
    await daemon.line(({ msg }) => msg === 'outage opened')
    await daemon.line(({ msg }) => msg === 'measurements committed')

    const copy = join(await folder(), 'copy.db')
    const acknowledged = idsIn(daemon.lines)
    const { code, stdout } = await didbon('backup', copy, '--json', '--config', config)
    expect(code).toBe(0)
    const { rows, file } = JSON.parse(stdout) as { rows: Record<string, number>; file: string }
    expect(file).toBe(copy)
    expect(rows['measurement']).toBeGreaterThanOrEqual(acknowledged.length)
    const outages = await didbon('outages', '--kind', 'measured', '--config', config, '--format', 'json')
    expect(JSON.parse(outages.stdout)).toHaveLength(1)
    await daemon.line(({ msg }) => msg === 'measurements committed')
    expect(await daemon.end('SIGTERM')).toBe(0)

    await promisify(execFile)('sh', ['-eu', '-c', await stepsBack()], {
      cwd: where,
      env: { ...process.env, COPY: copy },
    })
    expect((await readdir(where)).filter((name) => name.startsWith('didbon.db'))).toEqual(['didbon.db'])

    const reader = openStoreReadOnly(join(where, 'didbon.db'))
    for (const id of acknowledged) expect(await reader.measurement(id)).not.toBeNull()
    expect(reader.sizes().measurements).toBe(rows['measurement'])
    reader.close()
    const again = await serve(config)
    expect(again.lines).toContainEqual(
      expect.objectContaining({
        msg: 'store opened',
        found: expect.objectContaining({ kind: 'ours', integrityMs: expect.any(Number) }),
      }),
    )
    await again.line(({ msg }) => msg === 'measurements committed')
    const kept = await didbon('outages', '--kind', 'measured', '--config', config, '--format', 'json')
    expect(JSON.parse(kept.stdout)).toMatchObject([{ service: 'facebook', vantage: 'babilon' }])
    expect(await again.end('SIGTERM')).toBe(0)
  },
)

/** A store that takes a while to copy. */
async function aLargeStore(path: string): Promise<void> {
  const store = await aStore({ path })
  const noise = (n: number) =>
    Array.from({ length: 2000 }, (_, i) => Math.sin(n * 1e4 + i).toString(36)).join()
  for (let n = 0; n < 1500; n += 1) {
    store.save(saved(aMeasurement(n, { observations: [http({ bodyHead: noise(n) })] }), { verdict: RESET }))
  }
  store.close()
}

test('Ctrl-C in the middle -> 1, says so, and leaves nothing', { timeout: 180_000 }, async () => {
  const lab = await aLab()
  const where = await folder()
  const config = await configure(where, lab.ca, [vantageEntry(lab.network('babilon'))])
  await aLargeStore(join(where, 'didbon.db'))
  const copy = join(await folder(), 'copy.db')
  const child = spawn(process.execPath, [CLI, 'backup', copy, '--config', config], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
  const closed = once(child, 'close')
  await once(child.stderr, 'data')
  child.kill('SIGINT')
  expect(await closed).toEqual([1, null])
  expect(said).toMatch(/^copied 0 % of \d+ pages\n/)
  expect(said).toContain('didbon: The copy was cancelled; nothing is left of it, and the store is unchanged.')
  expect(await readdir(dirname(copy))).toEqual([])
})

test('the disk takes no more -> 1, says so, and leaves nothing', { timeout: 180_000 }, async () => {
  const lab = await aLab()
  const where = await folder()
  const config = await configure(where, lab.ca, [vantageEntry(lab.network('babilon'))])
  await aLargeStore(join(where, 'didbon.db'))
  const copy = join(await folder(), 'copy.db')
  // A limit of the system on the size of a file, in blocks of 512 or 1024 bytes, fails as a full disk does.
  const limited = [
    '-c',
    'ulimit -f 1000; exec "$0" "$@"',
    process.execPath,
    CLI,
    'backup',
    copy,
    '--config',
    config,
  ]
  const child = spawn('sh', limited, { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
  expect(await once(child, 'close')).toEqual([1, null])
  expect(said).toContain('copy.db could not be written:')
  expect(said).toContain('Nothing is left of it.')
  expect(await readdir(dirname(copy))).toEqual([])
})

test.each([
  { args: [], says: "missing required argument 'file'" },
  { args: ['/nowhere/copy.db'], says: 'There is no folder /nowhere' },
  { args: ['copy.db', '--deadline', 'soon'], says: "--deadline: 'soon' is not a length of time" },
])('backup $args -> 2, and says what is wrong', async ({ args, says }) => {
  const where = await folder()
  const lab = await aLab()
  const config = await configure(where, lab.ca, [vantageEntry(lab.network('babilon'))])
  const { code, stdout, stderr } = await didbon('backup', ...args, '--config', config)
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toContain(says)
})
