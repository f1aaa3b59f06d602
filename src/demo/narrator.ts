/** narrator: what happened in the lab and what the lookout saw, side by side in time. */
import { table } from '../commands/table.ts'
import { showSpan } from '../commands/time.ts'
import type { OutageChange } from '../model/outage.ts'
import { type Scorecard, isClean } from './scorecard.ts'

export interface Narrator {
  readonly say: (line: string) => void
  readonly saw: (change: OutageChange) => void
  readonly scorecard: (card: Scorecard) => void
}

/** @param to `null` = keep silent */
export function openNarrator(to: NodeJS.WritableStream | null, now: () => number): Narrator {
  const beganAt = now()
  const write = (who: string, line: string) => {
    const seconds = ((now() - beganAt) / 1000).toFixed(1).padStart(5)
    to?.write(`${seconds}  ${who.padEnd(7)} ${line}\n`)
  }
  return {
    say: (line) => write('lab', line),
    saw({ kind, outage }) {
      const what = outage.service ?? 'everything'
      const how = outage.mechanism === null ? '' : ` by ${outage.mechanism}`
      const state = kind === 'closed' ? 'fine again' : `${outage.cause}${how}`
      const why = kind === 'closed' ? '' : `  ${outage.causes.at(-1)?.reason ?? ''}`
      write('didbon', `${what} from ${outage.vantage}: ${state}.${why}`)
    },
    scorecard(card) {
      to?.write(`\n${shown(card)}\n`)
    },
  }
}

function shown(card: Scorecard): string {
  const { detectMs } = card
  const ms = (value: number | null) => (value === null ? '-' : showSpan(value))
  return [
    table(
      ['service', 'vantage', 'expected', 'found', 'to open', 'to its cause'],
      card.outages.map(({ service, vantage, expected, found }) => [
        service ?? '(all)',
        vantage,
        expected === null ? 'nothing' : named(expected),
        found === null ? 'MISSED' : named(found),
        ms(found?.detectMs ?? null),
        ms(found?.causeMs ?? null),
      ]),
    ),
    '',
    `expected ${card.expected}, found ${card.found}, missed ${card.missed}, false ${card.false}, ` +
      `wrong cause ${card.wrongCause}, wrong mechanism ${card.wrongMechanism}`,
    `time from the switch to an open outage: median ${ms(detectMs.p50)}, 95 % ${ms(detectMs.p95)}, longest ${ms(detectMs.max)}`,
    isClean(card) ? 'The scorecard is clean.' : 'The scorecard is NOT clean.',
  ].join('\n')
}

function named({ cause, mechanism }: { readonly cause: string; readonly mechanism: string | null }): string {
  return mechanism === null ? cause : `${cause} ${mechanism}`
}
