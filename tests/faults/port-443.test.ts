/** Everything on port 443 dies, and port 80 lives. */
import { testFault } from './fault.ts'

const to = ['*']

for (const action of ['accept-drop', 'refuse', 'drop', 'accept-reset'] as const)
  testFault(`port 443 is gone for every host (${action})`, {
    rules: [{ layer: 'tcp', to, port: 443, action }],
    health: 'no_https',
  })

for (const action of ['fin', 'drop'] as const)
  testFault(`connections to port 443 end after the first bytes (${action})`, {
    rules: [{ layer: 'tls', names: ['*'], action }],
    health: 'no_https',
  })
