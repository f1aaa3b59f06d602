import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { needs, run } from '../chain/programs.ts'
import { ALERTMANAGER, copyAlertmanager, takeExamples } from '../chain/shipped.ts'

const EXAMPLES = ['smtp_smarthost', 'smtp_from', 'smtp_auth_username', 'smtp_auth_password_file']
const RECEIVERS = ['webhook_configs', 'slack_configs', 'email_configs']

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'didbon-alertmanager-'))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  return path
}

beforeEach((context) => needs(context, 'amtool'))

test('alertmanager.yml is sound as it comes, and with every example taken in', async () => {
  const shipped = await run('amtool', ['check-config', 'alertmanager.yml'], ALERTMANAGER)
  expect(shipped).toContain('5 receivers')
  const into = await folder()
  const path = await copyAlertmanager(into, [...EXAMPLES, ...RECEIVERS], {})
  expect(await readFile(path, 'utf8')).not.toMatch(/^\s*#\S/m)
  expect(await run('amtool', ['check-config', path], into)).toContain('SUCCESS')
})

test('as it comes it sends nothing to anybody', async () => {
  const text = await readFile(join(ALERTMANAGER, 'alertmanager.yml'), 'utf8')
  expect(text).not.toMatch(/^[^#]*_configs:/m)
  expect(takeExamples(text, ['webhook_configs']).match(/^ +webhook_configs:/gm)).toHaveLength(4)
})

test.each([
  ['a block', 'alertname=ServiceBlocked severity=critical about=access', 'urgent'],
  ['a shutdown', 'alertname=VantageShutdown severity=critical about=access', 'urgent'],
  ['unreachable', 'alertname=ServiceUnreachable severity=warning about=access', 'desk'],
  ['a block that ended', 'alertname=BlockLifted severity=info about=access', 'notes'],
  ['a merged incident', 'alertname=IncidentMerged severity=none about=access', 'nobody'],
  ['a vantage offline', 'alertname=VantageOffline severity=warning about=didbon', 'operator'],
  ['didbon down', 'alertname=DidbonDown severity=critical about=didbon', 'operator'],
  ['something of one’s own', 'alertname=Mine', 'operator'],
])('%s: %s -> %s', async (_what, labels, receiver) => {
  const asked = ['config', 'routes', 'test', '--config.file=alertmanager.yml', ...labels.split(' ')]
  expect((await run('amtool', asked, ALERTMANAGER)).split('\n')[0]).toBe(receiver)
})

const BLOCKED = {
  status: 'firing',
  labels: {},
  annotations: {
    summary: 'facebook is blocked on 2 of 4 vantages in TJ',
    description:
      'babilon: tls.sni-reset since 2015-05-28 05:00:00 UTC; tcell: dns.bogus since 2015-05-28 05:01:00 UTC.',
    trigger: 'First video 0.98; none of them 0.02',
    incident_url: 'http://didbon.test/api/v1/incidents/i1',
    dashboard_url: 'http://grafana.test/d/didbon-service?var-service=facebook',
    runbook: 'Read `didbon incident i1`.',
  },
  startsAt: '2015-05-28T05:00:20Z',
  endsAt: '0001-01-01T00:00:00Z',
}
const OTHER = {
  ...BLOCKED,
  annotations: {
    ...BLOCKED.annotations,
    summary: 'youtube is blocked on tcell',
    description: 'How: dns.nxdomain. Since 2015-05-28 05:00:00 UTC.',
  },
}
const over = (alert: object) => ({ ...alert, status: 'resolved', endsAt: '2015-05-30T06:00:00Z' })

async function rendered(template: string, alerts: readonly object[]): Promise<string> {
  const into = await folder()
  await writeFile(join(into, 'data.json'), JSON.stringify({ status: 'firing', receiver: 'urgent', alerts }))
  return run(
    'amtool',
    [
      'template',
      'render',
      `--template.glob=${join(ALERTMANAGER, '*.tmpl')}`,
      `--template.text={{ template "${template}" . }}`,
      '--template.data=data.json',
    ],
    into,
  )
}

test.each([
  ['one', [BLOCKED], 'facebook is blocked on 2 of 4 vantages in TJ'],
  ['two', [BLOCKED, OTHER], 'facebook is blocked on 2 of 4 vantages in TJ (and 1 more)'],
  ['one of them over', [over(BLOCKED), OTHER], 'youtube is blocked on tcell'],
  [
    'both over',
    [over(BLOCKED), over(OTHER)],
    'No longer: facebook is blocked on 2 of 4 vantages in TJ (and more)',
  ],
])('the title of a message, %s', async (_which, alerts, title) => {
  expect(await rendered('didbon.title', alerts)).toBe(title)
})

const LINKS = `Likely trigger: First video 0.98; none of them 0.02
Incident: http://didbon.test/api/v1/incidents/i1
Dashboard: http://grafana.test/d/didbon-service?var-service=facebook
`

test('the text of a message names what, how, since when and after what, with links and what to do', async () => {
  expect(await rendered('didbon.text', [BLOCKED, OTHER])).toBe(`- facebook is blocked on 2 of 4 vantages in TJ
  babilon: tls.sni-reset since 2015-05-28 05:00:00 UTC; tcell: dns.bogus since 2015-05-28 05:01:00 UTC.
- youtube is blocked on tcell
  How: dns.nxdomain. Since 2015-05-28 05:00:00 UTC.
${LINKS}What to do: Read \`didbon incident i1\`.
`)
})

test('the text of a resolution names the same, and until when', async () => {
  expect(await rendered('didbon.text', [over(BLOCKED)])).toBe(`No longer, as of 2015-05-30 06:00:00 UTC:
- facebook is blocked on 2 of 4 vantages in TJ
  babilon: tls.sni-reset since 2015-05-28 05:00:00 UTC; tcell: dns.bogus since 2015-05-28 05:01:00 UTC.
${LINKS}`)
})

const on = (vantage: string) => ({
  ...BLOCKED,
  labels: { alertname: 'ServiceBlocked', service: 'facebook', vantage },
  annotations: { summary: `facebook is blocked on ${vantage}`, description: `How, on ${vantage}.` },
})
const onSeveral = (vantages: number) => ({
  ...BLOCKED,
  labels: { alertname: 'ServiceBlockedOnSeveral', service: 'facebook', vantages: String(vantages) },
  annotations: { summary: `facebook is blocked on ${vantages} of 4 vantages in TJ`, description: 'Where.' },
})
const ELSE = {
  ...on('b'),
  labels: { alertname: 'ServiceBlocked', service: 'youtube', vantage: 'b' },
  annotations: { summary: 'youtube is blocked on b', description: 'How.' },
}
const linesAbout = (text: string) => text.split('\n').filter((each) => /^- |^No longer/.test(each))

test.each([
  [
    'another network joined',
    [onSeveral(3), over(onSeveral(2))],
    ['- facebook is blocked on 3 of 4 vantages in TJ'],
  ],
  [
    'over on one of two',
    [on('a'), over(onSeveral(2)), over(on('b'))],
    ['- facebook is blocked on a', 'No longer, as of 2015-05-30 06:00:00 UTC:', '- facebook is blocked on b'],
  ],
  [
    'over on both at once',
    [over(on('a')), over(on('b')), over(onSeveral(2)), over(ELSE)],
    [
      'No longer, as of 2015-05-30 06:00:00 UTC:',
      '- facebook is blocked on 2 of 4 vantages in TJ',
      '- youtube is blocked on b',
    ],
  ],
])('blocked on several networks, %s -> told once', async (_what, alerts, lines) => {
  expect(linesAbout(await rendered('didbon.text', alerts))).toEqual(lines)
})
