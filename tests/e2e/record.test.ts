import { expect, test } from 'vitest'
import { anEntry } from '../serve/api/served.ts'
import { aLab, configure, didbon, folder, serve, vantageEntry } from './lookout.ts'

const HOUR = 3_600_000

test(
  'an event registered by token -> its services on heightened watch; a block after it -> an incident that names it',
  { timeout: 180_000 },
  async () => {
    const lab = await aLab()
    const vantages = ['babilon', 'outside'].map((id) => vantageEntry(lab.network(id)))
    const config = await configure(await folder(), lab.ca, vantages)
    const daemon = await serve(config)
    await daemon.line(({ msg, ['outcome']: outcome }) => msg === 'probe finished' && outcome === 'ok')

    const token = (await didbon('token', 'create', 'desk', '--config', config)).stdout.trim()
    const iso = (at: number) => new Date(at).toISOString()
    const [earliest, latest] = [iso(Date.now() - 20 * HOUR), iso(Date.now() - 18 * HOUR)]
    const entry = anEntry({
      id: 'the-video',
      at: { stated: earliest.slice(0, 10), precision: 'hour', earliest, latest },
      timeZone: 'UTC',
    })
    const post = (headers: Record<string, string>) =>
      fetch(`${daemon.url}/api/v1/events`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(entry),
      })
    expect((await post({})).status).toBe(401)
    const added = await post({ authorization: `Bearer ${token}` })
    expect([added.status, await added.text()]).toEqual([201, expect.any(String)])

    await daemon.line(({ msg }) => msg === 'heightened watch changed')
    const { services } = (await (await fetch(`${daemon.url}/api/v1/status`)).json()) as {
      services: { service: string; heightenedUntil: string | null }[]
    }
    expect(services.map(({ service, heightenedUntil }) => [service, heightenedUntil !== null])).toEqual([
      ['facebook', true],
      ['asia-plus', false],
    ])

    await lab.network('babilon').censor.add({ layer: 'dns', names: ['www.facebook.com'], action: 'nxdomain' })
    const opened = await daemon.line(({ msg }) => msg === 'incident opened')
    expect(opened).toMatchObject({ services: ['facebook'], vantages: ['babilon'], after: 'the-video' })
    expect(opened['posterior']).toBeGreaterThan(0.9)

    const answer = await fetch(`${daemon.url}/api/v1/incidents/${opened['incident'] as string}`)
    const { ranking } = (await answer.json()) as { ranking: { candidates: { event: string }[] } }
    expect(ranking.candidates[0]!.event).toBe('the-video')
    expect(await daemon.end('SIGTERM')).toBe(0)

    const listed = await didbon('incidents', '--kind', 'measured', '--format', 'json', '--config', config)
    expect(JSON.parse(listed.stdout)).toMatchObject([{ kind: 'measured', id: opened['incident'] }])
    const shown = await didbon('events', 'show', 'the-video', '--config', config)
    expect(shown.stdout).toContain('token:desk')
  },
)
