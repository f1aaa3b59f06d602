/** A line that is slow as a whole: with all that is measured at once here, handshakes time out on it too. */
import { testFault } from './fault.ts'

const BYTES_PER_SECOND = 16_000

testFault(`the whole line carries ${BYTES_PER_SECOND} bytes a second`, {
  unhurried: true,
  strike(network) {
    network.set({ bytesPerSecond: BYTES_PER_SECOND })
    return () => network.set({ bytesPerSecond: null })
  },
  health: ['no_https', 'slow', 'online'],
})
