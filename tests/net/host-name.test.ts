import { expect, test } from 'vitest'
import { fitsDns, isHostName } from '../../src/net/host-name.ts'

const LONG = `${'a'.repeat(63)}.`.repeat(3)

test.each([
  { name: 'www.site.example', fits: true, host: true },
  { name: 'WWW.Site.example', fits: true, host: true },
  { name: 'proxy', fits: true, host: true },
  { name: 'xn--80ak6aa92e.com', fits: true, host: true },
  { name: 'my_box.example', fits: true, host: true },
  { name: 'site.example.', fits: true, host: false },
  { name: '-a.example', fits: true, host: false },
  { name: 'a-.example', fits: true, host: false },
  { name: 'a b.example', fits: true, host: false },
  { name: '10.8.0', fits: true, host: false },
  { name: '192.0.2.1', fits: true, host: false },
  { name: `${'a'.repeat(64)}.example`, fits: false, host: false },
  { name: `${LONG}${'a'.repeat(61)}`, fits: true, host: true },
  { name: `${LONG}${'a'.repeat(62)}`, fits: false, host: false },
  { name: 'a..example', fits: false, host: false },
  { name: '', fits: false, host: false },
])('"$name" -> fits DNS: $fits, host name: $host', ({ name, fits, host }) => {
  expect([fitsDns(name), isHostName(name)]).toEqual([fits, host])
})
