/** Packets are lost, on the line or on the way to one site. */
import { testFault } from './fault.ts'

for (const loss of [0.1, 0.3])
  testFault(`${loss * 100} % of what is sent on the line is lost`, {
    strike(network) {
      network.set({ loss })
      return () => network.set({ loss: 0 })
    },
    samples: 8,
    health: 'online',
  })

for (const share of [0.3, 0.6])
  testFault(`${share * 100} % of what is sent to one site is lost`, {
    rules: [{ layer: 'packet', to: ['www.facebook.com'], action: 'lose', share }],
    samples: 12,
    health: 'online',
  })
