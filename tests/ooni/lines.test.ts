import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { type Line, readLines } from '../../src/ooni/lines.ts'

const SMALL = { maxLineBytes: 20, maxSwell: 200 }

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function lines(bytes: Buffer | string, { size = 7, limits = SMALL } = {}): Promise<Line[]> {
  const all = []
  for await (const line of readLines(inPieces(Buffer.from(bytes as string), size), limits)) all.push(line)
  return all
}

function texts(all: readonly Line[]): string[] {
  return all.map((line) =>
    line.kind === 'line' ? `${line.number} ${line.bytes.toString()}` : `${line.number} ${line.kind}`,
  )
}

test.each([
  ['lines', 'one\ntwo\n', ['1 one', '2 two']],
  ['the last without its end', 'one\ntwo', ['1 one', '2 two']],
  ['empty lines count and are passed over', '\n\none\n\n', ['3 one']],
  ['nothing at all', '', []],
  ['one byte', 'x', ['1 x']],
  ['longer than the cap', `${'x'.repeat(21)}\none\n`, ['1 too-long', '2 one']],
  ['as long as the cap', `${'x'.repeat(20)}\n`, [`1 ${'x'.repeat(20)}`]],
  ['too long, and the last', `one\n${'x'.repeat(300)}`, ['1 one', '2 too-long']],
])('%s', async (_name, text, expected) => {
  for (const size of [1, 2, 3, 7, 1000]) {
    expect(texts(await lines(text, { size }))).toEqual(expected)
    expect(texts(await lines(gzipSync(text), { size }))).toEqual(expected)
  }
})

test('several gzip files in one are read as one', async () => {
  const both = Buffer.concat([gzipSync('one\n'), gzipSync('two\n')])
  expect(texts(await lines(both))).toEqual(['1 one', '2 two'])
})

test('gzip that breaks off -> what came before stands, and the break is named', async () => {
  const whole = gzipSync(Array.from({ length: 5000 }, (_, n) => `line ${n * 7919}`).join('\n'))
  const all = await lines(whole.subarray(0, whole.length - 100), { size: 1000 })
  expect(all.length).toBeGreaterThan(100)
  expect(all[0]).toMatchObject({ kind: 'line', number: 1 })
  expect(all.at(-1)).toMatchObject({ kind: 'broken', why: 'unexpected end of file' })
})

test('gzip that goes bad -> the same', async () => {
  const bad = gzipSync('one\n'.repeat(50_000))
  bad.fill(0xff, 40, 60)
  expect((await lines(bad)).at(-1)).toMatchObject({ kind: 'broken' })
})

test('gzip that swells beyond all measure is not read on', async () => {
  const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024))
  const all = await lines(bomb, { size: 1000 })
  expect(all).toEqual([
    {
      kind: 'broken',
      number: 1,
      why: 'gzip that expands to more than 200 times its size is not read further',
    },
  ])
})

test('a source that fails -> what came before stands', async () => {
  async function* failing(): AsyncGenerator<Buffer> {
    yield Buffer.from('one\ntw')
    throw new Error('the disk is gone')
  }
  const all = []
  for await (const line of readLines(failing(), SMALL)) all.push(line)
  expect(all).toMatchObject([
    { kind: 'line', number: 1 },
    { kind: 'broken', number: 2, why: 'the disk is gone' },
  ])
})
