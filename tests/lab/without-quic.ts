/** A lab where the QUIC library cannot be had, as in an installation for production. Prints what one probe of a site of it saw. */
import { registerHooks } from 'node:module'

registerHooks({
  resolve(specifier, context, next) {
    if (specifier.startsWith('@matrixai/')) throw new Error(`There is no ${specifier} here.`)
    return next(specifier, context)
  },
})
const { judge } = await import('../../src/judge/judge.ts')
const { startLab } = await import('../../src/lab/lab.ts')
const { probeOnce } = await import('../../src/probe/ladder.ts')
const { PROBE_DEFAULTS } = await import('../../src/model/probe-settings.ts')
const { vantageIn } = await import('../censors/vantage-in.ts')

const URL_ = 'https://www.facebook.com/'
const lab = await startLab()
const measurement = await probeOnce(
  {
    vantage: vantageIn(lab.network('babilon'), lab),
    endpoint: URL_,
    url: URL_,
    plan: 'full',
    purpose: 'manual',
    extraAddresses: [],
    settings: { ...PROBE_DEFAULTS, extraCa: [lab.ca], maxLoopLagMs: 60_000 },
  },
  AbortSignal.timeout(20_000),
)
await lab.close()
const { reached, quic } = judge(measurement, [], 'online')
process.stdout.write(JSON.stringify({ reached, quic }))
