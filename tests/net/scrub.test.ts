import { expect, test } from 'vitest'
import { scrub } from '../../src/net/scrub.ts'

test.each([
  [
    'connect EWHAT 203.0.113.9:443 - Local (192.168.1.5:50123)',
    'connect EWHAT [scrubbed] - Local ([scrubbed])',
  ],
  ['connect EWHAT 2001:db8::1:443', 'connect EWHAT [scrubbed]'],
  ['connect 2001:db8:1:2:3:4:5:6:443', 'connect [scrubbed]'],
  ['at [fe80::1%eth0]:53 now', 'at [scrubbed] now'],
  ['at fe80::1%eth0.', 'at [scrubbed].'],
  ['via ::ffff:10.0.0.1', 'via [scrubbed]'],
  ['Your IP:198.51.100.7.', 'Your IP:[scrubbed].'],
  ['Your IP:2001:db8::7, AS64500', 'Your IP:[scrubbed], AS64500'],
  ['http://[2001:db8::1]/?ip=198.51.100.7&x', 'http://[scrubbed]/?ip=[scrubbed]&x'],
  ['from 192.168.001.005', 'from [scrubbed]'],
  ['id_198.51.100.7_', 'id_[scrubbed]_'],
  ['02:00:5e:10:00:01', '[scrubbed]'],
  ['error at 12:30 in step 4', 'error at 12:30 in step 4'],
  ['error at 12:30:45 UTC', 'error at 12:30:45 UTC'],
  ['std::vector, version 1.2.3, 1.2.3.400', 'std::vector, version 1.2.3, 1.2.3.400'],
])('%s -> %s', (text, scrubbed) => {
  expect(scrub(text)).toBe(scrubbed)
})
