import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { aLab, configure, didbon, folder, serve, vantageEntry, type Running } from './lookout.ts'

interface Shown {
  service: string | null
  cause: string
  mechanism: string | null
}

interface Document {
  measurements: number
  rejudged: number
  notRejudged: Record<string, number>
  verdicts: { from: { rule: string }; to: { rule: string }; count: number }[]
  start: { kind: string }
  changes: { kind: string; aspects: string[]; before: Shown | null; after: Shown | null }[]
}

async function replay(config: string, ...more: string[]): Promise<Document> {
  const { code, stdout, stderr } = await didbon(
    'replay',
    '--config',
    config,
    '--since',
    '1h',
    '--json',
    ...more,
  )
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout) as Document
}

async function outageLog(config: string): Promise<unknown> {
  const { stdout } = await didbon('outages', '--kind', 'measured', '--config', config, '--format', 'json')
  return JSON.parse(stdout)
}

function changed(daemon: Running, service: string | null, cause: string): Promise<unknown> {
  return daemon.line(
    (line) => line.msg.startsWith('outage') && line['service'] === service && line['cause'] === cause,
  )
}

test(
  'blocks, a site down and a vantage offline, as a daemon saw them -> a replay gives the very same; by other rules, what would differ; written, and back',
  { timeout: 180_000 },
  async () => {
    const lab = await aLab()
    const where = await folder()
    const vantages = ['babilon', 'tcell', 'outside'].map((id) => vantageEntry(lab.network(id)))
    const config = await configure(where, lab.ca, vantages)
    const daemon = await serve(config)
    await daemon.line(({ msg }) => msg === 'round finished')
    const { censor } = lab.network('babilon')
    const lift = await censor.add({ layer: 'tls', names: ['www.facebook.com'], action: 'reset' })
    await changed(daemon, 'facebook', 'blocked')
    await lift()
    await daemon.line(({ msg }) => msg === 'outage closed')
    // Silence at two networks at once: what one sees settles the other in a tick.
    const drop = { layer: 'tls', names: ['asiaplustj.info'], action: 'drop' } as const
    await Promise.all(['babilon', 'tcell'].map((id) => lab.network(id).censor.add(drop)))
    await changed(daemon, 'asia-plus', 'blocked')
    await lab.network('tcell').power('off')
    await changed(daemon, null, 'offline')
    expect(await daemon.end('SIGTERM')).toBe(0)

    const same = await replay(config)
    expect(same.measurements).toBeGreaterThan(100)
    expect(same.rejudged).toBeGreaterThan(10)
    expect(same.notRejudged).toMatchObject({ record_not_kept: 0, control_not_asked: 0 })
    expect(same).toMatchObject({ changes: [], verdicts: [] })

    const rules = join(where, 'rules.yaml')
    await writeFile(rules, 'off: [tls_reset_not_in_control]\n')
    const log = await outageLog(config)
    const other = await replay(config, '--rules', rules)
    expect(other.verdicts).toMatchObject([
      { from: { rule: 'tls_reset_not_in_control' }, to: { rule: 'tls_failed_not_in_control' } },
    ])
    expect(other.changes.find(({ before }) => before?.service === 'facebook')).toMatchObject({
      kind: 'changes',
      aspects: ['cause', 'mechanism'],
      before: { cause: 'blocked', mechanism: 'tls.sni-reset' },
      after: { cause: 'unreachable', mechanism: 'tls.failed' },
    })
    expect(await outageLog(config)).toEqual(log)

    await replay(config, '--rules', rules, '--write')
    expect(await outageLog(config)).not.toEqual(log)
    expect(await replay(config, '--rules', rules)).toMatchObject({ changes: [], verdicts: [] })
    const incidents = await didbon('incidents', '--config', config, '--kind', 'measured', '--format', 'json')
    expect(incidents.stdout).not.toContain('tls.sni-reset')

    const back = await replay(config, '--write')
    expect(back.verdicts).toMatchObject([{ from: other.verdicts[0]!.to, to: other.verdicts[0]!.from }])
    const { code, stdout } = await didbon('replay', '--config', config, '--since', '1h')
    expect(code).toBe(0)
    expect(stdout).toContain('No outage would change.')
  },
)

test('a daemon runs -> --write is refused and nothing is changed', { timeout: 180_000 }, async () => {
  const lab = await aLab()
  const config = await configure(await folder(), lab.ca, [vantageEntry(lab.network('babilon'))])
  const daemon = await serve(config)
  await daemon.line(({ msg }) => msg === 'round finished')
  const refused = await didbon('replay', '--config', config, '--since', '1h', '--write')
  expect(refused.code).toBe(1)
  expect(refused.stderr).toContain('is in use by another didbon')
})
