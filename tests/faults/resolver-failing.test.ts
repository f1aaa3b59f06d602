/** A resolver that answers for no name. */
import { testFault } from './fault.ts'

for (const action of ['servfail', 'nxdomain', 'refused', 'empty'] as const)
  testFault(`the provider's own resolver says ${action} to every name`, {
    rules: [{ layer: 'dns', names: ['*'], where: 'isp-resolver', action }],
    health: 'no_names',
  })

testFault('every resolver asked in the clear says SERVFAIL to every name', {
  rules: [{ layer: 'dns', names: ['*'], action: 'servfail' }],
  health: 'no_names',
})
