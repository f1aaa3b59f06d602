import { expect, test } from 'vitest'
import { aLab, configure, didbon, folder, serve, vantageEntry } from './lookout.ts'

const QUICK = { trialTimeoutMs: 1_500, totalTimeoutMs: 30_000 }

test(
  'a filter on a name, and no control anywhere -> the outage opens as unreachable; its diagnosis makes it blocked, is logged, counted and stored; a replay gives the same',
  { timeout: 180_000 },
  async () => {
    const lab = await aLab()
    const where = await folder()
    const config = await configure(where, lab.ca, [vantageEntry(lab.network('babilon'))], { diagnose: QUICK })
    const daemon = await serve(config)
    await daemon.line(({ msg }) => msg === 'round finished')
    await lab.network('babilon').censor.add({ layer: 'tls', names: ['www.facebook.com'], action: 'reset' })

    const opened = await daemon.line(({ msg }) => msg === 'outage opened')
    expect(opened).toMatchObject({ service: 'facebook', cause: 'unreachable', mechanism: null })
    const told = await daemon.line(({ msg }) => msg === 'outage diagnosed')
    const sentence = 'Resets follow the name www.facebook.com, not the address.'
    expect(told).toMatchObject({
      service: 'facebook',
      vantage: 'babilon',
      outcome: 'confirmed',
      mechanism: 'tls.sni-reset',
      rule: 'diagnosed_by_name',
      because: sentence,
    })
    const changed = await daemon.line(({ msg }) => msg === 'outage changed cause')
    expect(changed).toMatchObject({ cause: 'blocked', mechanism: 'tls.sni-reset', because: sentence })
    expect(await (await fetch(`${daemon.url}/metrics`)).text()).toContain(
      'didbon_diagnoses_total{service="facebook",vantage="babilon",mechanism="tls.sni-reset"} 1',
    )

    const shown = async () => {
      const answer = await fetch(`${daemon.url}/api/v1/outages/${changed['outage'] as string}`)
      return (await answer.json()) as {
        outage: { because: string }
        evidence: { summary: { plan: string }; measurement: { experiments: { kind: string }[] } | null }[]
      }
    }
    await expect.poll(async () => (await shown()).outage.because, { timeout: 20_000 }).toBe(sentence)
    const evidence = (await shown()).evidence.find(({ summary }) => summary.plan === 'diagnose')
    expect(evidence?.measurement?.experiments[0]).toMatchObject({
      kind: 'setup',
      focus: 'www.facebook.com',
      seed: expect.any(Number) as number,
    })
    expect(evidence?.measurement?.experiments.length).toBeGreaterThan(40)

    expect(await daemon.end('SIGTERM')).toBe(0)
    const again = await didbon('replay', '--config', config, '--since', '1h', '--json')
    expect({ code: again.code, stderr: again.stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(again.stdout)).toMatchObject({ changes: [] })
  },
)

test(
  'probe --plan diagnose --explain -> the sentence and the matrix from each vantage; --json -> all of it',
  { timeout: 180_000 },
  async () => {
    const lab = await aLab()
    const networks = ['babilon', 'tcell', 'outside'].map((id) => vantageEntry(lab.network(id)))
    const config = await configure(await folder(), lab.ca, networks, { diagnose: QUICK })
    await lab
      .network('babilon')
      .censor.add({ layer: 'tls', names: ['www.facebook.com'], action: 'reset', reassembles: false })
    const { code, stdout, stderr } = await didbon(
      'probe',
      'facebook',
      '--plan',
      'diagnose',
      '--explain',
      '--config',
      config,
    )
    expect(stderr).toBe('')
    expect(code).toBe(3)
    expect(stdout).toMatch(
      /^confirmed \(tls\.sni-reset\) {2}facebook\/www from babilon, [\d.]+ s\. Resets follow the name www\.facebook\.com, not the address\.$/m,
    )
    expect(stdout).toContain('Gets through: a hello split in two, a hello with a post-quantum key share')
    expect(stdout).toMatch(
      /^ {4}www\.facebook\.com +93\.184\.215\.14 \(neutral\) +small +\d+ +connection_reset$/m,
    )
    expect(stdout).toMatch(/^ {4}www\.facebook\.com +93\.184\.215\.14 \(neutral\) +split +\d+ +answered$/m)
    expect(stdout).toMatch(/^ok {2}facebook\/www from tcell, .* Nothing differs/m)

    const json = await didbon(
      'probe',
      'facebook',
      '--plan',
      'diagnose',
      '--vantage',
      'babilon',
      '--json',
      '--config',
      config,
    )
    expect(json.code).toBe(3)
    expect(JSON.parse(json.stdout)).toMatchObject([
      {
        vantage: 'babilon',
        verdict: { rule: 'diagnosed_by_name', reached: 'unknown' },
        diagnosed: { finding: { follows: 'name', decisive: true, evasions: ['split-hello', 'large-hello'] } },
        controls: [{ vantage: 'outside' }],
      },
    ])
  },
)
