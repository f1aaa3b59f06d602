/** Both monitors on the same networks of the lab: didbon with what it ships, blackbox_exporter with the rule its users write. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import type { Lab } from '../../src/lab/lab.ts'
import type { LabNetwork } from '../../src/lab/network.ts'
import { freePort, startAlertmanager, startBlackbox, startPrometheus } from '../chain/monitoring.ts'
import { copyAlertmanager, copyPrometheus } from '../chain/shipped.ts'
import { openBridge } from './alerting-bridge.ts'

const CLI = fileURLToPath(new URL('../../src/cli.ts', import.meta.url))
const SHIPPED_SERVICES = new URL('../../config/services.yaml', import.meta.url)

/** What is watched: one page each, over HTTPS. */
export const HOSTS = {
  facebook: 'www.facebook.com',
  youtube: 'www.youtube.com',
  odnoklassniki: 'ok.ru',
  'asia-plus': 'asiaplustj.info',
} as const
export type ServiceId = keyof typeof HOSTS
export const SERVICES = Object.keys(HOSTS) as ServiceId[]

/** A network that is watched. Each is a country of its own: what happens on one is an incident of its own, and no sign about another. */
export interface Lane {
  readonly network: LabNetwork
  readonly country: string
}

type Parts = AsyncDisposableStack

/** didbon, its Prometheus and its Alertmanager as they are shipped, with the exceptions that `startDidbon` names. */
export async function startOurs(lab: Lab, lanes: readonly Lane[], inbox: string, at: string, parts: Parts) {
  const didbon = await startDidbon(lab, lanes, join(at, 'didbon'), parts)
  const ports = { alertmanager: await freePort(), prometheus: await freePort() }
  await mkdir(join(at, 'alertmanager/secrets'), { recursive: true })
  await writeFile(join(at, 'alertmanager/secrets/webhook-token'), 'none')
  const alertmanager = await copyAlertmanager(join(at, 'alertmanager'), ['webhook_configs'], {
    'http://127.0.0.1:9099': inbox,
    '/etc/alertmanager/secrets': join(at, 'alertmanager/secrets'),
  })
  parts.defer((await startAlertmanager(alertmanager, ports.alertmanager)).stop)
  await mkdir(join(at, 'prometheus'), { recursive: true })
  const prometheus = await copyPrometheus(join(at, 'prometheus'), {
    'didbon:8080': new URL(didbon).host,
    'alertmanager:9093': `127.0.0.1:${ports.alertmanager}`,
  })
  const { url, stop } = await startPrometheus(prometheus, ports.prometheus)
  parts.defer(stop)
  return { url }
}

async function startDidbon(lab: Lab, lanes: readonly Lane[], at: string, parts: Parts): Promise<string> {
  await mkdir(at, { recursive: true })
  const { canaries } = parse(await readFile(SHIPPED_SERVICES, 'utf8')) as { canaries: object }
  const services = Object.entries(HOSTS).map(([id, host]) => [
    id,
    { name: id, endpoints: { www: { url: `https://${host}/`, role: 'primary' } } },
  ])
  await writeFile(
    join(at, 'services.yaml'),
    JSON.stringify({ services: Object.fromEntries(services), canaries }),
  )
  await writeFile(join(at, 'ca.pem'), lab.ca)
  const vantage = (
    { id, role, socksHost: host, socksPort: port, ispResolver }: LabNetwork,
    country: string,
  ) => {
    const resolvers = [`udp://${ispResolver.address}:${ispResolver.port}`]
    return { id, role, country, kind: 'socks5', host, port, resolvers }
  }
  const config = {
    services: 'services.yaml',
    vantages: [
      ...lanes.map(({ network, country }) => vantage(network, country)),
      vantage(lab.network('outside'), 'DE'),
    ],
    // This machine runs the lab and six other programs beside it.
    probe: { extraCaFiles: ['ca.pem'], maxLoopLagMs: 500 },
    // Blocks minutes apart stand for blocks hours apart: an incident each, or the later ones would only join the message of the first.
    incidents: { withinMs: 60_000 },
    store: { path: join(at, 'didbon.db') },
    serve: { port: 0 },
  }
  await writeFile(join(at, 'didbon.yaml'), JSON.stringify(config))
  const child = spawn(process.execPath, [CLI, 'serve', '--config', join(at, 'didbon.yaml')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const ended = once(child, 'close')
  parts.defer(async () => {
    child.kill('SIGTERM')
    await ended
  })
  const lines: string[] = []
  const started = new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      lines.push(line)
      const { msg, url } = JSON.parse(line.startsWith('{') ? line : '{}') as { msg?: string; url?: string }
      if (msg === 'lookout started') resolve(url!)
    })
    void ended.then(() => reject(new Error(`didbon ended:\n${lines.join('\n')}`)))
  })
  return started
}

/** blackbox_exporter behind one bridge a network, scraped every 15 s; `probe_success == 0 for 1m`, group_wait 10 s. */
export async function startTheirs(lab: Lab, lanes: readonly Lane[], inbox: string, at: string, parts: Parts) {
  await mkdir(at, { recursive: true })
  const put = async (name: string, content: object): Promise<string> => {
    await writeFile(join(at, name), JSON.stringify(content))
    return join(at, name)
  }
  await writeFile(join(at, 'ca.pem'), lab.ca)
  const modules: Record<string, object> = {}
  for (const { network } of lanes) {
    const bridge = await openBridge(network)
    parts.defer(bridge.close)
    const tls_config = { ca_file: join(at, 'ca.pem') }
    const http = { proxy_url: bridge.url, skip_resolve_phase_with_proxy: true, tls_config }
    modules[network.id] = { prober: 'http', http }
  }
  const ports = { blackbox: await freePort(), alertmanager: await freePort(), prometheus: await freePort() }
  parts.defer((await startBlackbox(await put('blackbox.yml', { modules }), ports.blackbox)).stop)

  const alertmanager = {
    route: { receiver: 'all', group_by: ['vantage', 'service'], group_wait: '10s', group_interval: '30s' },
    receivers: [{ name: 'all', webhook_configs: [{ url: `${inbox}/blackbox` }] }],
  }
  parts.defer((await startAlertmanager(await put('alertmanager.yml', alertmanager), ports.alertmanager)).stop)

  const rule = { alert: 'ProbeFailed', expr: 'probe_success == 0', for: '1m' }
  await put('their.rules.yml', { groups: [{ name: 'blackbox', rules: [rule] }] })
  const prometheus = {
    global: { scrape_interval: '15s', evaluation_interval: '15s' },
    rule_files: ['their.rules.yml'],
    alerting: { alertmanagers: [{ static_configs: [{ targets: [`127.0.0.1:${ports.alertmanager}`] }] }] },
    scrape_configs: [
      {
        job_name: 'blackbox',
        metrics_path: '/probe',
        static_configs: lanes.flatMap(({ network: { id: vantage } }) =>
          SERVICES.map((service) => ({
            targets: [`127.0.0.1:${ports.blackbox}`],
            labels: {
              vantage,
              service,
              __param_module: vantage,
              __param_target: `https://${HOSTS[service]}/`,
            },
          })),
        ),
      },
    ],
  }
  const { url, stop } = await startPrometheus(await put('prometheus.yml', prometheus), ports.prometheus)
  parts.defer(stop)
  return { url }
}
