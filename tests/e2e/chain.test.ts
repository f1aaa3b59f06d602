/**
 * From the censor's switch to the message and back: the demo's lab, the daemon, Prometheus and Alertmanager with the files that come
 * with didbon, and a receiver of webhooks. Only addresses and folders are changed, and the lookout runs at the demo's pace.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'
import { locateConfig } from '../../src/config/locate.ts'
import { type Daemon, startDaemon } from '../../src/daemon.ts'
import { NETWORKS, demoConfig } from '../../src/demo/setting.ts'
import { firstVideo } from '../../src/demo/videos.ts'
import { openWitness } from '../../src/demo/witness.ts'
import type { CensorRule } from '../../src/lab/censor.ts'
import { DEFAULT_NETWORKS } from '../../src/lab/default-networks.ts'
import { spawnLab } from '../../src/lab/spawn.ts'
import { createLog } from '../../src/run/log.ts'
import type { Outage } from '../../src/model/outage.ts'
import { freePort, startAlertmanager, startPrometheus } from '../chain/monitoring.ts'
import { needs } from '../chain/programs.ts'
import { copyAlertmanager, copyPrometheus } from '../chain/shipped.ts'
import { type Inbox, type Notification, type Received, openInbox } from '../chain/webhook.ts'
import { folder } from './lookout.ts'

const TOKEN = 'a-token-of-the-test'
/** Facebook on two networks and YouTube on one, each by other means; all of them answer, so that nothing hangs on a timeout. */
const BLOCKS = {
  babilon: [
    { layer: 'dns', names: ['www.facebook.com'], action: 'nxdomain' },
    { layer: 'tcp', to: ['www.youtube.com'], action: 'refuse' },
  ],
  tcell: [{ layer: 'tls', names: ['www.facebook.com'], action: 'reset' }],
} as const satisfies Record<string, readonly CensorRule[]>

async function aLookout() {
  const where = await folder()
  const networks = DEFAULT_NETWORKS.filter(({ id }) => NETWORKS.includes(id))
  const lab = await spawnLab({ seed: 7, networks })
  onTestFinished(() => lab.close())
  const base = await loadConfig(locateConfig(undefined, {}), {})
  const fast = demoConfig({ ...base, serve: { ...base.serve, port: 0 } }, lab, join(where, 'didbon.db'))
  // The demo's pace, but only what is censored here, and all the patience there is: a machine that is busy with other tests is no
  // censor, and all must be noticed before the next scrape.
  const services = fast.services
    .filter(({ id }) => id === 'facebook' || id === 'youtube')
    .map((service) => ({ ...service, endpoints: service.endpoints.filter(({ role }) => role === 'primary') }))
  const schedule = { ...fast.schedule, suspectAfterMs: base.schedule.suspectAfterMs }
  const probe = { ...base.probe, extraCa: fast.probe.extraCa, maxLoopLagMs: 5_000 }
  const config = { ...fast, services, schedule, probe }
  const witness = openWitness()
  const daemon = await startDaemon({ config, log: createLog('error'), onChange: witness.receive })
  onTestFinished(() => daemon.stop())
  return { lab, daemon, witness }
}

async function anInbox(): Promise<Inbox> {
  const inbox = await openInbox()
  onTestFinished(inbox.close)
  return inbox
}

/** Alertmanager with the examples for webhooks and chats taken in. @returns its port */
async function alertmanagerTo(inbox: Inbox): Promise<number> {
  const where = await folder()
  await mkdir(join(where, 'secrets'))
  await writeFile(join(where, 'secrets/webhook-token'), TOKEN)
  await writeFile(join(where, 'secrets/slack-url'), `${inbox.url}/chat`)
  const config = await copyAlertmanager(where, ['webhook_configs', 'slack_configs'], {
    'http://127.0.0.1:9099': inbox.url,
    '/etc/alertmanager/secrets': join(where, 'secrets'),
  })
  const port = await freePort()
  const { stop } = await startAlertmanager(config, port)
  onTestFinished(stop)
  return port
}

async function prometheusOf(daemon: Daemon, alertmanagerPort: number): Promise<string> {
  const config = await copyPrometheus(await folder(), {
    'didbon:8080': new URL(daemon.url).host,
    'alertmanager:9093': `127.0.0.1:${alertmanagerPort}`,
    'http://localhost:8080': daemon.url,
  })
  const { url, stop } = await startPrometheus(config, await freePort())
  onTestFinished(stop)
  return url
}

async function until(holds: () => boolean | Promise<boolean>, withinMs: number): Promise<void> {
  const deadline = AbortSignal.timeout(withinMs)
  while (!(await holds())) {
    deadline.throwIfAborted()
    await pause(50)
  }
}

/** The next scrape has just been: whatever happens now is first seen at the one after, 15 s later, the latest there can be. */
async function scraped(prometheus: string): Promise<void> {
  const since = Date.now()
  await until(async () => {
    const answer = await fetch(`${prometheus}/api/v1/targets?state=active`)
    const { data } = (await answer.json()) as {
      data: { activeTargets: { health: string; lastScrape: string }[] }
    }
    return data.activeTargets.some(
      ({ health, lastScrape }) => health === 'up' && Date.parse(lastScrape) > since,
    )
  }, 20_000)
}

const byName = (a: Notification['alerts'][number], b: Notification['alerts'][number]) =>
  a.labels['alertname']! < b.labels['alertname']! ? -1 : 1
const isBlocked = ({ cause }: Outage) => cause === 'blocked'
const to = (path: string) => (received: Received) => received.path === path
const isOver = (received: Received) =>
  to('/urgent')(received) && (received.body as Notification).status === 'resolved'

test(
  'the censor is switched on for two services -> one message that names how and after what; off -> that it is over',
  { timeout: 240_000 },
  async (context) => {
    needs(context, 'prometheus', 'prometheus-alertmanager')
    const [{ lab, daemon, witness }, inbox] = await Promise.all([aLookout(), anInbox()])
    const prometheus = await prometheusOf(daemon, await alertmanagerTo(inbox))
    await until(() => daemon.status().every(({ state }) => state === 'ok'), 60_000)
    daemon.register(firstVideo(Date.now()), 'test')
    await scraped(prometheus)
    expect(inbox.received).toEqual([])

    const switchedAt = Date.now()
    const lifts = await Promise.all(
      Object.entries(BLOCKS).flatMap(([network, rules]) =>
        rules.map((rule) => lab.network(network).censor.add(rule)),
      ),
    )
    await witness.until(
      (outages) => lifts.length === outages.filter(isBlocked).length,
      60_000,
      context.signal,
    )
    console.log(`switch to blocked: ${((Date.now() - switchedAt) / 1000).toFixed(1)} s`)
    const told = await inbox.next(to('/urgent'), 60_000)
    console.log(`switch to webhook: ${((told.at - switchedAt) / 1000).toFixed(1)} s`)
    await Promise.all(lifts.map((lift) => lift()))
    const liftedAt = Date.now()
    const over = await inbox.next(isOver, 90_000)
    console.log(`lifted to webhook: ${((over.at - liftedAt) / 1000).toFixed(1)} s`)
    const note = await inbox.next(to('/notes'), 30_000)

    const { alerts, groupLabels } = told.body as Notification
    const [blocked, onSeveral, ...more] = alerts.toSorted(byName)
    const incident = groupLabels['incident']!
    expect(told.authorization).toBe(`Bearer ${TOKEN}`)
    expect(groupLabels).toEqual({ country: 'TJ', incident })
    const time = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC`
    expect(blocked).toMatchObject({
      labels: { alertname: 'ServiceBlocked', service: 'youtube', vantage: 'babilon' },
      annotations: {
        summary: 'youtube is blocked on babilon',
        description: expect.stringMatching(`^How: tcp.refused\\. Since ${time}\\.$`),
      },
    })
    expect(onSeveral).toMatchObject({
      labels: { alertname: 'ServiceBlockedOnSeveral', service: 'facebook' },
      annotations: {
        summary: 'facebook is blocked on 2 of 3 vantages in TJ',
        description: expect.stringMatching(
          `^babilon: dns.nxdomain since ${time}; tcell: tls.sni-reset since ${time}\\.$`,
        ),
      },
    })
    expect(more).toEqual([])
    for (const { annotations } of alerts) {
      expect(annotations['trigger']).toMatch(
        /^First video of the police commander [01]\.\d{3}; .*none of them/,
      )
      const onset = Date.parse(/\d{4}-\S+ \S+ UTC/.exec(annotations['description']!)![0])
      expect(onset).toBeGreaterThan(switchedAt - 1_000)
      expect(onset).toBeLessThan(told.at)
    }
    const shown = (await (await fetch(alerts[0]!.annotations['incident_url']!)).json()) as {
      incident: { id: string }
    }
    expect(shown.incident.id).toBe(incident)

    const chat = inbox.received.filter(to('/chat')).map(({ body }) => JSON.stringify(body))
    expect(chat).toHaveLength(2)
    expect(chat[0]).toContain('Likely trigger: First video of the police commander')
    expect(chat[1]).toContain('No longer: ')

    const ended = (over.body as Notification).alerts
    expect(ended.every(({ status }) => status === 'resolved')).toBe(true)
    expect(new Set(ended.map(({ labels }) => labels['service']))).toEqual(new Set(['facebook', 'youtube']))
    expect((note.body as Notification).alerts[0]!.labels['alertname']).toBe('BlockLifted')
    expect(inbox.received.filter(to('/urgent'))).toHaveLength(2)
    expect(inbox.received.map(({ path }) => path)).not.toContain('/desk')
    expect(inbox.received.map(({ path }) => path)).not.toContain('/operator')
  },
)
