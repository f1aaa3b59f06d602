import { expect, test } from 'vitest'
import { agreementOf } from '../../src/judge/control.ts'
import { aControl, aFailedControl, aMeasurement, dns, tcp, tls } from './builders.ts'

const gone = aFailedControl(dns(), tcp({ failure: 'generic_timeout_error' }))

test.each([
  { name: 'no control', controls: [], says: 'not_asked' },
  { name: 'a control that gets the page', controls: [aControl()], says: 'fails_here_only' },
  { name: 'a control that gets nothing', controls: [gone], says: 'fails_too' },
  { name: 'two that differ', controls: [gone, aControl()], says: 'fails_here_only' },
  { name: 'two that agree it is gone', controls: [gone, gone], says: 'fails_too' },
  {
    name: 'a control whose look was unfit',
    controls: [aControl({ unfit: 'late_thread' })],
    says: 'not_asked',
  },
  {
    name: 'one unfit, one that gets nothing',
    controls: [aControl({ unfit: 'interrupted' }), gone],
    says: 'fails_too',
  },
  {
    name: 'a control that went no further than TLS',
    controls: [aMeasurement(dns(), tcp(), tls())],
    says: 'fails_here_only',
  },
])('it failed here, and there was $name -> $says', ({ controls, says }) => {
  expect(agreementOf(controls)).toBe(says)
})
