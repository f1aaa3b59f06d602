/** An address that only this network is given, which served well and is then dead. */
import type { Lab } from '../../src/lab/lab.ts'
import { testFault } from './fault.ts'

const CACHE = '91.218.160.99'

/** The resolver of the provider sends everybody there, and the cache serves well until it is struck. */
function prepare(lab: Lab): void {
  lab.addSite({ host: 'cache.babilon.example', addresses: [CACHE], serves: ['www.youtube.com'] })
  lab.network('babilon').censor.add({
    layer: 'dns',
    names: ['www.youtube.com'],
    types: ['A'],
    where: 'isp-resolver',
    action: 'bogus',
    address: CACHE,
  })
}

for (const action of ['refuse', 'drop', 'unreachable', 'accept-drop', 'accept-reset'] as const)
  testFault(`a cache inside the provider dies (${action})`, {
    prepare,
    rules: [{ layer: 'tcp', to: [CACHE], action }],
    health: 'online',
  })
