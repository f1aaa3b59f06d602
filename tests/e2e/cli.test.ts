import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { aLab, configure, didbon, folder, vantageEntry } from './lookout.ts'

test.each([
  { args: ['--help'], code: 0, says: /Usage: didbon/ },
  { args: ['--version'], code: 0, says: /^\d+\.\d+\.\d+$/m },
  { args: ['nothing-of-ours'], code: 2, says: /unknown command 'nothing-of-ours'/ },
  { args: ['probe'], code: 2, says: /missing required argument 'service-or-url'/ },
  { args: ['outages', '--cause', 'bored'], code: 2, says: /Allowed choices are unreachable, blocked/ },
  { args: ['outages', '--limit', 'many'], code: 2, says: /Not a whole number/ },
  { args: ['check', '--config', '/nowhere/didbon.yaml'], code: 2, says: /\/nowhere\/didbon\.yaml/ },
  {
    args: ['probe', 'myspace'],
    code: 2,
    says: /'myspace' is neither a configured service \(facebook, youtube/,
  },
  {
    args: ['probe', 'facebook', '--vantage', 'moon'],
    code: 2,
    says: /--vantage: 'moon' is not configured; there are here/,
  },
])('didbon $args -> exit code $code', async ({ args, code, says }) => {
  const done = await didbon(...args)
  expect(done.code).toBe(code)
  expect(done.stdout + done.stderr).toMatch(says)
  if (code !== 0) expect(done.stdout).toBe('')
})

test('check on the embedded configuration -> the four services and what runs in an hour', async () => {
  const { code, stdout } = await didbon('check', '--json')
  expect(code).toBe(0)
  const { services, perHour } = JSON.parse(stdout) as {
    services: { id: string }[]
    perHour: { heartbeat: number }
  }
  expect(services.map(({ id }) => id)).toEqual(['facebook', 'youtube', 'odnoklassniki', 'asia-plus'])
  expect(perHour.heartbeat).toBeGreaterThan(0)
})

test('check on a broken configuration -> 2, every problem on stderr, nothing on stdout', async () => {
  const path = join(await folder(), 'didbon.yaml')
  await writeFile(path, 'serve: { port: 99999 }\nlog: { level: loud }\nextra: 1\n')
  const { code, stdout, stderr } = await didbon('check', '--config', path)
  expect([code, stdout]).toEqual([2, ''])
  for (const part of ['serve.port', 'log.level', 'extra']) expect(stderr).toContain(part)
})

test('outages before the daemon ever ran -> those that others reported, none measured', async () => {
  const lab = await aLab()
  const config = await configure(await folder(), lab.ca, [vantageEntry(lab.network('babilon'))])
  const listed = (...args: string[]) => didbon('outages', '--config', config, ...args)

  const reported = await listed('--service', 'facebook', '--since', '2015-05-01', '--until', '2015-07-01')
  expect(reported).toMatchObject({ code: 0, stdout: expect.stringMatching(/ reported +.*facebook/) })
  expect(await listed('--kind', 'measured')).toMatchObject({ code: 0, stdout: 'No outage matches.\n' })
})

test('probe --plan throughput of a name that is throttled here -> 3, with the rates; where it is not, 0', async () => {
  const lab = await aLab()
  const names = ['www.facebook.com']
  await lab.network('babilon').censor.add({ layer: 'tls', names, action: 'throttle', bytesPerSecond: 16_000 })
  const vantages = ['babilon', 'tcell', 'outside'].map((id) => vantageEntry(lab.network(id)))
  const throughput = { bytes: 49_152, timeoutMs: 8_000 }
  const config = await configure(await folder(), lab.ca, vantages, { throughput })
  const probe = (vantage: string) =>
    didbon('probe', 'facebook', '--plan', 'throughput', '--config', config, '--vantage', vantage)
  const [here, there] = await Promise.all([probe('babilon'), probe('tcell')])
  expect(here).toMatchObject({ code: 3, stdout: expect.stringMatching(/^confirmed \(throttle\) /) as string })
  expect(here.stdout).toMatch(/\n {2}\d+ kB\/s; neutral host .+; control .+; one server under this name/)
  expect(there).toMatchObject({ code: 0, stdout: expect.stringMatching(/^ok /) as string })
})

test('probe of a service that is blocked here -> 3, and --explain shows what was seen and the rule that fired', async () => {
  const lab = await aLab()
  await lab.network('babilon').censor.add({ layer: 'tls', names: ['www.facebook.com'], action: 'reset' })
  const vantages = ['babilon', 'tcell', 'outside'].map((id) => vantageEntry(lab.network(id)))
  const config = await configure(await folder(), lab.ca, vantages)

  const here = await didbon('probe', 'facebook', '--config', config, '--vantage', 'babilon', '--explain')
  expect(here.code).toBe(3)
  expect(here.stdout).toContain('anomaly (tls.sni-reset)')
  expect(here.stdout).toMatch(/tls .*name www\.facebook\.com.* connection_reset/)
  expect(here.stdout).toContain('seen from control outside')
  expect(here.stdout).toMatch(/=> \w+/)

  const there = await didbon('probe', 'facebook', '--config', config, '--vantage', 'tcell', '--json')
  expect(there.code).toBe(0)
  expect(JSON.parse(there.stdout)).toMatchObject([
    { vantage: 'tcell', health: 'online', verdict: { outcome: 'ok' } },
  ])
})

test('vantages -> who they are, health unknown before the daemon ran', async () => {
  const lab = await aLab()
  const config = await configure(await folder(), lab.ca, [vantageEntry(lab.network('babilon'))])
  const { code, stdout } = await didbon('vantages', '--config', config, '--json')
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject([
    { id: 'babilon', role: 'probe', way: 'socks5', asn: 24722, health: 'unknown' },
  ])
})
