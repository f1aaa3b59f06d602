/**
 * once: the watchkeeper for one sitting, for commands that probe now. Nothing is stored, no time passes, and each measurement is
 * compared with the controls, whether it failed or not.
 */
import { randomInt } from 'node:crypto'
import type { Config } from '../config/config.ts'
import { newDetector } from '../detect/detector.ts'
import type { Measurement, Plan } from '../model/measurement.ts'
import type { Health, Vantage } from '../model/vantage.ts'
import { probeOnce } from '../probe/ladder.ts'
import { createWatchkeeper } from '../watch/keeper.ts'
import { readMeasurements } from '../watch/reading.ts'
import type { Command, ProbeCommand, Step, Watching } from '../watch/types.ts'
import { taskOf } from './task.ts'
import { watchingOf } from './watching.ts'

export interface Sitting {
  /** Asks all canaries of the vantage once. */
  readonly askCanaries: () => Promise<void>
  /** what they said last */
  readonly health: () => Health
  /** Asks every control for an endpoint, so that its addresses are known. */
  readonly askControls: (endpoint: string) => Promise<void>
  /** Probes an endpoint from the vantage. @returns what it was judged to be, and with what */
  readonly probe: (endpoint: string, plan: Plan) => Promise<Step<Measurement>>
}

const MAX_SEED = 2 ** 32

/** @param signal ends every probe; what was measured by then is judged */
export function createSitting(config: Config, vantage: Vantage, signal: AbortSignal): Sitting {
  const watching = watchingOfSitting(config, vantage)
  const reading = readMeasurements((id) => config.canaries.find((canary) => canary.id === id) ?? null)
  const keeper = createWatchkeeper({
    watching,
    reading: { ...reading, needsControl: () => true },
    detector: newDetector(),
    save: () => '',
    notesStates: false,
  })

  /** Carries out what is asked, and what that brings about. @returns all steps */
  async function carryOut(commands: readonly Command<Measurement>[]): Promise<Step<Measurement>[]> {
    const steps = await Promise.all(
      commands.map(async (command) => {
        if (command.kind === 'save') return [command.step]
        return command.kind === 'probe' ? carryOut(await answer(command)) : []
      }),
    )
    return steps.flat()
  }

  async function answer(of: ProbeCommand): Promise<readonly Command<Measurement>[]> {
    const { controlAddresses } = keeper
    const seed = (): number => randomInt(MAX_SEED)
    const task = taskOf(config, of, { controlAddresses, seed, now: Date.now() })
    if (task === null) return keeper.handle({ kind: 'lost', at: Date.now(), of })
    const purpose = of.purpose === 'round' ? 'manual' : of.purpose
    const measurement = await probeOnce({ ...task, purpose }, signal)
    return keeper.handle({ kind: 'measured', at: Date.now(), of, measurement })
  }

  function due(from: string, id: string, plan: Plan): Promise<Step<Measurement>[]> {
    const target = watching.endpoints.get(id) ?? watching.canaries.get(id)!
    return carryOut(keeper.handle({ kind: 'due', at: Date.now(), vantage: from, target, plan }))
  }

  return {
    async askCanaries() {
      await Promise.all(config.canaries.map(({ id }) => due(vantage.id, id, 'heartbeat')))
    },
    health: () => keeper.health(vantage.id),
    async askControls(endpoint) {
      await Promise.all(watching.controls.map((control) => due(control, endpoint, 'full')))
    },
    async probe(endpoint, plan) {
      const steps = await due(vantage.id, endpoint, plan)
      return steps.find(({ verdict }) => verdict !== null)!
    },
  }
}

/** One vantage, whatever its role, and the controls beside it. */
function watchingOfSitting(config: Config, { id, country }: Vantage): Watching {
  const watching = watchingOf(config)
  const watch = watching.watchAt(Date.now())
  return {
    ...watching,
    watchAt: () => ({ ...watch, vantages: [{ id, country }] }),
    controls: watching.controls.filter((control) => control !== id),
    diagnose: null,
  }
}
