/** A fault in the lab, lived through: ten minutes of it after some that were well, and some more in which it is over. */
import { expect, test } from 'vitest'
import type { CensorRule } from '../../src/lab/censor.ts'
import type { Lab } from '../../src/lab/lab.ts'
import type { LabNetwork } from '../../src/lab/network.ts'
import type { Cause } from '../../src/model/outage.ts'
import { MINUTE_MS } from '../../src/model/time.ts'
import type { Health } from '../../src/model/vantage.ts'
import { aLine, CONTROL, HERE, type LineOptions } from './line.ts'
import { BEGAN_AT, live, type Lived } from './minutes.ts'

const WELL_MINUTES = 4
const FAULT_MINUTES = 10
/** Unix ms */
export const STRUCK_AT = BEGAN_AT + WELL_MINUTES * MINUTE_MS
const AFTER_MINUTES = 4

/** Ends what struck. */
type Lift = () => void | Promise<void>

export interface Fault extends LineOptions {
  /** in force on the line for all that passes it */
  readonly rules?: readonly CensorRule[]
  /** besides; the returned function ends it */
  readonly strike?: (network: LabNetwork, lab: Lab) => Lift | Promise<Lift>
  /** before anything is measured */
  readonly prepare?: (lab: Lab) => void
  /** what the vantage becomes, and what outage of its own opens; `online`: it stays so, and none opens */
  readonly health: Health | readonly Health[]
  /** it strikes by chance */
  readonly samples?: number
  /** what passes to a control over the same line meets it too */
  readonly reachesControl?: boolean
}

/** Where the control is: on a line of its own, or reached over the one that is at fault. */
export type ControlAt = 'a line of its own' | 'the same line'

/** Causes that say that somebody, or the site itself, keeps a service from people. */
const ACCUSES: ReadonlySet<Cause> = new Set(['blocked', 'throttled', 'down', 'shutdown'])

/** Lives through a fault. */
export async function suffer(fault: Fault, controlAt: ControlAt = 'a line of its own'): Promise<Lived> {
  const line = await aLine(fault)
  const { lab } = line
  fault.prepare?.(lab)
  const lifts: Lift[] = []
  const sharesIt = controlAt === 'the same line' && fault.reachesControl === true
  const hit = [HERE, ...(sharesIt ? [CONTROL] : [])].map((id) => lab.network(id))
  return live(line, [
    { minutes: WELL_MINUTES, begin: () => undefined },
    {
      minutes: FAULT_MINUTES,
      ...(fault.samples === undefined ? {} : { samples: fault.samples }),
      async begin() {
        for (const network of hit) {
          for (const rule of fault.rules ?? []) lifts.push(network.censor.add(rule))
          const end = await fault.strike?.(network, lab)
          if (end) lifts.push(end)
        }
      },
    },
    {
      minutes: AFTER_MINUTES,
      async begin() {
        for (const lift of lifts) await lift()
      },
    },
  ])
}

/** What was said of services and of the vantage that is not so, and what is still open, as one line of text each. */
export function wronglySaid({ changes }: Lived, allowed: readonly Health[]) {
  const linesOf = (these: Lived['changes']) =>
    these.map(({ at, outage: { service, cause, mechanism, causes } }) => {
      const time = new Date(at).toISOString().slice(11, 19)
      return `${time} ${service ?? 'vantage'} ${cause} ${mechanism ?? '-'}: ${causes.at(-1)!.reason}`
    })
  const said = changes.filter(({ kind }) => kind !== 'closed')
  const last = new Map(changes.map((change) => [change.outage.id, change]))
  return {
    ofServices: linesOf(said.filter(({ outage }) => outage.service !== null && ACCUSES.has(outage.cause))),
    ofTheVantage: linesOf(
      said.filter(({ outage }) => outage.service === null && !(allowed as Cause[]).includes(outage.cause)),
    ),
    inTheEnd: linesOf([...last.values()].filter(({ kind }) => kind !== 'closed')),
  }
}

/** Lets a fault be lived through with each control: nothing is called a block, and the vantage says what is so. */
export function testFault(name: string, fault: Fault): void {
  const controls: ControlAt[] = ['a line of its own']
  if (fault.reachesControl) controls.push('the same line')
  test.each(controls)(
    `${name}, the control on %s -> no service is accused of anything`,
    async (controlAt) => {
      expectInnocence(await suffer(fault, controlAt), fault.health)
    },
  )
}

/** Nothing is called a block, the vantage says what is so and nothing else, and all is well once it is over. */
export function expectInnocence(lived: Lived, health: Fault['health']): void {
  const allowed = [health].flat()
  expect(wronglySaid(lived, allowed)).toEqual({ ofServices: [], ofTheVantage: [], inTheEnd: [] })
  expect(lived.healths.map((each) => each.health)).toContain(allowed[0])
  expect(lived.keeper.health(HERE)).toBe('online')
}
