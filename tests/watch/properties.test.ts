/** Whatever happens, in whatever order: what must hold of every watchkeeper. */
import { array, assert, constantFrom, nat, property, tuple } from 'fast-check'
import { expect, test } from 'vitest'
import { newDetector } from '../../src/detect/detector.ts'
import { saveState } from '../../src/detect/saved-state.ts'
import { readSimulated, type Simulated } from '../../src/evaluate/simulated.ts'
import { createWatchkeeper } from '../../src/watch/keeper.ts'
import type { Command, ProbeCommand, Step } from '../../src/watch/types.ts'
import { aKeeper, FACEBOOK, HOME, inWords, RESET, SILENT, VIDEO, watching, WORLD } from './given.ts'

const VANTAGES = ['babilon', 'tcell', 'control']
const TARGETS = [FACEBOOK, VIDEO, WORLD, HOME]
const PLANS = ['heartbeat', 'full', 'throughput'] as const
const DIAGNOSE = { everyMs: 600_000, leastGapMs: 60_000, totalTimeoutMs: 75_000 }

type Happening = readonly [what: 'due' | 'answer' | 'lost' | 'overdue' | 'tick', which: number, how: number]

const happenings = array(
  tuple(
    constantFrom<Happening[0][]>('due', 'due', 'answer', 'answer', 'answer', 'lost', 'overdue', 'tick'),
    nat(1_000),
    nat(1_000),
  ),
  { minLength: 50, maxLength: 400, size: 'max' },
)

const pick = <T>(from: readonly T[], n: number): T => from[n % from.length]!

/** One service is mostly blocked, the other mostly fine; canaries and controls seldom fail. */
function fateOf({ purpose, target }: ProbeCommand, n: number): Simulated['failed'] {
  if (purpose === 'canary' || purpose === 'control') return n % 20 === 0 ? SILENT : null
  return target === FACEBOOK
    ? pick([RESET, RESET, SILENT, null], n)
    : pick([null, null, null, null, SILENT], n)
}

/** Plays what happens; every probe stays under way until it is answered or lost. */
function play(
  story: readonly Happening[],
  check: (commands: readonly Command<Simulated>[], underWay: readonly ProbeCommand[]) => void,
) {
  const given = aKeeper({ diagnose: DIAGNOSE })
  const underWay: ProbeCommand[] = []
  const take = (commands: readonly Command<Simulated>[]): void => {
    underWay.push(...given.probesIn(commands))
    check(commands, underWay)
  }
  const end = (n: number): ProbeCommand => underWay.splice(n % underWay.length, 1)[0]!
  for (const [what, which, how] of story) {
    given.pass(how)
    if (what === 'due') {
      const target = pick(TARGETS, which)
      const plan = 'service' in target ? pick(PLANS, how) : 'heartbeat'
      take(given.due(pick(VANTAGES, how), target, plan))
    } else if (what === 'tick') take(given.tick())
    else if (underWay.length === 0) continue
    else if (what === 'overdue') take(given.overdue(pick(underWay, which)))
    else if (what === 'lost') take(given.lost(end(which)))
    else {
      const of = end(which)
      take(given.answer(of, fateOf(of, how), 0))
    }
  }
  while (underWay.length > 0) take(given.answer(end(0), null, 10))
  return given
}

test('no outage of a service opens but from a vantage that is online, by a failure that was judged with its control asked', () => {
  let opened = 0
  assert(
    property(happenings, (story) => {
      /** services that failed while they were fine for a control */
      const compared = new Set<string | null>()
      const given = play(story, (commands) => {
        for (const command of commands) {
          if (command.kind === 'save' && command.step.controls.some(({ failed }) => failed === null))
            compared.add(command.step.service)
          if (command.kind !== 'changed' || command.change.kind !== 'opened') continue
          const { service, vantage, cause } = command.change.outage
          if (service === null) continue
          opened += 1
          const steps = commands.flatMap((other) => (other.kind === 'save' ? [other.step] : []))
          const step = steps.find(({ changes }) => changes.includes(command.change))!
          expect(step.verdict?.reached).toBe('no')
          expect(step.detector?.vantage).toBe(vantage)
          if (cause === 'blocked') expect(compared.has(service)).toBe(true)
        }
      })
      expect(given.keeper.waiting()).toBe(0)
    }),
    { numRuns: 200, seed: 1 },
  )
  expect(opened).toBeGreaterThan(8)
})

test('nothing is timed or diagnosed twice at once, and no question is put twice at one moment', () => {
  assert(
    property(happenings, (story) => {
      play(story, (commands, underWay) => {
        const asked = commands.flatMap((command) =>
          command.kind === 'probe' && command.purpose !== 'confirm' ? [inWords(command)] : [],
        )
        expect(new Set(asked).size).toBe(asked.length)
        const alone = underWay.flatMap((of) =>
          (of.plan === 'throughput' || of.plan === 'diagnose') && of.purpose !== 'control'
            ? [`${of.plan} ${of.target.id} from ${of.vantage}`]
            : [],
        )
        expect(new Set(alone).size).toBe(alone.length)
      })
    }),
    { numRuns: 40, seed: 2 },
  )
})

test('every measurement handed over is saved once, and none waits for ever', () => {
  assert(
    property(happenings, (story) => {
      const given = play(story, () => undefined)
      given.pass(200_000)
      given.tick()
      expect(given.keeper.waiting()).toBe(0)
      const ids = given.steps.flatMap(({ measurement }) => (measurement === null ? [] : [measurement.id]))
      expect(new Set(ids).size).toBe(ids.length)
      expect(ids.length).toBe(given.probeOf.size)
    }),
    { numRuns: 40, seed: 2 },
  )
})

test('the saved steps again, as they were judged -> the same state, byte for byte', () => {
  assert(
    property(happenings, (story) => {
      const given = play(story, () => undefined)
      const saved = new Map<string, string>()
      for (const { detector } of given.steps)
        if (detector !== null) saved.set(detector.vantage, detector.state)
      expect(Object.fromEntries(replayed(given.steps, given.probeOf))).toEqual(Object.fromEntries(saved))
    }),
    { numRuns: 40, seed: 3 },
  )
})

/** The state of each vantage after the steps were folded again. */
function replayed(
  steps: readonly Step<Simulated>[],
  probeOf: ReadonlyMap<Simulated, ProbeCommand>,
): Map<string, string> {
  const detector = newDetector()
  const verdicts = new Map(steps.map(({ measurement, verdict }) => [measurement, verdict]))
  const reading = { ...readSimulated(), judge: (measurement: Simulated) => verdicts.get(measurement)! }
  const keeper = createWatchkeeper<Simulated>({
    watching: watching(),
    reading,
    detector,
    past: true,
    notesStates: false,
  })
  let at = 0
  for (const { measurement, answered, verdict, controls, tickAt } of steps) {
    if (tickAt !== null) {
      keeper.handle({ kind: 'tick', at: tickAt })
      at = tickAt
    }
    if (measurement === null) continue
    const of = probeOf.get(measurement)!
    at = Math.max(at, measurement.endedAt)
    if (answered !== null || verdict !== null)
      keeper.handle({ kind: 'measured', at, of, measurement, controls })
  }
  return new Map(Object.entries(detector.vantages).map(([id, state]) => [id, saveState(state)]))
}
