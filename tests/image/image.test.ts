/** The image as an operator runs it: hardened, on a volume, through crashes and a full disk. `npm run test:image` */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { aVolume, type Container, startContainer } from './container.ts'
import { BASE, findEngine } from './engine.ts'

const IMAGE = 'didbon:test'
const MEGABYTE = 1_000_000

const found = await findEngine(process.env)
if (typeof found === 'string') console.warn(`The image is not tested: ${found}`)
const engine = typeof found === 'string' ? null : found
const built = await engine?.build(IMAGE)

const COUNT = `const fs=require('fs'),D=require('/app/node_modules/better-sqlite3');
  const db=new D(['/data','/tmp'].map(f=>f+'/didbon.db').find(f=>fs.existsSync(f)),{readonly:true});
  console.log(db.prepare('select count(*) as n from measurement').get().n)`
const FILL = `const fs=require('fs');const f=fs.openSync('/tmp/filler','w');
  try{for(;;)fs.writeSync(f,Buffer.alloc(4096))}catch(e){console.log(e.code)}`
const READY = `fetch('http://127.0.0.1:18080/readyz').then(async r=>console.log(r.status,await r.text()),()=>console.log('none'))`

/** A port of its own: the engine may share the network of the machine. */
const SERVE = ['serve', '--port', '18080']
const rows = async (container: Container) => Number(await container.js(COUNT))
const ready = (container: Container) => container.js(READY)
const isReady = async (container: Container) => (await ready(container)).startsWith('200')

/** Arguments that put a configuration in the place of an operator's. */
async function withConfig(text: string): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'didbon-etc-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await writeFile(join(folder, 'didbon.yaml'), `services: /app/config/services.yaml\n${text}\n`)
  return ['--volume', `${folder}/didbon.yaml:/etc/didbon/didbon.yaml:ro`]
}

describe.skipIf(engine === null)('the image', () => {
  const at = engine!

  test('builds, no more than 100 MB above its base', async () => {
    expect(built).toMatchObject({ code: 0 })
    const size = async (image: string) =>
      Number((await at.call('image', 'inspect', '--format', '{{.Size}}', image)).stdout)
    const [base, whole] = [await size(BASE), await size(IMAGE)]
    console.log(
      `image ${Math.round(whole / MEGABYTE)} MB, ${Math.round((whole - base) / MEGABYTE)} MB above its base`,
    )
    expect(base).toBeGreaterThan(0)
    expect(whole - base).toBeLessThan(100 * MEGABYTE)
  })

  test('says what it is and how it is run, and holds nothing but what runs', async () => {
    const image = JSON.parse((await at.call('image', 'inspect', IMAGE)).stdout)[0]
    const { User, Entrypoint, Cmd, Volumes, Labels, Healthcheck } = image.Config ?? image
    expect({ User, Entrypoint, Cmd, Volumes }).toEqual({
      User: '1000:1000',
      Entrypoint: [
        'node',
        '--no-memory-protection-keys',
        '--optimize-for-size',
        '--max-semi-space-size=2',
        '--v8-pool-size=1',
        '/app/dist/cli.js',
      ],
      Cmd: ['serve'],
      Volumes: { '/data': {} },
    })
    expect(Labels).toMatchObject({ 'org.opencontainers.image.licenses': 'Apache-2.0' })
    expect((Healthcheck ?? image.Healthcheck).Test).toEqual(['CMD', 'node', '/app/dist/cli.js', 'health'])
    const listed = await at.run(
      '--rm',
      '--entrypoint',
      'node',
      IMAGE,
      '-e',
      `console.log(JSON.stringify(['', '/config', '/node_modules'].map((d) => require('fs').readdirSync('/app' + d).sort())))`,
    )
    const [app, config, modules] = JSON.parse(listed.stdout) as [string[], string[], string[]]
    expect(app).toEqual(['LICENSE', 'config', 'dist', 'node_modules', 'package.json'])
    expect(config).toEqual(['didbon.yaml', 'events.yaml', 'reports.yaml', 'services.yaml'])
    for (const dev of ['typescript', 'vitest', 'oxlint', 'node']) expect(modules).not.toContain(dev)
  })

  test('check on the configuration that comes with it -> 0, with a read-only root and no capability', async () => {
    const { code, stdout } = await at.run('--rm', IMAGE, 'check')
    expect([code, stdout]).toEqual([0, expect.stringContaining('/app/config/didbon.yaml is valid.')])
  })

  test('a configuration in /etc/didbon -> is the one that runs', async () => {
    const args = ['--rm', ...(await withConfig('serve: { port: 18080 }')), IMAGE, 'check']
    expect((await at.run(...args)).stdout).toContain('/etc/didbon/didbon.yaml is valid.')
  })

  test('serves, and SIGTERM -> ends by itself, exit code 0, the database closed', async () => {
    const container = await startContainer(at, IMAGE, ['--volume', `${await aVolume(at)}:/data`], SERVE)
    const ms = await container.until('ready', () => isReady(container))
    expect((await container.exec('node', '/app/dist/cli.js', 'health', '--port', '18080')).code).toBe(0)
    expect((await container.exec('node', '/app/dist/cli.js', 'health', '--port', '18081')).code).toBe(1)
    await expect(container.js(`require('fs').writeFileSync('/app/x','')`)).rejects.toThrow(/EROFS/)
    const beganMs = performance.now()
    await at.call('stop', '--time', '20', container.name)
    console.log(
      `ready after ${Math.round(ms)} ms (asked for by exec), stopped in ${Math.round(performance.now() - beganMs)} ms`,
    )
    expect(await container.inspect('{{.State.ExitCode}}')).toBe('0')
    expect(await container.log()).toContain('"msg":"lookout stopped"')
  })

  test('SIGKILL -> the next start finds everything that was committed', async () => {
    const volume = ['--volume', `${await aVolume(at)}:/data`]
    const first = await startContainer(at, IMAGE, volume, SERVE)
    await first.until('measurements', async () => (await isReady(first)) && (await rows(first)) >= 3)
    const before = await rows(first)
    await at.call('kill', '--signal', 'KILL', first.name)
    const second = await startContainer(at, IMAGE, volume, SERVE)
    await second.until('ready', () => isReady(second))
    expect(await rows(second)).toBeGreaterThanOrEqual(before)
    expect(await second.log()).toMatch(/"integrityMs":\d/)
  })

  test('the disk is full -> said in the log and by /readyz, what was committed stays; with room again -> goes on', async () => {
    // /tmp is the one disk whose size an engine sets for an ordinary user.
    const container = await startContainer(
      at,
      IMAGE,
      await withConfig('store: { path: /tmp/didbon.db }'),
      SERVE,
    )
    await container.until(
      'measurements',
      async () => (await isReady(container)) && (await rows(container)) >= 3,
    )
    expect(await container.js(FILL)).toBe('ENOSPC')
    await container.until('trouble in /readyz', async () => (await ready(container)).startsWith('503'))
    expect(await ready(container)).toContain('the database is not accepting measurements')
    const log = await container.log()
    expect(log).toContain('"msg":"store failed"')
    expect(log).toContain('Free space on the disk')
    const kept = await rows(container)
    expect(kept).toBeGreaterThanOrEqual(3)
    await container.js(`require('fs').unlinkSync('/tmp/filler')`)
    await container.until('ready again', () => isReady(container))
    expect(await rows(container)).toBeGreaterThan(kept)
  })
})
