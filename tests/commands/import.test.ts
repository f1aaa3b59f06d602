/** didbon import, as it is typed. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { URL_PLAIN, control, document, plain, query, secure } from '../ooni/documents.ts'
import { aDaemonsStore, aLookout } from './record-cli.ts'

const NOTHING = {
  events: 'events: []\n',
  reports: 'record: { from: 2010-01-01, until: 2022-12-31 }\nreports: []\n',
}
const HOUR = 3_600_000
const MONDAY = Date.UTC(2023, 4, 1)

/** A day of looks at Facebook from two networks and at a page nobody watches, reset by name in the middle of it. */
function aDay(): string {
  const lines = Array.from({ length: 96 }, (_, quarter) => {
    const isBlocked = quarter >= 32 && quarter < 64
    const host = 'www.facebook.com'
    const facebook = document({
      input: `https://${host}/`,
      queries: [query({ host })],
      connections: [isBlocked ? { tls: 'connection_reset', serverName: host } : secure({ serverName: host })],
      control: control({ serverName: host }),
    })
    const at = new Date(MONDAY + quarter * (HOUR / 4)).toISOString().slice(0, 19).replace('T', ' ')
    const dated = { measurement_start_time: at, probe_asn: quarter % 2 === 0 ? 'AS24722' : 'AS43197' }
    return [
      { ...facebook, ...dated },
      { ...document({ connections: [secure()], control: control() }), ...dated },
    ]
  })
  return lines
    .flat()
    .map((line) => `${JSON.stringify(line)}\n`)
    .join('')
}

test('--dry-run --json -> one line each, these keys in this order, in the order they came', async () => {
  const { feed } = await aLookout(NOTHING)
  const lines = [
    JSON.stringify(document({ queries: [query({ failure: 'dns_nxdomain_error' })], control: control() })),
    'not JSON',
    JSON.stringify({ ...document(), test_name: 'telegram' }),
    JSON.stringify(document({ input: URL_PLAIN, connections: [plain()], control: control() })),
    '[]',
    '{}',
    JSON.stringify({ test_name: 'web_connectivity' }),
  ]
  const done = await feed(lines.join('\n'), 'import', '--format', 'ooni', '--dry-run', '--json', '-')
  expect(done.code).toBe(0)
  expect(done.stdout.trimEnd().split('\n')).toEqual([
    '{"input":"https://www.site.example/","blocking":"dns","accessible":false,"outcome":"anomaly","mechanism":"dns.nxdomain","rule":"dns_nxdomain_not_in_control"}',
    '{"input":"http://www.site.example/","blocking":false,"accessible":true,"outcome":"ok","mechanism":null,"rule":"cleartext_page_as_for_control"}',
    '{"input":null,"blocking":null,"accessible":null,"outcome":"insufficient","mechanism":null,"rule":"nothing_measured"}',
  ])
  expect(done.stderr.trimEnd().split('\n')).toEqual([
    '3 web_connectivity measurements read',
    'of other tests, skipped: telegram 1',
    '3 lines could not be used:',
    '  line 2: not a JSON object',
    '  line 5: not a JSON object',
    '  line 6: no test_name',
  ])
})

test('a file is plain or gzip by what is in it, and for people there is a line of words', async () => {
  const { run, folder } = await aLookout(NOTHING)
  const text = JSON.stringify(document({ connections: [{ tcp: 'connection_refused' }], control: control() }))
  await writeFile(join(folder, 'plain.gz'), text)
  await writeFile(join(folder, 'packed.jsonl'), gzipSync(text))
  for (const name of ['plain.gz', 'packed.jsonl']) {
    expect(await run('import', '--dry-run', join(folder, name))).toMatchObject({
      code: 0,
      stdout:
        '2024-05-14T08:09:10  ooni-as24722-tj  https://www.site.example/  anomaly tcp.refused (tcp_refused_not_in_control); OONI blocking "tcp_ip", accessible false\n',
    })
  }
})

test('what strangers wrote does not reach the terminal as it is', async () => {
  const { feed } = await aLookout(NOTHING)
  const nasty = '\u001b]0;gotcha\u0007'
  const lines = [{ ...document(), input: nasty }, { test_name: nasty }].map((line) => JSON.stringify(line))
  const { stdout, stderr } = await feed(lines.join('\n'), 'import', '--dry-run', '-')
  expect(stdout + stderr).not.toContain('\u001b')
})

test.each([
  ['nothing that could be read', 'not JSON\n', 1],
  ['only other tests', '{"test_name":"telegram"}\n', 0],
  ['nothing at all', '', 0],
])('%s -> exit code %i', async (_name, text, code) => {
  const { feed } = await aLookout(NOTHING)
  expect(await feed(text, 'import', '--dry-run', '-')).toMatchObject({ code, stdout: '' })
})

test('many malformed lines are named up to a point, and counted', async () => {
  const { feed } = await aLookout(NOTHING)
  const { stderr } = await feed('x\n'.repeat(500), 'import', '--dry-run', '-')
  expect(stderr).toContain('500 lines could not be used:')
  expect(stderr).toContain('and 480 more')
  expect(stderr.trimEnd().split('\n')).toHaveLength(23)
})

test.each([
  ['missing.jsonl', /missing\.jsonl cannot be read: ENOENT/],
  ['.', /is a folder; give one file, or - for standard input/],
])('%s -> usage', async (name, message) => {
  const { run, folder } = await aLookout(NOTHING)
  const done = await run('import', '--dry-run', join(folder, name))
  expect(done).toMatchObject({ code: 2, stdout: '' })
  expect(done.stderr).toMatch(message)
})

test('into the store -> what is watched is kept, outages and incidents are made of it, and twice adds nothing', async () => {
  const { feed, run } = await aLookout(NOTHING)
  const day = aDay()
  const first = await feed(day, 'import', '-')
  expect(first).toMatchObject({ code: 0, stdout: '' })
  expect(first.stderr.trimEnd().split('\n')).toEqual([
    '192 web_connectivity measurements read',
    '96 of a configured service from 2 networks, 96 of them new to the store',
    '96 of services that are not configured, left out',
    'outages: 2 new, 0 changed, 0 gone',
  ])
  const outages = JSON.parse(
    (await run('outages', '--kind', 'measured', '--format', 'json')).stdout,
  ) as object[]
  expect(outages).toMatchObject([
    { service: 'facebook', vantage: 'ooni-as43197-tj', cause: 'blocked', mechanism: 'tls.sni-reset' },
    { service: 'facebook', vantage: 'ooni-as24722-tj', cause: 'blocked', mechanism: 'tls.sni-reset' },
  ])
  const incidents = JSON.parse(
    (await run('incidents', '--kind', 'measured', '--format', 'json')).stdout,
  ) as object[]
  expect(incidents).toMatchObject([{ id: 'measured.tj.20230501T080002Z' }])

  const again = await feed(day, 'import', '-')
  expect(again.stderr).toContain('96 of a configured service from 2 networks, 0 of them new to the store')
  expect(again.stderr).toContain('outages: 0 new, 0 changed, 0 gone')
  expect(JSON.parse((await run('outages', '--kind', 'measured', '--format', 'json')).stdout)).toEqual(outages)
  const replayed = await run('replay', '--since', '2023-04-30')
  expect(replayed.stdout).toContain('No verdict would change.')
  expect(replayed.stdout).toContain('No outage would change.')
})

test('a store that a daemon holds -> told so, and nothing is written', async () => {
  const { run, store, folder } = await aLookout(NOTHING)
  const held = await aDaemonsStore(store, { keepRawMs: HOUR, commitEveryMs: 1000 })
  try {
    await writeFile(join(folder, 'one.jsonl'), aDay())
    const done = await run('import', join(folder, 'one.jsonl'))
    expect(done).toMatchObject({ code: 1, stdout: '' })
    expect(done.stderr).toMatch(/is held by a running daemon.*Stop the daemon and import again/)
  } finally {
    held.close()
  }
})

test('a vantage that is named as imported ones are -> usage', async () => {
  const { feed } = await aLookout(NOTHING, {
    vantages: [{ id: 'ooni-as1-tj', role: 'probe', kind: 'direct', country: 'TJ' }],
  })
  const done = await feed('{}', 'import', '-')
  expect(done.code).toBe(2)
  expect(done.stderr).toContain(
    "vantages: 'ooni-as1-tj' is a name that imported measurements are stored under",
  )
})
