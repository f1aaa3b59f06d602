/** Answers that browsers show and that the grammar of HTTP/1.1 does not have: the page is read, over TLS and in cleartext. */
import type net from 'node:net'
import { expect, test } from 'vitest'
import { judge } from '../../src/judge/judge.ts'
import type { HttpObservation, Measurement } from '../../src/model/measurement.ts'
import { probeOnce } from '../../src/probe/ladder.ts'
import { makeCa } from './certificates.ts'
import { aTask, serveTcp, serveTls } from './servers.ts'

const never = new AbortController().signal
const ca = makeCa()
const site = ca.issue(['127.0.0.1'])

const PAGE = `<html><title>The news of today</title><body>${'word '.repeat(200)}</body></html>`
const N = PAGE.length
const HEX = N.toString(16)
const TYPE = 'Content-Type: text/html\r\n'
const PLAIN = `HTTP/1.1 200 OK\r\n${TYPE}Content-Length: ${N}\r\n\r\n${PAGE}`
const chunked = (rest: string) => `HTTP/1.1 200 OK\r\n${TYPE}Transfer-Encoding: chunked\r\n\r\n${rest}`
const withHeader = (line: string) =>
  `HTTP/1.1 200 OK\r\n${TYPE}${line}\r\nContent-Length: ${N}\r\n\r\n${PAGE}`
const withLength = (lines: string) => `HTTP/1.1 200 OK\r\n${TYPE}${lines}\r\n\r\n${PAGE}`

const READ = [
  { name: 'as the grammar has it', answer: PLAIN },
  { name: 'a folded line', answer: withHeader('X-Long: one\r\n two\r\n\tthree') },
  { name: 'a folded line before any header', answer: `HTTP/1.1 200 OK\r\n odd\r\n${PLAIN.slice(17)}` },
  { name: 'bare LF everywhere', answer: PLAIN.replaceAll('\r\n', '\n') },
  { name: 'bare LF after one header', answer: withHeader('X: a\nY: b') },
  { name: 'bare LF at the end of the head', answer: PLAIN.replace('\r\n\r\n', '\r\n\n') },
  { name: 'a CR within a header', answer: withHeader('X: a\rb') },
  { name: 'a space after the length', answer: withLength(`Content-Length: ${N} `) },
  { name: 'tabs about the length', answer: withLength(`Content-Length:\t${N}\t`) },
  { name: 'one length twice', answer: withLength(`Content-Length: ${N}\r\nContent-Length: ${N}`) },
  { name: 'one length twice in one header', answer: withLength(`Content-Length: ${N}, ${N}`) },
  {
    name: 'a length and chunks',
    answer: chunked(`${HEX}\r\n${PAGE}\r\n0\r\n\r\n`).replace(TYPE, `${TYPE}Content-Length: 5\r\n`),
  },
  { name: 'more than the length', answer: `${PLAIN}and more` },
  { name: 'an empty length', answer: withLength('Content-Length:') },
  { name: 'a length that is no number', answer: withLength('Content-Length: all') },
  { name: 'no length', answer: `HTTP/1.1 200 OK\r\n${TYPE}\r\n${PAGE}` },
  { name: 'HTTP/1.0 without a length', answer: `HTTP/1.0 200 OK\r\n${TYPE}\r\n${PAGE}` },
  {
    name: 'HTTP/1.0 that says chunked and is not',
    answer: `HTTP/1.0 200 OK\r\n${TYPE}Transfer-Encoding: chunked\r\n\r\n${PAGE}`,
  },
  { name: '100 Continue unasked', answer: `HTTP/1.1 100 Continue\r\n\r\n${PLAIN}` },
  { name: '103 Early Hints', answer: `HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n${PLAIN}` },
  { name: '103 with a length', answer: `HTTP/1.1 103 Early Hints\r\nContent-Length: 9\r\n\r\n${PLAIN}` },
  { name: 'a control character in a value', answer: withHeader('Set-Cookie: a=\u0001b') },
  { name: 'bytes over 127 in a value', answer: withHeader('X: \u00ff\u00a0') },
  {
    name: 'a space before the colon',
    answer: withHeader('X-A : b').replace('Content-Length:', 'Content-Length :'),
  },
  { name: 'a space within a name', answer: withHeader('X A: b') },
  { name: 'a header without a name', answer: withHeader(': b') },
  { name: 'a line without a colon', answer: withHeader('nothing') },
  { name: 'no reason', answer: PLAIN.replace(' OK', '') },
  { name: 'spaces in the status line', answer: PLAIN.replace('HTTP/1.1 200', 'HTTP/1.1   200 ') },
  { name: 'bytes over 127 in the reason', answer: PLAIN.replace('OK', '\u00c4\u00ff') },
  { name: 'small letters in the protocol', answer: PLAIN.replace('HTTP', 'http') },
  { name: 'a version to come', answer: PLAIN.replace('1.1', '1.2') },
  { name: 'an empty line before it', answer: `\r\n${PLAIN}` },
  { name: 'chunks and bare LF', answer: chunked(`${HEX}\n${PAGE}\n0\n\n`) },
  { name: 'chunks, with spaces after the size', answer: chunked(`${HEX}  \r\n${PAGE}\r\n0\r\n\r\n`) },
  { name: 'chunks, with an extension', answer: chunked(`00${HEX};a="b"\r\n${PAGE}\r\n0;c\r\n\r\n`) },
  { name: 'chunks, and trailers', answer: chunked(`${HEX}\r\n${PAGE}\r\n0\r\nX: y\r\n\r\n`) },
  { name: 'chunks, and no line end at the end', answer: chunked(`${HEX}\r\n${PAGE}\r\n0\r\n`) },
  { name: 'chunks, and nothing after the last zero', answer: chunked(`${HEX}\r\n${PAGE}\r\n0`) },
  {
    name: 'chunked said twice',
    answer: chunked(`${HEX}\r\n${PAGE}\r\n0\r\n\r\n`).replace('chunked', 'Chunked, chunked'),
  },
  {
    name: 'an encoding of transfer that is none',
    answer: withLength(`Transfer-Encoding: identity\r\nContent-Length: ${N}`),
  },
] as const

const UNREAD = [
  'SSH-2.0-OpenSSH_9.9\r\n',
  'HTTP/1.1 2000 OK\r\n\r\n',
  'HTTP/1.1 OK\r\n\r\n',
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n',
  `HTTP/1.1 200 OK\r\n${'x'.repeat(262_144)}`,
  `HTTP/1.1 200 ${'x'.repeat(20_000)}`,
  'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(10_000),
  withHeader('X: a\0b'),
  withLength('Content-Length: 3\r\nContent-Length: 4'),
  withLength('Content-Length: 3, 4'),
  chunked('zz\r\nab'),
  chunked('-5\r\nab'),
  chunked('1\r\nabc\r\n'),
  chunked('0'.repeat(20_000)),
]

const THE_PAGE = { failure: null, status: 200, bodyBytes: N, title: 'The news of today' }

const measure = (url: string) =>
  probeOnce(aTask(url, { settings: { extraCa: [ca.pem], httpTimeoutMs: 2_000 } }), never)
const pageOf = (m: Measurement) => m.observations.findLast((o): o is HttpObservation => o.layer === 'http')!

/** The first connection is given the answer, others what the grammar has: that is what a control gets. */
const serve = (answer: string, send: (s: net.Socket, bytes: Buffer) => void, overTls = true) => {
  const answers = [answer]
  const onSocket = (s: net.Socket) =>
    void s.once('data', () => send(s, Buffer.from(answers.pop() ?? PLAIN, 'latin1')))
  return overTls ? serveTls(site, onSocket) : serveTcp(onSocket)
}
const atOnce = (s: net.Socket, bytes: Buffer) => void s.end(bytes)
const byteByByte = (s: net.Socket, bytes: Buffer) => {
  for (const byte of bytes) s.write(Buffer.of(byte))
  s.end()
}

test.each(READ)('$name -> the page, over TLS', async ({ answer }) => {
  await using server = await serve(answer, atOnce)
  const m = await measure(`https://127.0.0.1:${server.port}/`)
  expect(m.unfit).toBeNull()
  expect(pageOf(m)).toMatchObject(THE_PAGE)
  expect(judge(m, [], 'online')).toMatchObject({ reached: 'yes', rule: 'page_over_verified_tls' })
})

test.each(READ)('$name, byte by byte -> the page', async ({ answer }) => {
  await using server = await serve(answer, byteByByte)
  expect(pageOf(await measure(`https://127.0.0.1:${server.port}/`))).toMatchObject(THE_PAGE)
})

test.each(READ)('$name, in cleartext -> the page, as the control gets it', async ({ answer }) => {
  await using server = await serve(answer, atOnce, false)
  const m = await measure(`http://127.0.0.1:${server.port}/`)
  const control = await measure(`http://127.0.0.1:${server.port}/`)
  expect(pageOf(m)).toMatchObject(THE_PAGE)
  expect(judge(m, [control], 'online')).toMatchObject({
    reached: 'yes',
    rule: 'cleartext_page_as_for_control',
  })
})

const SCHEMES = [
  { overTls: true, reached: 'yes', rule: 'server_answer_unusable' },
  { overTls: false, reached: 'no', rule: 'http_unusable_not_in_control' },
] as const

test.each(UNREAD.flatMap((answer) => SCHEMES.map((scheme) => ({ ...scheme, answer }))))(
  'what no browser can read, over TLS: $overTls -> $rule',
  async ({ answer, overTls, ...verdict }) => {
    await using server = await serve(answer, (s, bytes) => void s.write(bytes), overTls)
    const url = `${overTls ? 'https' : 'http'}://127.0.0.1:${server.port}/`
    const m = await measure(url)
    const control = await measure(url)
    expect(pageOf(m)).toMatchObject({ failure: 'http_request_failed', endedBy: 'peer' })
    expect(judge(m, [control], 'online')).toMatchObject(verdict)
  },
)

test('folded lines, empty names and spaces by the hundred kilobyte -> read in no time', async () => {
  const head = 'HTTP/1.1 200 OK\r\n'
  const most = 260_000
  for (const filling of [' \r\n', 'a:\r\n', ':\r\n', '\r\n x']) {
    const answer = `${head}X: y${filling.repeat(Math.floor((most - 100) / filling.length))}\r\nContent-Length: 2\r\n\r\nok`
    await using server = await serve(answer, atOnce)
    expect(pageOf(await measure(`https://127.0.0.1:${server.port}/`))).toMatchObject({ status: 200 })
  }
  await using server = await serve(`${head}X: y${' '.repeat(most)}z\r\n\r\n`, atOnce)
  expect(pageOf(await measure(`https://127.0.0.1:${server.port}/`))).toMatchObject({ status: 200 })
})
