import { expect, test } from 'vitest'
import { readAnswer } from '../../src/probe/diagnose/answer.ts'

const record = (type: number, ...body: number[]) => [type, 3, 3, 0, body.length, ...body]
const FATAL = 2
const WARNING = 1
const SERVER_HELLO = record(22, 2, 0, 0, 1, 0)
const NO_SUCH_NAME = 112

test.each([
  { name: 'nothing', bytes: [], came: 'nothing', alert: null },
  { name: 'a handshake', bytes: SERVER_HELLO, came: 'handshake', alert: null },
  { name: 'a fatal alert', bytes: record(21, FATAL, 40), came: 'alert', alert: 40 },
  { name: 'an alert whose number nobody knows', bytes: record(21, FATAL, 200), came: 'alert', alert: 200 },
  { name: 'close_notify', bytes: record(21, WARNING, 0), came: 'alert', alert: 0 },
  {
    name: 'a warning, and then a handshake all the same',
    bytes: [...record(21, WARNING, NO_SUCH_NAME), ...SERVER_HELLO],
    came: 'handshake',
    alert: null,
  },
  {
    name: 'a warning, and no more',
    bytes: record(21, WARNING, NO_SUCH_NAME),
    came: 'alert',
    alert: NO_SUCH_NAME,
  },
  { name: 'half an alert', bytes: [21, 3, 3], came: 'handshake', alert: null },
  { name: 'a page', bytes: [...Buffer.from('HTTP/1.1 403 Forbidden\r\n')], came: 'http', alert: null },
  { name: 'a greeting of SSH', bytes: [...Buffer.from('SSH-2.0-x\r\n')], came: 'not-tls', alert: null },
  { name: 'zeros', bytes: [0, 0, 0, 0, 0, 0], came: 'not-tls', alert: null },
  { name: 'one byte', bytes: [0x48], came: 'not-tls', alert: null },
] as const)('$name -> $came $alert', ({ bytes, came, alert }) => {
  expect(readAnswer(Buffer.from(bytes))).toEqual({ answered: bytes.length > 0, came, alert })
})
