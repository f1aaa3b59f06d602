/** replay-text: what a replay found, for people and as one JSON document. */
import type { Outage } from '../model/outage.ts'
import type { OutageDifference } from '../replay/compare.ts'
import type { Replay, Start } from '../replay/replay.ts'
import { showOutage } from '../views/rows/outage.ts'
import { isoOf } from '../views/iso.ts'
import { table } from '../views/text/table.ts'
import { showTime } from '../views/text/time.ts'

const STARTS: Readonly<Record<Start, string>> = {
  saved_state: 'the state of the daemon at that time',
  beginning: 'the first measurement there is',
  warm_up: 'from nothing, days before the span, since no earlier state is kept',
}

/** One JSON document: `changes` is empty when the replay gives what is stored. */
export function replayDocument(replay: Replay, written: boolean): object {
  const { refolded, differences } = replay
  const { verdicts } = refolded
  return {
    since: isoOf(replay.since),
    until: isoOf(replay.until),
    start: { kind: replay.start, at: isoOf(replay.startedFrom) },
    measurements: refolded.rows,
    rejudged: verdicts.rejudged,
    notRejudged: verdicts.kept,
    verdicts: verdicts.shifts,
    outagesLeftAlone: replay.leftAlone,
    changes: differences.map(({ kind, aspects, before, after }) => ({
      kind,
      aspects,
      before: before === null ? null : showOutage(before),
      after: after === null ? null : showOutage(after),
    })),
    written,
  }
}

/** The same in words. */
export function replayText(replay: Replay, written: boolean): string {
  const { refolded, differences, leftAlone } = replay
  const { rejudged, kept, shifts } = refolded.verdicts
  const not = Object.values(kept).reduce((sum, n) => sum + n, 0)
  return [
    `Folded ${refolded.rows} measurements from ${showTime(replay.startedFrom)} on (${STARTS[replay.start]}).`,
    `Judged again: ${rejudged}. Kept as judged: ${not} (${keptInWords(kept)}).`,
    ...(shifts.length === 0
      ? ['No verdict would change.']
      : [
          '',
          'Verdicts that would change:',
          table(
            ['count', 'from rule', 'outcome', 'to rule', 'outcome'],
            shifts.map(({ count, from, to }) => [
              String(count),
              from.rule,
              from.outcome,
              to.rule,
              to.outcome,
            ]),
          ),
        ]),
    ...(differences.length === 0
      ? ['No outage would change.']
      : [
          '',
          written ? 'Outages, before and after:' : 'Outages that would change:',
          differenceTable(differences),
        ]),
    ...(leftAlone === 0
      ? []
      : [`${leftAlone} outages of what this configuration does not watch were left unchanged.`]),
    ...(written ? ['Written, in one transaction.'] : []),
  ].join('\n')
}

function keptInWords(kept: Replay['refolded']['verdicts']['kept']): string {
  return [
    `${kept.fine_without_record} fine, without a full record`,
    `${kept.record_not_kept} whose record or control was not kept`,
    `${kept.control_not_asked} for which no control was used`,
    `${kept.other_plan} diagnoses and throughput runs`,
  ].join(', ')
}

function differenceTable(differences: readonly OutageDifference[]): string {
  return table(
    ['what', 'service', 'vantage', 'onset (UTC)', 'end (UTC)', 'cause', 'mechanism'],
    differences.map(({ kind, aspects, before, after }) => {
      const one = before ?? after
      const both = (show: (outage: Outage) => string): string =>
        before === null || after === null || show(before) === show(after)
          ? show(one)
          : `${show(before)} -> ${show(after)}`
      return [
        kind === 'changes' ? aspects.join(', ') : kind,
        one.service ?? '(all)',
        one.vantage,
        both(({ onsetBeforeAt }) => showTime(onsetBeforeAt)),
        both(({ endBeforeAt }) => (endBeforeAt === null ? 'open' : showTime(endBeforeAt))),
        both(({ cause }) => cause),
        both(({ mechanism }) => mechanism ?? '-'),
      ]
    }),
  )
}
