/** Everything on port 443 dies, and port 80 lives. */
import { testFault } from './fault.ts'

const to = ['*']

for (const action of [
  'accept-drop',
  'refuse',
  'drop',
  'accept-reset',
  'accept-close',
  'unreachable',
] as const)
  testFault(`port 443 is gone for every host (${action})`, {
    rules: [{ layer: 'tcp', to, port: 443, action }],
    health: 'no_https',
  })

for (const action of ['reset', 'fin', 'drop'] as const)
  testFault(`connections to port 443 end after the first bytes (${action})`, {
    rules: [{ layer: 'tls', names: ['*'], action }],
    health: 'no_https',
  })
