/** What a receiver is told when an outage turns into something else. The shipped routes, with their waits cut to seconds. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { freePort, startAlertmanager } from '../chain/monitoring.ts'
import { needs } from '../chain/programs.ts'
import { copyAlertmanager } from '../chain/shipped.ts'
import { type Notification, type Received, openInbox } from '../chain/webhook.ts'

const OLD = { about: 'access', country: 'TJ', incident: 'old', vantage: 'a', service: 'facebook' }
const BLOCKED = { ...OLD, alertname: 'ServiceBlocked', severity: 'critical' }
const UNREACHABLE = { ...OLD, alertname: 'ServiceUnreachable', severity: 'warning' }
const MERGED = {
  alertname: 'IncidentMerged',
  severity: 'none',
  about: 'access',
  country: 'TJ',
  incident: 'old',
}
const WITHDRAWN = { ...BLOCKED, alertname: 'BlockWithdrawn' }
const OTHER = { ...BLOCKED, incident: 'other', service: 'youtube' }
const WITHIN_MS = 15_000

type Labels = Readonly<Record<string, string>>

async function anAlertmanager() {
  const folder = await mkdtemp(join(tmpdir(), 'didbon-told-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const inbox = await openInbox()
  onTestFinished(inbox.close)
  await mkdir(join(folder, 'secrets'))
  await writeFile(join(folder, 'secrets/webhook-token'), 'token')
  const config = await copyAlertmanager(folder, ['webhook_configs'], {
    'http://127.0.0.1:9099': inbox.url,
    '/etc/alertmanager/secrets': join(folder, 'secrets'),
    'group_wait: 10s': 'group_wait: 1s',
    'group_interval: 30s': 'group_interval: 1s',
    'group_interval: 1m': 'group_interval: 1s',
  })
  const { url, stop } = await startAlertmanager(config, await freePort())
  onTestFinished(stop)
  const post = async (alerts: readonly { labels: Labels; over?: true }[]): Promise<void> => {
    const now = Date.now()
    const startsAt = new Date(now - 60_000).toISOString()
    const body = alerts.map(({ labels, over }) => {
      const endsAt = new Date(over === true ? now - 1 : now + 600_000).toISOString()
      return { labels, annotations: { summary: labels['alertname'] }, startsAt, endsAt }
    })
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(`${url}/api/v2/alerts`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    })
    expect(answer.status).toBe(200)
  }
  const told = (status: Notification['status'], { alertname, incident }: Labels) =>
    inbox.next(
      ({ body }) =>
        (body as Notification).alerts.some(
          ({ labels, status: is }) =>
            is === status && labels['alertname'] === alertname && labels['incident'] === incident,
        ),
      WITHIN_MS,
    )
  return { post, told, inbox }
}

const lineOf = ({ path, body }: Received) =>
  (body as Notification).alerts.map(
    ({ status, labels }) => `${path} ${labels['alertname']} ${labels['incident']} ${status}`,
  )

beforeEach((context) => needs(context, 'prometheus-alertmanager'))

test(
  'an incident became part of another -> nobody is told that it is over',
  { timeout: 60_000 },
  async () => {
    const { post, told, inbox } = await anAlertmanager()
    await post([{ labels: BLOCKED }])
    await told('firing', BLOCKED)
    await post([{ labels: OTHER }])
    await told('firing', OTHER)
    await post([{ labels: MERGED }])
    await post([{ labels: BLOCKED, over: true }, { labels: { ...BLOCKED, incident: 'new' } }])
    await told('firing', { ...BLOCKED, incident: 'new' })
    // Its turn comes after that of the incident that is no more.
    await post([{ labels: OTHER, over: true }])
    await told('resolved', OTHER)
    expect(inbox.received.flatMap(lineOf)).toEqual([
      '/urgent ServiceBlocked old firing',
      '/urgent ServiceBlocked other firing',
      '/urgent ServiceBlocked new firing',
      '/urgent ServiceBlocked other resolved',
    ])
  },
)

test(
  'unreachable, then blocked, then over -> each is told once, and over only at the end',
  { timeout: 60_000 },
  async () => {
    const { post, told, inbox } = await anAlertmanager()
    await post([{ labels: UNREACHABLE }])
    await told('firing', UNREACHABLE)
    await post([{ labels: BLOCKED }])
    await told('firing', BLOCKED)
    await post([
      { labels: BLOCKED, over: true },
      { labels: UNREACHABLE, over: true },
    ])
    await told('resolved', BLOCKED)
    await told('resolved', UNREACHABLE)
    expect(inbox.received.flatMap(lineOf).toSorted()).toEqual([
      '/desk ServiceUnreachable old firing',
      '/desk ServiceUnreachable old resolved',
      '/urgent ServiceBlocked old firing',
      '/urgent ServiceBlocked old resolved',
    ])
  },
)

test(
  'a block turns out to be the site itself -> taken back where it was told',
  { timeout: 60_000 },
  async () => {
    const { post, told, inbox } = await anAlertmanager()
    await post([{ labels: BLOCKED }])
    await told('firing', BLOCKED)
    await post([{ labels: BLOCKED, over: true }, { labels: WITHDRAWN }])
    await told('resolved', BLOCKED)
    expect(inbox.received.map(lineOf)).toEqual([
      ['/urgent ServiceBlocked old firing'],
      ['/urgent BlockWithdrawn old firing', '/urgent ServiceBlocked old resolved'],
    ])
  },
)
