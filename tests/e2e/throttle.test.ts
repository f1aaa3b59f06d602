import { expect, test } from 'vitest'
import { aLab, configure, didbon, folder, serve, vantageEntry } from './lookout.ts'

const LOOKS = {
  heartbeat: '* * * * * *',
  full: '*/10 * * * * *',
  throughput: '*/15 * * * * *',
  canary: '*/2 * * * * *',
  confirmAfterMs: [100, 200, 500],
}

test(
  'a name throttled on one network -> logged, shown with numbers, measured; a replay gives the very same; lifted -> closed',
  { timeout: 240_000 },
  async () => {
    const lab = await aLab()
    const vantages = ['babilon', 'outside'].map((id) => vantageEntry(lab.network(id)))
    const config = await configure(await folder(), lab.ca, vantages, {
      schedule: LOOKS,
      throughput: { bytes: 49_152, timeoutMs: 8_000, confirmAfterMs: 100 },
    })
    const daemon = await serve(config)
    await daemon.line(({ msg }) => msg === 'round finished')
    await lab.network('babilon').set({ bytesPerSecond: 160_000 })
    const lift = await lab
      .network('babilon')
      .censor.add({ layer: 'tls', names: ['www.facebook.com'], action: 'throttle', bytesPerSecond: 16_000 })

    const opened = await daemon.line(({ msg }) => msg === 'outage opened')
    expect(opened).toMatchObject({ service: 'facebook', cause: 'throttled', mechanism: 'throttle' })
    // One slow look asked for the next, and did not wait for a round.
    const outage = (await (
      await fetch(`${daemon.url}/api/v1/outages/${opened['outage'] as string}`)
    ).json()) as {
      evidence: { summary: { purpose: string } }[]
    }
    expect(outage.evidence.slice(0, 3).map(({ summary }) => summary.purpose)).toEqual([
      'round',
      'confirm',
      'confirm',
    ])

    const { services } = (await (await fetch(`${daemon.url}/api/v1/status`)).json()) as {
      services: { service: string; state: string; because: string }[]
    }
    expect(services).toMatchObject([
      {
        service: 'facebook',
        state: 'throttled',
        because: expect.stringMatching(
          /^\d+ kB\/s, where a neutral host gives .+ and the control gets .+; one server is slow under its name alone\.$/,
        ) as string,
      },
      { service: 'asia-plus', state: 'ok' },
    ])
    const metrics = await (await fetch(`${daemon.url}/metrics`)).text()
    expect(metrics).toContain(
      'didbon_service_state{service="facebook",vantage="babilon",state="throttled"} 1',
    )
    expect(metrics).toMatch(
      /^didbon_throughput_bytes_per_second\{service="facebook",vantage="babilon"\} \d{5}$/m,
    )
    expect(metrics).toMatch(
      /^didbon_throughput_ratio\{service="facebook",vantage="babilon",against="neutral"\} 0\.[01]/m,
    )

    await lift()
    await daemon.line(({ msg }) => msg === 'outage closed')
    expect(await daemon.end('SIGTERM')).toBe(0)
    const { code, stdout } = await didbon('replay', '--config', config, '--since', '1h', '--json')
    expect(code).toBe(0)
    expect((JSON.parse(stdout) as { changes: unknown[] }).changes).toEqual([])
  },
)
