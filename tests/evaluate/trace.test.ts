import { describe, expect, test } from 'vitest'
import { DEFAULTS } from '../../src/detect/settings.ts'
import { evaluateTrace } from '../../src/evaluate/open-loop.ts'
import { readHeader, readLine, showHeader, showLine } from '../../src/evaluate/trace.ts'
import { WORLD_DEFAULTS } from '../../src/evaluate/generate.ts'
import { writeTrace } from '../../src/evaluate/write-trace.ts'

const HEADER = JSON.stringify({
  kind: 'didbon-trace',
  version: 1,
  roundMs: 30_000,
  services: [{ id: 'facebook', endpoints: [{ id: 'facebook/www', role: 'primary' }] }],
  vantages: [{ id: 'isp-1', country: 'TJ' }],
  canaries: [],
})
const T0 = Date.UTC(2015, 4, 28)
const AT = { file: 'a.jsonl', line: 7 }
const WATCH = readHeader(HEADER, { file: 'a.jsonl', line: 1 })

async function* linesOf(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines
}

/** An hour of measurements every 30 s, the second half of them reset, and the truth about it. */
function anHour(): string[] {
  const measurements = Array.from({ length: 120 }, (_, n) => ({
    kind: 'look',
    at: T0 + n * 30_000,
    ms: 130,
    vantage: 'isp-1',
    endpoint: 'facebook/www',
    ...(n >= 60 && { failed: 'tls connection_reset', control: 'fine' }),
  }))
  const truth = {
    kind: 'truth',
    what: 'block',
    vantage: 'isp-1',
    service: 'facebook',
    mechanism: 'tls.sni-reset',
    from: '2015-05-28T00:30:00Z',
    to: '2015-05-28T01:00:00Z',
  }
  return [HEADER, JSON.stringify(truth), ...measurements.map((measurement) => JSON.stringify(measurement))]
}

test('a trace written by hand -> the block is found, timed and named; peers beside it on the same looks', async () => {
  const {
    scores,
    looks: measurements,
    vantageYears,
  } = await evaluateTrace(linesOf(anHour()), 'a.jsonl', DEFAULTS)
  expect(measurements).toBe(120)
  expect(vantageYears * 365 * 24).toBeCloseTo(1, 1)
  const of = (rule: string) => scores.find((score) => score.rule === rule)!
  expect(of('didbon: called blocked')).toMatchObject({
    alarms: 1,
    precision: { value: 1 },
    recall: { value: 1, of: 1 },
    wrongMechanism: { value: 0, of: 1 },
    falseAlarms: { count: 0 },
    detectMs: { answering: { median: { value: 60_130 } } },
  })
  expect(of('3 failures in a row').detectMs.answering.median.value).toBe(60_130)
  expect(of("OONI's CUSUM of hourly medians").recall.value).toBe(0)
})

test(
  'a generated world as a file, read back -> line by line what was written, and the same blocks found',
  { timeout: 60_000 },
  async () => {
    const lines: string[] = []
    const options = { ...WORLD_DEFAULTS, years: 0.03, vantages: 1, heartbeatS: 120 }
    expect(writeTrace(options, (line) => lines.push(line))).toBe(lines.length)
    const watch = readHeader(lines[0]!, AT)
    expect(showHeader(watch)).toBe(lines[0])
    for (const line of lines.slice(1, 3000)) expect(showLine(readLine(line, AT, watch))).toBe(line)
    const { scores, truth } = await evaluateTrace(linesOf(lines), 'a.jsonl', DEFAULTS)
    expect(truth.block).toBeGreaterThan(2)
    expect(scores[1]).toMatchObject({
      rule: 'didbon: called blocked',
      falseAlarms: { count: 0 },
      notABlock: { count: 0 },
    })
    expect(scores[1]).toMatchObject({ precision: { value: 1 } })
  },
)

describe('lines that are wrong -> said with file, line, field and what would be right', () => {
  const measurement = { kind: 'look', at: T0, ms: 1, vantage: 'isp-1', endpoint: 'facebook/www' }
  test.each([
    { line: '{', says: 'a.jsonl:7  is not JSON' },
    { line: '[]', says: 'a.jsonl:7  must be a JSON object' },
    {
      line: { ...measurement, kind: 'lok' },
      says: 'kind: must be one of truth, look, canary (did you mean look?), not "lok"',
    },
    { line: { ...measurement, vantage: 'isp-2' }, says: 'vantage: must be one of isp-1' },
    { line: { ...measurement, at: 'noon' }, says: 'at: must be a time such as 2015-05-28T05:00:00Z' },
    { line: { ...measurement, ms: -1 }, says: 'ms: must be a number, not below 0' },
    {
      line: { ...measurement, failed: 'tls reset' },
      says: 'failed: must be a layer (dns, tcp, tls, http) and an OONI failure string',
    },
    { line: { ...measurement, failed: 'tcp mitm' }, says: 'failed: must be a layer' },
    { line: { ...measurement, failed: 'tls' }, says: 'failed: must be a layer' },
    { line: { ...measurement, failed: 'quic generic_timeout_error' }, says: 'failed: must be a layer' },
    { line: { ...measurement, at: 1.5 }, says: 'at: must be a time such as 2015-05-28T05:00:00Z' },
    { line: { ...measurement, at: '28 May 2015' }, says: 'at: must be a time such as 2015-05-28T05:00:00Z' },
    { line: { ...measurement, at: '2015-02-30' }, says: 'at: must be a time such as 2015-05-28T05:00:00Z' },
    { line: { ...measurement, vantage: undefined }, says: 'vantage: must be text, not left out' },
    {
      line: { ...measurement, endpoint: 'facebook/ww' },
      says: '(did you mean facebook/www?), not "facebook/ww"',
    },
    {
      line: { ...measurement, purpose: 'canary' },
      says: 'purpose: must be one of round, confirm, not "canary"',
    },
    { line: { ...measurement, control: 'down' }, says: 'control: must be one of fine, fails, not "down"' },
    {
      line: { ...measurement, kind: 'canary', canary: 'canary/a' },
      says: 'canary: must be one of , not "canary/a"',
    },
    {
      line: { ...measurement, x: 'x'.repeat(1_000_000) },
      says: 'the line is longer than 1000000 characters',
    },
    { line: { ...measurement, kind: 'x'.repeat(1000) }, says: `not "${'x'.repeat(79)}` },
    {
      line: {
        kind: 'truth',
        what: 'block',
        vantage: 'isp-1',
        service: 'facebook',
        from: T0,
        to: T0 + 1,
        share: 30,
      },
      says: 'share: must be a share of the measurements, above 0 and up to 1, not 30',
    },
    {
      line: {
        kind: 'truth',
        what: 'block',
        vantage: 'isp-1',
        service: 'facebook',
        from: T0,
        to: T0 + 1,
        share: 0,
      },
      says: 'share: must be a share of the measurements, above 0 and up to 1, not 0',
    },
    {
      line: { kind: 'truth', what: 'gone', vantage: 'isp-1', mechanism: 'tcp.rst', from: T0, to: T0 + 1 },
      says: '(did you mean tcp.reset?), not "tcp.rst"',
    },
    { line: { ...measurement, http: 1 }, says: 'http: must be true or false' },
    {
      line: { kind: 'truth', what: 'block', vantage: 'isp-1', from: T0, to: T0 + 1 },
      says: 'service: must be named: a block is of a service',
    },
    {
      line: { kind: 'truth', what: 'block', vantage: 'isp-1', service: 'facebook', from: T0, to: T0 },
      says: 'to: must be after from',
    },
  ])('$says', ({ line, says }) => {
    const text = typeof line === 'string' ? line : JSON.stringify(line)
    expect(() => readLine(text, AT, WATCH)).toThrow(says)
    expect(() => readLine(text, AT, WATCH)).toThrow(expect.objectContaining({ code: 'usage' }))
  })

  test('no header, an empty file, looks out of order', async () => {
    const hour = anHour()
    await expect(evaluateTrace(linesOf(hour.slice(1)), 'a.jsonl', DEFAULTS)).rejects.toThrow(
      'a.jsonl:1  kind: must be "didbon-trace"',
    )
    await expect(evaluateTrace(linesOf([]), 'a.jsonl', DEFAULTS)).rejects.toThrow('a.jsonl is empty')
    const mixed = [...hour.slice(0, 2), hour[9]!, hour[5]!]
    await expect(evaluateTrace(linesOf(mixed), 'a.jsonl', DEFAULTS)).rejects.toThrow(
      'a.jsonl:4  at: the measurement ended before',
    )
  })
})

describe('a look as it is written', () => {
  const measurement = { kind: 'look', at: T0, ms: 1, vantage: 'isp-1', endpoint: 'facebook/www' }
  const read = (over: object) => readLine(JSON.stringify({ ...measurement, ...over }), AT, WATCH)

  test.each(['2015-05-28T00:00:00', '2015-05-28', '2015-05-28T05:00+05:00', T0])(
    'at %s -> the same moment on a machine of any time zone',
    (at) => {
      const zone = process.env.TZ
      try {
        process.env.TZ = 'Asia/Dushanbe'
        expect(read({ at })).toMatchObject({ startedAt: T0 })
      } finally {
        if (zone === undefined) delete process.env.TZ
        else process.env.TZ = zone
      }
    },
  )

  test('what is left out, or null -> fine, no HTTP, no control, a plain round, no time taken', () => {
    const facts = { failed: null, http: false, control: null }
    const plain = { startedAt: T0, endedAt: T0, facts, purpose: 'round' }
    const nothing = { ms: null, failed: null, http: null, control: null, purpose: null }
    expect(read(nothing)).toMatchObject(plain)
    expect(read({ ms: undefined })).toMatchObject(plain)
  })

  test('it failed at HTTP -> it went as far as HTTP, unless it says it did not', () => {
    const failed = 'http foreign_page'
    expect(read({ failed })).toMatchObject({ facts: { http: true } })
    expect(read({ failed: 'tls mitm' })).toMatchObject({ facts: { http: false } })
  })

  test('a failure no word fits -> kept to its last word, there and back', () => {
    const text = showLine(read({ failed: 'tcp unknown_failure: socket hung up, twice' }))
    expect(JSON.parse(text)).toMatchObject({ failed: 'tcp unknown_failure: socket hung up, twice' })
  })

  test('parts of a ms -> it ended in the whole one after', () => {
    expect(read({ ms: 0.2 })).toMatchObject({ endedAt: T0 + 1 })
  })
})

describe('a header that is wrong -> said with line 1, the field inside the list, and what would be right', () => {
  const header = JSON.parse(HEADER) as Record<string, unknown>
  test.each([
    { over: { kind: undefined }, says: 'a.jsonl:1  kind: must be text, not left out' },
    { over: { version: 2 }, says: 'kind: must be "didbon-trace", version 1' },
    { over: { roundMs: '30s' }, says: 'roundMs: must be a number, not below 0, not "30s"' },
    { over: { services: {} }, says: 'services: must be a list, not {}' },
    { over: { vantages: ['isp-1'] }, says: 'vantages: must be a list of objects' },
    {
      over: { canaries: [{ id: 'a', group: 'abroad' }] },
      says: 'canaries[0].group: must be one of international, domestic',
    },
    {
      over: { services: [{ id: 'a', endpoints: [{ id: 'a/b', role: 'primry' }] }] },
      says: 'services[0].endpoints[0].role: must be one of primary, asset, media (did you mean primary?), not "primry"',
    },
  ])('$says', ({ over, says }) => {
    const text = JSON.stringify({ ...header, ...over })
    expect(() => readHeader(text, { file: 'a.jsonl', line: 1 })).toThrow(says)
  })
})

test('empty lines, confirmations and canaries in a trace -> skipped, unseen by the rules of others, counted', async () => {
  const canaries = [{ id: 'canary/a', group: 'international' }]
  const header = JSON.stringify({ ...(JSON.parse(HEADER) as object), canaries })
  const confirm = (n: number) => ({
    kind: 'look',
    at: T0 + n * 1000,
    vantage: 'isp-1',
    endpoint: 'facebook/www',
    failed: 'tcp connection_reset',
    purpose: 'confirm',
  })
  const canary = { kind: 'canary', at: T0 + 9000, vantage: 'isp-1', canary: 'canary/a', answered: false }
  const lines = [1, 2, 3, 4].map((n) => JSON.stringify(confirm(n)))
  const all = [header, '', ...lines, '  ', JSON.stringify(canary)]
  const { looks: measurements, scores } = await evaluateTrace(linesOf(all), 'a.jsonl', DEFAULTS)
  expect(measurements).toBe(5)
  expect(scores.find(({ rule }) => rule === '3 failures in a row')!.alarms).toBe(0)
})
