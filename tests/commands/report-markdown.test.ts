import { expect, test } from 'vitest'
import type { Findings } from '../../src/commands/report-incident.ts'
import { reportMarkdown } from '../../src/commands/report-markdown.ts'
import type { StateSeries } from '../../src/model/history.ts'
import { aCandidate, aMeasured, aRanking, aReport, aReported, anEvent } from './builders.ts'

const at = (iso: string) => Date.parse(iso)
const period = { fromAt: at('2026-03-01T00:00:00Z'), untilAt: at('2026-03-05T00:00:00Z') }

const series: StateSeries = {
  kind: 'measured',
  service: 'facebook',
  vantage: 'babilon',
  intervals: [
    { fromAt: period.fromAt, untilAt: at('2026-03-02T00:00:00Z'), state: 'ok', mechanism: null, ref: null },
    {
      fromAt: at('2026-03-02T00:00:00Z'),
      untilAt: at('2026-03-04T00:00:00Z'),
      state: 'blocked',
      mechanism: 'tls.sni-reset',
      ref: 'o',
    },
    { fromAt: at('2026-03-04T00:00:00Z'), untilAt: null, state: 'ok', mechanism: null, ref: null },
  ],
}

function findings(over: Partial<Findings> = {}): Findings {
  return {
    period,
    zone: 'Asia/Dushanbe',
    names: new Map([['facebook', 'Facebook']]),
    rows: [],
    measured: [],
    reported: [],
    events: new Map([['a-video', anEvent()]]),
    significance: { measured: null, reported: null },
    now: at('2026-04-01T00:00:00Z'),
    version: '0.1.0',
    ...over,
  }
}

const measured = { incident: aMeasured(), outages: [], reports: [], ranking: aRanking({ kind: 'measured' }) }
const reported = {
  incident: aReported({ documentedTriggers: ['a-video'], otherTargets: ['vk.com'], isps: ['Babilon'] }),
  outages: [],
  reports: [aReport({ attribution: 'the regulator', documentedTrigger: 'a-video' })],
  ranking: aRanking({ documentedTriggers: ['a-video'] }),
}

test('measured -> uptime and blocked hours by service and vantage', () => {
  const text = reportMarkdown(findings({ rows: [series], measured: [measured] }))
  expect(text).toContain('| Facebook | babilon | 50.00 % | 48 h | - | 0.00 % |')
  expect(text).toContain('- Measured: 1 incident (Facebook); 1 of them likelier')
  expect(text).toContain('Tajikistan, 2 of 3 vantages: babilon, tcell, AS24722')
  expect(text).toContain('- How: blocked (tls.sni-reset).')
  expect(text).toContain('No reported outage is known in this period.')
})

test('reported -> told apart, with who, what named it, what timing says, and the sources', () => {
  const text = reportMarkdown(findings({ reported: [reported] }))
  expect(text).toContain('## Measured by this lookout\n\nNothing was measured in this period.')
  expect(text).toMatch(/\| Facebook \| service block \| 1 \| 49 h \| 49 h \|/)
  expect(text).toContain('### 1. Facebook (2026-03-01 14:00 to 14:10)')
  expect(text).toContain('- Hit: Facebook, vk.com.')
  expect(text).toContain('- Where: Tajikistan; providers named: Babilon.')
  expect(text).toContain('- Attributed to: the regulator.')
  expect(text).toContain('- Trigger named by sources: A video is published (2026-03-01).')
  expect(text).toContain(
    '- Trigger by timing: A video is published (2026-03-01), posterior 0.995, the outage between 1 h before and 14 h after it; none of them 0.005.',
  )
  expect(text).toContain('  - [It is gone](https://example.org/gone), A paper, 2026-03-01')
  expect(text).toContain('  - The video, A channel, 2026-03-01')
})

test.each([
  {
    name: 'no candidate worth telling',
    ranking: aRanking({ candidates: [aCandidate({ posterior: 0.01 })], none: 0.99 }),
    says: 'no documented event fits (none of them 0.990).',
  },
  {
    name: 'an onset that is open',
    ranking: aRanking({ candidates: [], none: null }),
    says: 'cannot be determined; the onset is not known precisely enough.',
  },
])('$name -> says so', ({ ranking, says }) => {
  expect(reportMarkdown(findings({ reported: [{ ...reported, ranking }] }))).toContain(
    `- Trigger by timing: ${says}`,
  )
})

test('significance -> its caveat on the same page', () => {
  const significance = {
    kind: 'reported' as const,
    incidents: 5,
    leftOut: 0,
    events: 3,
    observed: 2,
    expected: 1,
    p: 0.2,
    shifts: 100,
    rateRatio: 2,
    interval: [0.2, 7] as const,
    level: 0.95,
    caveat: 'Reports follow news (selection bias).',
  }
  const text = reportMarkdown(findings({ significance: { reported: significance, measured: null } }))
  expect(text.trimEnd().endsWith('Reports follow news (selection bias).')).toBe(true)
})

test('what sources wrote -> cannot add markup to the page', () => {
  const title = '<img src=x> | [x](http://evil.example) `y`'
  const text = reportMarkdown(
    findings({
      reported: [{ ...reported, reports: [aReport({ attribution: title })] }],
      events: new Map([['a-video', anEvent({ title })]]),
    }),
  )
  expect(text).not.toMatch(/(?<!\\)<img|(?<!\\)\[x|(?<!\\)`y/)
})

test('an outage that is hardly any time -> neither 100 % uptime nor 0 h', () => {
  const blip = {
    ...series,
    intervals: [
      { ...series.intervals[0]!, untilAt: period.untilAt - 60_000 },
      { ...series.intervals[1]!, fromAt: period.untilAt - 60_000, untilAt: period.untilAt },
    ],
  }
  expect(reportMarkdown(findings({ rows: [blip] }))).toContain('| 99.98 % | <0.1 h |')
})
