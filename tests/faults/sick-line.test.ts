/** A line or a box that breaks a share of its connections, whoever they are for. */
import { testFault } from './fault.ts'

const SICK = [
  { share: 0.25, action: 'accept-reset' },
  { share: 0.5, action: 'accept-close' },
  { share: 0.25, action: 'refuse' },
  { share: 0.5, action: 'drop' },
] as const

for (const { share, action } of SICK)
  testFault(`${share * 100} % of all connections meet: ${action}`, {
    rules: [{ layer: 'tcp', to: ['*'], share, action }],
    samples: 12,
    health: ['online', 'no_https'],
    reachesControl: action === 'accept-reset',
  })

testFault('half of all handshakes meet: reset', {
  rules: [{ layer: 'tls', names: ['*'], share: 0.5, action: 'reset' }],
  samples: 12,
  health: ['online', 'no_https'],
})
