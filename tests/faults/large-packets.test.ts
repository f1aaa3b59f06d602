/** Packets that are too large for some hop vanish, and nobody is told: ordinary with tunnels. */
import { testFault } from './fault.ts'

testFault('packets over 1300 bytes vanish, on every way', {
  rules: [{ layer: 'packet', to: ['*'], action: 'swallow', largerThan: 1300 }],
  health: 'no_https',
  reachesControl: true,
})

testFault('packets over 1300 bytes vanish on the way in', {
  rules: [{ layer: 'packet', to: ['*'], action: 'swallow', largerThan: 1300, direction: 'in' }],
  health: 'no_https',
  reachesControl: true,
})

testFault('packets over 1300 bytes vanish on port 443', {
  rules: [{ layer: 'packet', to: ['*'], port: 443, action: 'swallow', largerThan: 1300 }],
  health: 'no_https',
})
