/** A box that stands in the way of everybody. */
import { testFault } from './fault.ts'

testFault('one unknown authority signs for every name', {
  rules: [{ layer: 'tls', names: ['*'], action: 'mitm' }],
  health: 'intercepted',
})

testFault('a captive portal meets every page and every handshake', {
  rules: [
    { layer: 'http', names: ['*'], action: 'redirect' },
    { layer: 'tls', names: ['*'], action: 'mitm', as: 'portal.lan' },
  ],
  health: ['intercepted', 'offline'],
})

testFault('a captive portal gives its own address for every name', {
  rules: [
    { layer: 'dns', names: ['*'], action: 'private' },
    { layer: 'tls', names: ['*'], action: 'mitm', as: 'portal.lan' },
  ],
  health: ['no_names', 'intercepted', 'offline'],
})
