/** One family of addresses works and the other does not. */
import { testFault } from './fault.ts'

testFault('IPv4 is dead and IPv6 is fine', {
  ipv6: true,
  rules: [{ layer: 'tcp', to: ['*'], family: 4, action: 'drop' }],
  health: 'no_ipv4',
})

testFault('IPv6 is dead and IPv4 is fine', {
  ipv6: true,
  rules: [{ layer: 'tcp', to: ['*'], family: 6, action: 'drop' }],
  health: 'online',
})

testFault('IPv6 is gone and IPv4 is fine', {
  ipv6: true,
  strike(network) {
    network.set({ ipv6: 'network-unreachable' })
    return () => network.set({ ipv6: 'up' })
  },
  health: 'online',
})
