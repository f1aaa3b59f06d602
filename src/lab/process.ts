/** The process a spawned lab lives in: carries out orders, one answer to each, until its parent lets go of it. */
import type { CensorRule } from './censor.ts'
import type { Conditions } from './inside.ts'
import { type Lab, type LabOptions, startLab } from './lab.ts'
import type { NetworkFacts } from './network.ts'
import type { Down } from './world.ts'

/** What is fixed about a running lab. */
export interface Facts extends Pick<Lab, 'ca' | 'trustedResolver'> {
  readonly networks: readonly NetworkFacts[]
}

interface Order {
  readonly number: number
  readonly order: keyof Orders
  readonly args: readonly unknown[]
}

/** `error`: why the order was not carried out */
export interface Answer {
  readonly number: number
  readonly result: unknown
  readonly error: string | null
}

export type Orders = typeof orders

let lab: Lab
const lifts: (() => void)[] = []

const orders = {
  async start(options: LabOptions): Promise<Facts> {
    lab = await startLab(options)
    const { ca, trustedResolver, networks } = lab
    return { ca, trustedResolver, networks: networks.map(({ facts }) => facts) }
  },
  /** @returns the number it is lifted by */
  add: (network: string, rule: CensorRule): number => lifts.push(lab.network(network).censor.add(rule)) - 1,
  lift: (number: number): void => lifts[number]?.(),
  set: (network: string, change: Partial<Conditions>): void => lab.network(network).set(change),
  power: (network: string, state: 'on' | 'off'): Promise<void> => lab.network(network).power(state),
  down: (host: string, how?: Down): void => lab.site(host).down(how),
  up: (host: string): void => lab.site(host).up(),
}

async function answer({ number, order, args }: Order): Promise<void> {
  let done: Answer
  try {
    const carryOut = orders[order] as (...args: readonly unknown[]) => unknown
    done = { number, result: await carryOut(...args), error: null }
  } catch (error) {
    done = { number, result: null, error: String(error) }
  }
  if (process.connected) process.send?.(done)
}

process.on('message', (order) => void answer(order as Order))
process.on('disconnect', () => process.exit())
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined)
