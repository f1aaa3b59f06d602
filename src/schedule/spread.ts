/**
 * Where in a round each item starts: a share of the period from 0 up to, not including, 1. The same in every round, on every
 * machine: items of one group follow each other evenly, so that something always looks soon, and groups are set off by a hash
 * of their name, so that they do not start together.
 */
import { createHash } from 'node:crypto'

/** @returns one share per item, in the order of the items */
export function spread(items: readonly { readonly group: string }[]): number[] {
  const sizes = new Map<string, number>()
  for (const { group } of items) sizes.set(group, (sizes.get(group) ?? 0) + 1)
  const phases = new Map([...sizes.keys()].map((group) => [group, phaseOf(group)]))
  const seen = new Map<string, number>()
  return items.map(({ group }) => {
    const index = seen.get(group) ?? 0
    seen.set(group, index + 1)
    return (phases.get(group)! + index / sizes.get(group)!) % 1
  })
}

function phaseOf(group: string): number {
  return createHash('sha256').update(group).digest().readUInt32BE(0) / 2 ** 32
}
