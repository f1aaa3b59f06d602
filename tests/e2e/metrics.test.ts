import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { needs } from '../chain/programs.ts'
import { runTool } from '../real-prometheus.ts'
import { aLab, configure, folder, serve, vantageEntry } from './lookout.ts'

async function scrape(url: string): Promise<{ text: string; values: ReadonlyMap<string, number> }> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const series = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return {
    text,
    values: new Map(
      series.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]),
    ),
  }
}

test(
  'a block on one network -> every metric of it is fed by the running daemon; a service taken out -> its series go',
  { timeout: 180_000 },
  async (context) => {
    const lab = await aLab()
    const where = await folder()
    const vantages = ['babilon', 'tcell', 'outside'].map((id) => vantageEntry(lab.network(id)))
    const config = await configure(where, lab.ca, vantages)
    const daemon = await serve(config)
    // Two services from three networks, controls too; the round that was under way at the start may have fewer.
    await daemon.line(
      ({ msg, round, probes }) => msg === 'round finished' && round === 'full' && probes === 6,
    )

    const before = await scrape(daemon.url)
    expect([...before.values.keys()].filter((key) => key.startsWith('didbon_outage_active'))).toEqual([])
    expect(before.values.get('didbon_incidents_open{country="TJ"}')).toBe(0)
    expect(Math.abs(before.values.get('didbon_clock_skew_seconds')!)).toBeLessThan(5)
    expect(
      before.values.get('didbon_certificate_info{endpoint="facebook/www",vantage="babilon",issuer="Lab CA"}'),
    ).toBe(1)
    expect(before.values.get('didbon_control_reached{service="facebook",control="outside"}')).toBe(1)
    expect(before.values.get('didbon_vantage_up{vantage="babilon",role="probe"}')).toBe(1)
    expect(before.values.get('didbon_probe_loop_lag_seconds_count')).toBeGreaterThan(0)
    expect(before.values.get('didbon_store_commit_duration_seconds_count')).toBeGreaterThan(0)
    expect(before.values.get('didbon_store_free_bytes')).toBeGreaterThan(0)
    expect(before.values.get('didbon_store_failing')).toBe(0)

    await lab.network('babilon').censor.add({ layer: 'tls', names: ['www.facebook.com'], action: 'reset' })
    const told = await daemon.line(
      ({ msg, ['cause']: cause }) => msg.startsWith('outage') && cause === 'blocked',
    )
    const during = await scrape(daemon.url)
    const active = [...during.values.keys()].filter((key) => key.startsWith('didbon_outage_active'))
    expect(active).toEqual([
      expect.stringMatching(
        /^didbon_outage_active\{service="facebook",vantage="babilon",country="TJ",cause="blocked",mechanism="tls\.sni-reset",incident="measured\.tj\.\w+"\}$/,
      ),
    ])
    expect(told['service']).toBe('facebook')
    const incident = /incident="([^"]+)"/.exec(active[0]!)![1]!
    expect(during.values.get('didbon_incidents_open{country="TJ"}')).toBe(1)
    expect(during.values.get(`didbon_incident_info{incident="${incident}",country="TJ"}`)).toBe(1)
    expect(
      during.values.get(
        `didbon_incident_trigger_posterior{incident="${incident}",rank="none",event="none",title=""}`,
      ),
    ).toBeGreaterThan(0.5)
    const onset = during.values.get(
      'didbon_outage_onset_timestamp_seconds{service="facebook",vantage="babilon"}',
    )
    expect(Math.abs(onset! - Date.now() / 1000)).toBeLessThan(60)
    expect(
      during.values.get(
        'didbon_control_agreement_total{service="facebook",vantage="babilon",agreement="fails_here_only"}',
      ),
    ).toBeGreaterThan(0)
    expect(
      during.values.get(
        'didbon_control_agreement_total{service="facebook",vantage="babilon",agreement="fails_too"}',
      ),
    ).toBe(0)

    const services = join(where, 'services.yaml')
    await writeFile(services, (await readFile(services, 'utf8')).replaceAll('facebook', 'vkontakte'))
    daemon.process.kill('SIGHUP')
    await daemon.line(({ msg }) => msg === 'configuration reloaded')
    const after = await scrape(daemon.url)
    expect([...after.values.keys()].filter((key) => key.includes('"facebook'))).toEqual([])
    expect(after.values.has('didbon_probes_total{service="vkontakte",vantage="babilon",outcome="ok"}')).toBe(
      true,
    )
    expect(await daemon.end('SIGTERM')).toBe(0)

    needs(context, 'promtool')
    expect(await runTool('promtool', ['check', 'metrics'], during.text)).toEqual({ code: 0, said: '' })
  },
)
