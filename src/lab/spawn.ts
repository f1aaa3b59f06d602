/**
 * A lab in a process of its own, for whoever runs a daemon beside it: neither waits for the other's thread.
 *
 * The child ends with its parent, and when it is told to; Ctrl-C in a terminal, which reaches both, is the parent's to act on.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { CensorRule } from './censor.ts'
import type { Conditions } from './inside.ts'
import type { LabOptions } from './lab.ts'
import type { NetworkFacts } from './network.ts'
import type { Answer, Facts, Orders } from './process.ts'
import type { Down } from './world.ts'

/** A network of a lab elsewhere. What is asked of it is in force when the promise resolves. */
export interface SpawnedNetwork extends NetworkFacts {
  readonly censor: {
    /** The returned function lifts the rule; calling it twice does no harm. */
    add(rule: CensorRule): Promise<() => Promise<void>>
  }
  set(change: Partial<Conditions>): Promise<void>
  power(state: 'on' | 'off'): Promise<void>
}

/** A site of a lab elsewhere. */
export interface SpawnedSite {
  down(how?: Down): Promise<void>
  up(): Promise<void>
}

/** A running simulated internet, in a process of its own. */
export interface SpawnedLab extends Facts {
  readonly networks: readonly SpawnedNetwork[]
  /** Throws a RangeError for an id there is none of. */
  network(id: string): SpawnedNetwork
  /** Orders to a site there is none of reject. */
  site(host: string): SpawnedSite
  /** Ends the process and waits for that. Idempotent. */
  close(): Promise<void>
}

type Ask = <K extends keyof Orders>(
  order: K,
  ...args: Parameters<Orders[K]>
) => Promise<Awaited<ReturnType<Orders[K]>>>

/** Starts a lab as `startLab` does, elsewhere. @throws Error when its process ends, also to whoever waits for an answer */
export async function spawnLab(options: LabOptions = {}): Promise<SpawnedLab> {
  // Beside this file and of its kind: .ts from the sources, .js when built.
  const file = fileURLToPath(new URL(`process${extname(import.meta.url)}`, import.meta.url))
  const child = fork(file, { execArgv: [], serialization: 'advanced', stdio: ['ignore', 2, 2, 'ipc'] })
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  let last = 0
  child.on('message', (message) => {
    const { number, result, error } = message as Answer
    const answer = waiting.get(number)
    waiting.delete(number)
    if (error === null) answer?.resolve(result)
    else answer?.reject(new Error(error))
  })
  const ended = once(child, 'exit').then(([code, signal]) => {
    const error = new Error(`The process of the lab has ended (${String(code ?? signal)}).`)
    for (const { reject } of waiting.values()) reject(error)
    waiting.clear()
  })
  const ask = ((order: keyof Orders, ...args: unknown[]) => {
    const answer = Promise.withResolvers<unknown>()
    const number = (last += 1)
    waiting.set(number, answer)
    child.send({ number, order, args }, (error) => {
      if (error !== null && waiting.delete(number)) answer.reject(error)
    })
    return answer.promise
  }) as Ask

  const { networks: facts, ...others } = await ask('start', options)
  const networks = facts.map((fact) => networkOf(fact, ask))
  let closing: Promise<void> | null = null
  const close = async (): Promise<void> => {
    if (child.connected) child.disconnect()
    await ended
  }
  return {
    ...others,
    networks,
    network(id) {
      const network = networks.find((network) => network.id === id)
      if (network === undefined) throw new RangeError(`the lab has no network ${id}`)
      return network
    },
    site: (host) => ({ down: (how) => ask('down', host, how), up: () => ask('up', host) }),
    close: () => (closing ??= close()),
  }
}

function networkOf(facts: NetworkFacts, ask: Ask): SpawnedNetwork {
  const { id } = facts
  return {
    ...facts,
    censor: {
      async add(rule) {
        const number = await ask('add', id, rule)
        return () => ask('lift', number)
      },
    },
    set: (change) => ask('set', id, change),
    power: (state) => ask('power', id, state),
  }
}
