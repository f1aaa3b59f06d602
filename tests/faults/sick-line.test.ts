/** A line or a box that breaks a share of its connections, whoever they are for. */
import { testFault } from './fault.ts'

for (const action of ['accept-reset', 'accept-close', 'refuse', 'drop'] as const)
  for (const share of [0.25, 0.5])
    testFault(`${share * 100} % of all connections meet: ${action}`, {
      rules: [{ layer: 'tcp', to: ['*'], share, action }],
      samples: 12,
      health: ['online', 'no_https'],
      reachesControl: true,
    })

for (const action of ['reset', 'fin'] as const)
  testFault(`half of all handshakes meet: ${action}`, {
    rules: [{ layer: 'tls', names: ['*'], share: 0.5, action }],
    samples: 12,
    health: ['online', 'no_https'],
  })
