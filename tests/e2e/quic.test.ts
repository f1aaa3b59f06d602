import { expect, test } from 'vitest'
import { aLab, configure, didbon, folder, serve, vantageEntry } from './lookout.ts'

interface Status {
  readonly services: readonly {
    readonly service: string
    readonly state: string
    readonly quic: { readonly standing: string; readonly because: string }
  }[]
}

test(
  'QUIC is dropped by name -> shown beside the service, which stays ok; no outage, and the evidence kept',
  { timeout: 180_000 },
  async () => {
    const lab = await aLab()
    const vantages = ['babilon', 'outside'].map((id) => vantageEntry(lab.network(id)))
    const schedule = { heartbeat: '* * * * * *', full: '*/2 * * * * *', canary: '*/2 * * * * *' }
    const config = await configure(await folder(), lab.ca, vantages, { schedule })
    const daemon = await serve(config)

    const facebook = async () => {
      const { services } = (await (await fetch(`${daemon.url}/api/v1/status`)).json()) as Status
      return services.find(({ service }) => service === 'facebook')!
    }
    let measurements = 0
    /** Asks anew after each measurement, until it stands so. */
    const until = async (standing: string) => {
      for (;;) {
        const now = await facebook()
        if (now.quic.standing === standing) return now
        const next = ++measurements
        let count = 0
        await daemon.line(({ msg }) => msg === 'probe finished' && ++count > next)
      }
    }
    await until('ok')
    await lab.network('babilon').censor.add({ layer: 'quic', names: ['*.facebook.com'], action: 'drop' })
    expect(await until('sni')).toMatchObject({ state: 'ok' })
    const metrics = await (await fetch(`${daemon.url}/metrics`)).text()
    expect(metrics).toContain('didbon_quic_state{service="facebook",vantage="babilon",state="sni"} 1')
    expect(metrics).toContain('didbon_service_state{service="facebook",vantage="babilon",state="ok"} 1')

    const probed = await didbon('probe', 'facebook', '--explain', '--config', config)
    expect(probed.stdout).toMatch(/HTTP\/3 sni: QUIC is answered at the address for a neutral name/)
    expect(probed.stdout).toMatch(
      /quic .*target name www\.facebook\.com, 0 datagrams back +generic_timeout_error/,
    )
    expect(probed.stdout).toMatch(/ A by doh .*; its HTTPS record offers HTTP\/3 on port 443/)
    expect(probed.code).toBe(0)

    expect(daemon.lines.filter(({ msg }) => msg === 'outage opened')).toEqual([])
    expect(await daemon.end('SIGTERM')).toBe(0)
  },
)
