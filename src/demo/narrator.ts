/** narrator: what happened in the lab and what the lookout saw, side by side in time. */
import { table } from '../views/text/table.ts'
import { showSpan, showTime } from '../views/text/time.ts'
import type { RankedIncident } from '../model/correlation.ts'
import type { MeasuredIncident } from '../model/incident.ts'
import type { OutageChange } from '../model/outage.ts'
import { type Scorecard, isClean } from './scorecard.ts'

/** An incident, and the title of the event it is likelier to have followed than none. */
export interface NarratedIncident {
  readonly incident: MeasuredIncident
  readonly after: { readonly event: string; readonly title: string; readonly posterior: number } | null
}

export interface Narrator {
  readonly say: (line: string) => void
  readonly saw: (change: OutageChange) => void
  readonly opened: (ranked: RankedIncident) => void
  readonly incidents: (narrated: readonly NarratedIncident[]) => void
  readonly scorecard: (card: Scorecard) => void
}

/** @param to `null` = keep silent */
export function createNarrator(to: NodeJS.WritableStream | null, now: () => number): Narrator {
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
    opened({ incident, likeliest }) {
      const after =
        likeliest === null
          ? 'no event on record before it'
          : followed(likeliest.event.title, likeliest.posterior)
      write('didbon', `Incident ${incident.id} opened, ${after}.`)
    },
    incidents(narrated) {
      to?.write(`\nIncidents, and what they followed\n${list(narrated)}\n`)
    },
    scorecard(card) {
      to?.write(`\n${shown(card)}\n`)
    },
  }
}

function followed(title: string, posterior: number): string {
  return `after: ${title} (posterior ${posterior.toFixed(2)})`
}

function list(narrated: readonly NarratedIncident[]): string {
  return table(
    ['began', 'services', 'vantages', 'causes', 'followed'],
    narrated.map(({ incident, after }) => [
      showTime(incident.onset.latestAt),
      incident.services.join(' ') || '(all)',
      `${incident.vantages.length} of ${incident.vantagesWatched}`,
      incident.causes.join(' '),
      after === null
        ? 'none of the events on record'
        : `${after.title}, posterior ${after.posterior.toFixed(2)}`,
    ]),
  )
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
    `time from the start of a block to an open outage: median ${ms(detectMs.p50)}, 95 % ${ms(detectMs.p95)}, longest ${ms(detectMs.max)}`,
    ...(card.voided === 0
      ? []
      : [
          `the machine was too busy ${card.voided} times: what was timed then is not counted, and was done again slower`,
        ]),
    isClean(card) ? 'The scorecard is clean.' : 'The scorecard is NOT clean.',
  ].join('\n')
}

function named({ cause, mechanism }: { readonly cause: string; readonly mechanism: string | null }): string {
  return mechanism === null ? cause : `${cause} ${mechanism}`
}
