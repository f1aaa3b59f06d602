/** The world outside is gone, in part or as a whole: that is the vantage's, and no block of four services. */
import { testFault } from './fault.ts'

testFault('HTTPS abroad is gone, and works at home', {
  rules: [{ layer: 'tcp', to: ['*'], port: 443, abroad: true, action: 'drop' }],
  health: 'shutdown',
})

testFault('no name from abroad can be looked up, those of the country can', {
  rules: [{ layer: 'dns', names: ['*'], abroad: true, action: 'timeout' }],
  health: 'shutdown',
})

testFault('the international link is cut', {
  strike(network) {
    network.set({ international: 'cut' })
    return () => network.set({ international: 'up' })
  },
  health: 'shutdown',
})

testFault('nothing gets through at all', {
  rules: [
    { layer: 'tcp', to: ['*'], action: 'drop' },
    { layer: 'dns', names: ['*'], action: 'timeout' },
  ],
  health: 'offline',
})
