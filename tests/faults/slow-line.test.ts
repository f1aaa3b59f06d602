/** A line that is slow as a whole. */
import { testFault } from './fault.ts'

for (const bytesPerSecond of [4_000, 16_000])
  testFault(`the whole line carries ${bytesPerSecond} bytes a second`, {
    unhurried: true,
    strike(network) {
      network.set({ bytesPerSecond })
      return () => network.set({ bytesPerSecond: null })
    },
    health: ['slow', 'no_https', 'online'],
    reachesControl: true,
  })
