import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { aLab, configure, didbon, folder, serve, vantageEntry } from './lookout.ts'

async function states(url: string): Promise<Record<string, string>> {
  const { services } = (await (await fetch(`${url}/api/v1/status`)).json()) as {
    services: { service: string; vantage: string; state: string }[]
  }
  return Object.fromEntries(services.map(({ service, vantage, state }) => [`${service} ${vantage}`, state]))
}

test(
  'a block on one network -> logged, shown, listed; lifted -> closed; SIGTERM -> a clean end',
  { timeout: 180_000 },
  async () => {
    const lab = await aLab()
    const where = await folder()
    const vantages = ['babilon', 'tcell', 'outside'].map((id) => vantageEntry(lab.network(id)))
    const config = await configure(where, lab.ca, vantages)
    const daemon = await serve(config)
    await daemon.line(({ msg }) => msg === 'round finished')
    expect(await (await fetch(`${daemon.url}/readyz`)).json()).toEqual({ ready: true, reasons: [] })

    const lift = await lab
      .network('babilon')
      .censor.add({ layer: 'tls', names: ['www.facebook.com'], action: 'reset' })
    await daemon.line(({ msg, ['cause']: cause }) => msg.startsWith('outage') && cause === 'blocked')
    expect(await states(daemon.url)).toMatchObject({ 'facebook babilon': 'blocked', 'facebook tcell': 'ok' })
    expect(await (await fetch(`${daemon.url}/metrics`)).text()).toContain(
      'didbon_service_state{service="facebook",vantage="babilon",state="blocked"} 1',
    )

    await lift()
    await daemon.line(({ msg }) => msg === 'outage closed')
    expect(await daemon.end('SIGTERM')).toBe(0)

    const { code, stdout } = await didbon(
      'outages',
      '--kind',
      'measured',
      '--config',
      config,
      '--format',
      'json',
    )
    expect(code).toBe(0)
    const outages = JSON.parse(stdout) as {
      service: string
      vantage: string
      cause: string
      mechanism: string
      end: unknown
    }[]
    expect(outages).toMatchObject([
      { service: 'facebook', vantage: 'babilon', cause: 'blocked', mechanism: 'tls.sni-reset' },
    ])
    expect(outages[0]!.end).not.toBeNull()
  },
)

test(
  'nothing outside answers -> the vantage is offline, nothing is called blocked, the daemon is well',
  { timeout: 180_000 },
  async () => {
    const lab = await aLab()
    const vantage = vantageEntry(lab.network('babilon'))
    await lab.network('babilon').power('off')
    const config = await configure(await folder(), lab.ca, [vantage])
    const daemon = await serve(config)
    const opened = await daemon.line(({ msg }) => msg === 'outage opened')
    expect(opened).toMatchObject({ service: null, vantage: 'babilon', cause: 'offline' })
    expect(Object.values(await states(daemon.url))).toEqual(['offline', 'offline'])
    expect((await fetch(`${daemon.url}/healthz`)).status).toBe(200)
    expect(await daemon.end('SIGTERM')).toBe(0)
    const { stdout } = await didbon('outages', '--kind', 'measured', '--config', config, '--format', 'json')
    expect((JSON.parse(stdout) as { cause: string }[]).map(({ cause }) => cause)).toEqual(['offline'])
  },
)

test(
  'a broken configuration while running -> the old one stays, the log and a metric say why; mended -> taken over',
  { timeout: 180_000 },
  async () => {
    const lab = await aLab()
    const where = await folder()
    const config = await configure(where, lab.ca, [vantageEntry(lab.network('babilon'))])
    const daemon = await serve(config)
    const good = await readFile(join(where, 'services.yaml'), 'utf8')

    await writeFile(join(where, 'services.yaml'), good.replace('"primary"', '"primal"'))
    daemon.process.kill('SIGHUP')
    const refused = await daemon.line(({ msg }) => msg === 'configuration rejected, keeping the previous one')
    expect(JSON.stringify(refused)).toContain('primal')
    const metrics = await (await fetch(`${daemon.url}/metrics`)).text()
    expect(metrics).toContain('didbon_config_last_reload_successful 0')
    expect(metrics).toContain('didbon_config_rejected_info{reason=')
    expect(Object.keys(await states(daemon.url))).toEqual(['facebook babilon', 'asia-plus babilon'])

    await writeFile(join(where, 'services.yaml'), good.replaceAll('asia-plus', 'asia-minus'))
    daemon.process.kill('SIGHUP')
    await daemon.line(({ msg }) => msg === 'configuration reloaded')
    expect(Object.keys(await states(daemon.url))).toEqual(['facebook babilon', 'asia-minus babilon'])
    expect(await (await fetch(`${daemon.url}/metrics`)).text()).toContain(
      'didbon_config_last_reload_successful 1',
    )
  },
)

test(
  'a store held by another daemon -> the second says so and ends with 1',
  { timeout: 180_000 },
  async () => {
    const lab = await aLab()
    const config = await configure(await folder(), lab.ca, [vantageEntry(lab.network('babilon'))])
    await serve(config)
    const second = await didbon('serve', '--config', config)
    expect(second.code).toBe(1)
    expect(second.stderr).toMatch(/^didbon: .*didbon\.db/m)
    expect(second.stdout).toBe('')
  },
)
