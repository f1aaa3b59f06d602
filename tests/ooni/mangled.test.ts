/** Whatever is null, missing or of another type: a line is printed or counted, and nothing is thrown. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { judge } from '../../src/judge/judge.ts'
import { readMeasurements } from '../../src/ooni/read.ts'
import { GOOD, URL_PLAIN, V6, control, document, plain, query, secure, sendsOn } from './documents.ts'

const whole = document({
  input: URL_PLAIN,
  queries: [
    query(),
    query({ engine: 'udp', type: 'A', transaction: 20_001 }),
    query({ depth: 1, addresses: [V6] }),
  ],
  connections: [
    plain({ http: sendsOn('https://www.site.example/') }),
    secure({ depth: 1 }),
    { port: 443, tls: 'ssl_unknown_authority', fetchBody: false },
  ],
  control: control({ networks: { [GOOD]: 15_133 } }),
  testKeys: { x_dns_duplicate_responses: [query({ engine: 'udp', type: 'A', addresses: [V6] })] },
})

/** Every place in the document, as a path of keys. */
function places(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path]
  const inside = Object.entries(value).flatMap(([key, each]) => places(each, [...path, key]))
  return path.length === 0 ? inside : [path, ...inside]
}

/** The document with one place dropped or put to something else. */
function changed(value: unknown, [key, ...rest]: readonly string[], to: unknown): unknown {
  if (key === undefined) return to
  if (Array.isArray(value))
    return value.flatMap((each, at) => (String(at) === key ? drop(changed(each, rest, to)) : [each]))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, each]) => {
      if (name !== key) return [[name, each]]
      return drop(changed(each, rest, to)).map((kept) => [name, kept])
    }),
  )
}

const DROPPED = Symbol('dropped')
const drop = (value: unknown) => (value === DROPPED ? [] : [value])

async function readAll(text: string) {
  const all = []
  for await (const read of readMeasurements(bytes(text))) all.push(read)
  return all
}

async function* bytes(text: string) {
  yield Buffer.from(text)
}

/** Printed or counted, one for each line. */
async function isTold(text: string): Promise<void> {
  const told = await readAll(text)
  expect(told).toHaveLength(1)
  const [one] = told
  if (one!.kind !== 'measurement') return
  const { measurement } = one!
  const verdict = judge(measurement, [], 'unknown')
  expect(JSON.parse(JSON.stringify({ measurement, verdict }))).toEqual({ measurement, verdict })
}

const paths = places(whole)
const values = fc.oneof(
  fc.constant(DROPPED),
  fc.constant(null),
  fc.constantFrom<unknown>(
    '',
    -1,
    0,
    1e300,
    true,
    'depth=1',
    [],
    {},
    [[]],
    [null],
    [1],
    { a: null },
    '\u0000',
    '__proto__',
  ),
  fc.jsonValue(),
)

test('any one place dropped or of another kind', async () => {
  for (const path of paths) {
    for (const to of [DROPPED, null, -1, [], {}]) {
      await isTold(JSON.stringify(changed(whole, path, to)))
    }
  }
})

test('any few places dropped or put to anything', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom(...paths), values), { minLength: 1, maxLength: 6 }),
      async (edits) => {
        const doc = edits.reduce<unknown>((current, [path, to]) => changed(current, path, to), whole)
        await isTold(JSON.stringify(doc))
      },
    ),
    { numRuns: 1000 },
  )
})

test('any text at all is told, unless it is blank', async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.json(), fc.string({ unit: 'binary' })), async (text) => {
      const line = text.replaceAll('\n', ' ')
      expect(await readAll(line)).toHaveLength(line.trim() === '' ? 0 : 1)
    }),
  )
})

test('more entries than any measurement has are not all read', async () => {
  const many = Array.from({ length: 200_000 }, () => 0).map(() => ({ engine: 'getaddrinfo' }))
  const [read] = await readAll(JSON.stringify({ ...whole, test_keys: { queries: many } }))
  expect(read).toMatchObject({ kind: 'measurement' })
  expect(read!.kind === 'measurement' && read!.measurement.observations).toHaveLength(2000)
})
