/** A box that answers every handshake with something else. */
import { testFault } from './fault.ts'

testFault('an alert in place of every handshake', {
  rules: [{ layer: 'tls', names: ['*'], action: 'alert', description: 40 }],
  health: 'no_https',
})

testFault('a page in cleartext in place of every handshake', {
  rules: [{ layer: 'tls', names: ['*'], action: 'cleartext' }],
  health: ['no_https', 'intercepted'],
})
