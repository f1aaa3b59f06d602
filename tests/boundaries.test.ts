/** The linter keeps rooms apart; here it is seen to. A pattern it does not understand lets everything through without a word. */
import { execFile } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const run = promisify(execFile)

/** Of the imports, those that the linter refuses to a file in that room. */
async function refused(room: string, imports: readonly string[]): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'didbon-rooms-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await copyFile(join(ROOT, '.oxlintrc.json'), join(folder, '.oxlintrc.json'))
  const file = join(folder, 'src', room, 'a-file.ts')
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, imports.map((path) => `import '${path}'\n`).join(''))
  const oxlint = join(ROOT, 'node_modules/oxlint/bin/oxlint')
  const done = await run(process.execPath, [oxlint, '--format', 'json'], { cwd: folder }).catch(
    (error: { stdout: string }) => error,
  )
  const { diagnostics } = JSON.parse(done.stdout) as { diagnostics: { code: string; message: string }[] }
  return diagnostics
    .filter(({ code }) => code.includes('no-restricted-imports'))
    .map(({ message }) => /'([^']+)'/.exec(message)![1]!)
}

test.each([
  { room: 'model', may: ['./event.ts'], mayNot: ['node:fs', '../judge/judge.ts'] },
  { room: 'net', may: ['../model/error.ts', 'ipaddr.js'], mayNot: ['../judge/judge.ts', 'node:net'] },
  {
    room: 'judge',
    may: ['../model/verdict.ts', '../net/addresses.ts'],
    mayNot: ['../detect/fold.ts', 'ipaddr.js', 'node:fs', 'zod'],
  },
  { room: 'judge/rules', may: ['../weights.ts', '../../model/verdict.ts'], mayNot: ['../../detect/fold.ts'] },
  { room: 'detect', may: ['../model/look.ts'], mayNot: ['../correlate/rank.ts', 'node:crypto', 'zod'] },
  { room: 'correlate', may: ['../model/event.ts'], mayNot: ['../detect/fold.ts', 'node:fs'] },
  {
    room: 'config',
    may: ['../model/error.ts', 'zod', 'node:fs/promises'],
    mayNot: ['../probe/task.ts', 'pino'],
  },
  {
    room: 'schedule',
    may: ['node-cron', 'node:timers/promises'],
    mayNot: ['../looks.ts', '../probe/prober.ts'],
  },
  { room: 'vantage', may: ['node:net', 'socks'], mayNot: ['../probe/dns.ts', 'undici'] },
  {
    room: 'probe',
    may: ['../vantage/dialer.ts', 'undici'],
    mayNot: ['../store/store.ts', '../judge/judge.ts'],
  },
  { room: 'probe/diagnose', may: ['../dns.ts', '../../vantage/dialer.ts'], mayNot: ['../../store/store.ts'] },
  {
    room: 'store',
    may: ['better-sqlite3', 'kysely'],
    mayNot: ['../detect/fold.ts', 'undici', '../daemon.ts'],
  },
  { room: 'serve', may: ['fastify', 'prom-client'], mayNot: ['../store/store.ts', '../daemon.ts', 'kysely'] },
  { room: 'serve/api/rows', may: ['../answer.ts', 'zod'], mayNot: ['../../../store/store.ts'] },
  { room: 'ooni', may: ['../model/measurement.ts', 'node:zlib'], mayNot: ['../judge/judge.ts', 'zod'] },
  { room: 'export', may: ['node:stream'], mayNot: ['../history/history.ts'] },
  {
    room: 'evaluate',
    may: ['../judge/judge.ts', '../detect/fold.ts'],
    mayNot: ['../probe/dns.ts', 'node:fs'],
  },
  { room: 'replay', may: ['../store/store.ts', '../judge/judge.ts'], mayNot: ['../serve/server.ts', 'zod'] },
  { room: 'lab', may: ['dns-packet', 'node:net'], mayNot: ['../probe/dns.ts', 'undici'] },
])('$room -> may import $may, and not $mayNot', async ({ room, may, mayNot }) => {
  expect((await refused(room, [...may, ...mayNot])).toSorted()).toEqual([...mayNot].toSorted())
})
