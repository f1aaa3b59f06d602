/** A resolver that is dead for every name. */
import { testFault } from './fault.ts'

const names = ['*']

testFault("the provider's own resolver is silent, public ones answer", {
  rules: [{ layer: 'dns', names, where: 'isp-resolver', action: 'timeout' }],
  health: 'no_names',
})

testFault('every resolver asked in the clear is silent', {
  rules: [{ layer: 'dns', names, action: 'timeout' }],
  health: 'no_names',
})

testFault('resolvers are silent over UDP alone', {
  rules: [{ layer: 'dns', names, over: 'udp', action: 'timeout' }],
  health: ['no_names', 'online'],
})
