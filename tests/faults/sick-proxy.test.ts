/** A proxy that is ill is the vantage's trouble, and no censor. */
import { testFault } from './fault.ts'

testFault('the proxy of the vantage takes connections and says nothing', {
  strike(network) {
    network.set({ proxy: 'mute' })
    return () => network.set({ proxy: 'plain' })
  },
  health: ['offline', 'unknown'],
})

testFault('the proxy of the vantage dies', {
  async strike(network) {
    await network.power('off')
    return () => network.power('on')
  },
  health: ['offline', 'unknown'],
})

for (const proxy of ['closes', 'early-success'] as const)
  testFault(`a proxy that hides why (${proxy}) fails for 40 % of all connections`, {
    prepare: (lab) => lab.network('babilon').set({ proxy, resets: 'become-fin' }),
    rules: [{ layer: 'tcp', to: ['*'], share: 0.4, action: 'refuse' }],
    samples: 12,
    health: ['online', 'no_https'],
  })
