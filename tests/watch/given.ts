/** given: a watchkeeper over two services, two vantages and a control, whose measurements are a few facts. */
import { newDetector } from '../../src/detect/detector.ts'
import { DEFAULTS, type Watch } from '../../src/detect/settings.ts'
import { saveState } from '../../src/detect/saved-state.ts'
import { readSimulated, type Simulated } from '../../src/evaluate/simulated.ts'
import { createWatchkeeper, type WatchkeeperOptions } from '../../src/watch/keeper.ts'
import type {
  Command,
  Event,
  ProbeCommand,
  Step,
  WatchedCanary,
  WatchedEndpoint,
  Watching,
} from '../../src/watch/types.ts'

export const T0 = Date.UTC(2015, 4, 28, 9)
export const RESET = { layer: 'tls', failure: 'connection_reset' } as const
export const SILENT = { layer: 'tcp', failure: 'generic_timeout_error' } as const

export const FACEBOOK: WatchedEndpoint = { id: 'facebook/www', service: 'facebook', role: 'primary' }
export const VIDEO: WatchedEndpoint = { id: 'youtube/video', service: 'youtube', role: 'primary' }
export const WORLD: WatchedCanary = { id: 'canary/world', group: 'international' }
export const HOME: WatchedCanary = { id: 'canary/home', group: 'domestic' }

export const WATCH: Watch = {
  services: [FACEBOOK, VIDEO].map(({ id, service, role }) => ({ id: service, endpoints: [{ id, role }] })),
  vantages: ['babilon', 'tcell'].map((id) => ({ id, country: 'TJ' })),
  canaries: [WORLD, HOME],
  roundMs: 30_000,
}

export function watching(over: Partial<Watching> = {}): Watching {
  return {
    watchAt: () => WATCH,
    endpoints: new Map([FACEBOOK, VIDEO].map((endpoint) => [endpoint.id, endpoint])),
    canaries: new Map([WORLD, HOME].map((canary) => [canary.id, canary])),
    controls: ['control'],
    settings: DEFAULTS,
    confirmAfterMs: [1_000, 2_000],
    suspectAfterMs: 1_500,
    timeAgainAfterMs: 10_000,
    diagnose: null,
    incidents: null,
    ...over,
  }
}

/** A keeper, a clock that only grows, and every command it has given. */
export function aKeeper(over: Partial<Watching> = {}, options: Partial<WatchkeeperOptions<Simulated>> = {}) {
  const detector = options.detector ?? newDetector()
  const keeper = createWatchkeeper<Simulated>({
    watching: watching(over),
    reading: readSimulated(),
    detector,
    save: saveState,
    ...options,
  })
  const steps: Step<Simulated>[] = []
  const asked: ProbeCommand[] = []
  let at = T0
  /** what each measurement answers, as a store knows it from its series */
  const probeOf = new Map<Simulated, ProbeCommand>()
  let count = 0

  function handle(event: Event<Simulated>): readonly Command<Simulated>[] {
    const commands = keeper.handle(event)
    for (const command of commands) {
      if (command.kind === 'save') steps.push(command.step)
      else if (command.kind === 'probe') asked.push(command)
    }
    return commands
  }

  const probesIn = (commands: readonly Command<Simulated>[]): ProbeCommand[] =>
    commands.filter((command) => command.kind === 'probe')

  const due = (
    vantage: string,
    target: WatchedEndpoint | WatchedCanary,
    plan: ProbeCommand['plan'] = 'heartbeat',
  ) => handle({ kind: 'due', at, vantage, target, plan })

  /** Answers a probe that begins now and takes so long. */
  function answer(
    of: ProbeCommand,
    failed: Simulated['failed'] = null,
    tookMs = 100,
  ): readonly Command<Simulated>[] {
    count += 1
    const startedAt = at
    at += tookMs
    const measurement = { id: `m${count}`, startedAt, endedAt: at, sawHttp: of.plan === 'full', failed }
    probeOf.set(measurement, of)
    return handle({ kind: 'measured', at, of, measurement })
  }

  return {
    keeper,
    detector,
    /** steps and probes in the order they were commanded */
    steps,
    asked,
    probeOf,
    probesIn,
    due,
    answer,
    now: () => at,
    pass: (ms: number) => (at += ms),
    tick: () => handle({ kind: 'tick', at }),
    lost: (of: ProbeCommand) => handle({ kind: 'lost', at, of }),
    overdue: (of: ProbeCommand) => handle({ kind: 'overdue', at, of }),
    reload: (next: Watching) => handle({ kind: 'configured', at, watching: next }),
    /** Lets the canaries of vantages answer, so that they are known to be online. */
    online: (...vantages: readonly string[]): void => {
      for (const vantage of vantages)
        for (const canary of [WORLD, HOME]) for (const of of probesIn(due(vantage, canary))) answer(of)
    },
  }
}

/** What a probe is of, in a few words: `confirm facebook/www from babilon (full)`. */
export function inWords({ purpose, target, vantage, plan }: ProbeCommand): string {
  return `${purpose} ${target.id} from ${vantage} (${plan})`
}
