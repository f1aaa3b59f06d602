/** Which alerts keep which others quiet: asked of a real Alertmanager with the shipped configuration. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { freePort, startAlertmanager } from '../chain/monitoring.ts'
import { needs } from '../chain/programs.ts'
import { copyAlertmanager } from '../chain/shipped.ts'

type Labels = Readonly<Record<string, string>>

const ACCESS = { about: 'access', country: 'TJ', incident: 'i1' }
const DIDBON = { about: 'didbon' }

/** What each alert keeps quiet and what it does not. */
const CASES: readonly { source: Labels; quiet: readonly Labels[]; heard: readonly Labels[] }[] = [
  {
    source: { alertname: 'VantageOffline', vantage: 'a', ...DIDBON, country: 'TJ' },
    quiet: [
      { alertname: 'ServiceBlocked', service: 's', vantage: 'a', ...ACCESS },
      { alertname: 'ServiceUnreachable', service: 's', vantage: 'a', ...ACCESS },
      { alertname: 'NoMeasurements', vantage: 'a', ...DIDBON },
      { alertname: 'ProberDiscarding', vantage: 'a', reason: 'our_error', ...DIDBON },
    ],
    heard: [
      { alertname: 'ServiceBlocked', service: 's', vantage: 'a2', ...ACCESS },
      { alertname: 'SiteDown', service: 's', about: 'access', country: 'TJ' },
    ],
  },
  {
    source: { alertname: 'VantageShutdown', vantage: 'b', ...ACCESS },
    quiet: [
      { alertname: 'ServiceBlocked', service: 's', vantage: 'b', ...ACCESS },
      { alertname: 'ServiceUnreachable', service: 's', vantage: 'b', ...ACCESS },
      { alertname: 'NoMeasurements', vantage: 'b', ...DIDBON },
    ],
    heard: [
      { alertname: 'ServiceBlocked', service: 's', vantage: 'b2', ...ACCESS },
      { alertname: 'ProberDiscarding', vantage: 'b', reason: 'our_error', ...DIDBON },
    ],
  },
  {
    source: { alertname: 'ServiceBlocked', service: 'facebook', vantage: 'c', ...ACCESS },
    quiet: [{ alertname: 'ServiceUnreachable', service: 'facebook', vantage: 'c', ...ACCESS }],
    heard: [
      { alertname: 'ServiceUnreachable', service: 'youtube', vantage: 'c', ...ACCESS },
      { alertname: 'ServiceUnreachable', service: 'facebook', vantage: 'c2', ...ACCESS },
    ],
  },
  {
    source: { alertname: 'ServiceBlockedOnSeveral', service: 'ok', vantages: '2', ...ACCESS },
    quiet: [
      { alertname: 'ServiceBlocked', service: 'ok', vantage: 'd', ...ACCESS },
      { alertname: 'ServiceBlocked', service: 'ok', vantage: 'd2', ...ACCESS },
    ],
    heard: [
      { alertname: 'ServiceBlocked', service: 'news', vantage: 'd', ...ACCESS },
      { alertname: 'ServiceBlocked', service: 'ok', vantage: 'd3', ...ACCESS, country: 'KG', incident: 'k1' },
      { alertname: 'ServiceUnreachable', service: 'ok', vantage: 'd4', ...ACCESS },
    ],
  },
  {
    source: { alertname: 'IncidentMerged', ...ACCESS, incident: 'i2' },
    quiet: [{ alertname: 'ServiceBlocked', service: 's', vantage: 'e', ...ACCESS, incident: 'i2' }],
    heard: [{ alertname: 'ServiceBlocked', service: 's', vantage: 'e', ...ACCESS, incident: 'i3' }],
  },
  {
    source: { alertname: 'DidbonDown', job: 'didbon', instance: 'x', ...DIDBON },
    quiet: [{ alertname: 'StoreFailing', job: 'didbon', instance: 'x', ...DIDBON }],
    heard: [{ alertname: 'ServiceBlocked', service: 's', vantage: 'f', ...ACCESS }],
  },
]

beforeEach((context) => needs(context, 'prometheus-alertmanager'))

test.each(CASES)('$source.alertname keeps quiet what it explains, and nothing else', async (each) => {
  const { source, quiet, heard } = each
  const folder = await mkdtemp(join(tmpdir(), 'didbon-inhibition-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const config = await copyAlertmanager(folder, [], {})
  const { url, stop } = await startAlertmanager(config, await freePort())
  onTestFinished(stop)
  const posted = await fetch(`${url}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([source, ...quiet, ...heard].map((labels) => ({ labels }))),
  })
  expect(posted.status).toBe(200)
  const deadline = AbortSignal.timeout(10_000)
  let inhibited = await inhibitedBy(url)
  // It takes alerts in on threads of its own.
  while (inhibited.length < quiet.length && !deadline.aborted) {
    await pause(20)
    inhibited = await inhibitedBy(url)
  }
  expect(inhibited.toSorted(byText)).toEqual(quiet.toSorted(byText))
})

async function inhibitedBy(url: string): Promise<Labels[]> {
  const answer = await fetch(`${url}/api/v2/alerts`)
  const alerts = (await answer.json()) as { labels: Labels; status: { inhibitedBy: string[] } }[]
  return alerts.flatMap(({ labels, status }) => (status.inhibitedBy.length > 0 ? [labels] : []))
}

function byText(a: Labels, b: Labels): number {
  const text = ({ alertname, service, vantage }: Labels) => `${alertname} ${service} ${vantage}`
  return text(a) < text(b) ? -1 : 1
}

test('nothing is repeated at longer intervals than Alertmanager remembers', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'didbon-repeated-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const { output, stop } = await startAlertmanager(await copyAlertmanager(folder, [], {}), await freePort())
  await stop()
  expect(output()).toContain('Completed loading of configuration file')
  expect(output()).not.toContain('repeat_interval is greater')
})
