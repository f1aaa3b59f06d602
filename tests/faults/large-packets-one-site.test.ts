import { testFault } from './fault.ts'

testFault('packets over 1300 bytes vanish on the way to one site', {
  rules: [{ layer: 'packet', to: ['www.facebook.com'], action: 'swallow', largerThan: 1300 }],
  health: 'online',
})
