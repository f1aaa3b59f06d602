/** compare: the outages that are stored against those a replay gives: what would appear, vanish or be another. Pure. */
import type { Outage } from '../model/outage.ts'

/** What of an outage is another. `history`: only when and why its cause changed, or its evidence. */
export type Aspect = 'onset' | 'end' | 'cause' | 'mechanism' | 'history'

export type OutageDifference =
  | { readonly kind: 'appears'; readonly before: null; readonly after: Outage; readonly aspects: readonly [] }
  | {
      readonly kind: 'vanishes'
      readonly before: Outage
      readonly after: null
      readonly aspects: readonly []
    }
  | {
      readonly kind: 'changes'
      readonly before: Outage
      readonly after: Outage
      readonly aspects: readonly Aspect[]
    }

/**
 * Compares by id; one that vanished and one that appeared of the same service and vantage, and at the same time, are one whose
 * onset moved.
 *
 * @returns in order of onset
 */
export function compareOutages(stored: readonly Outage[], replayed: readonly Outage[]): OutageDifference[] {
  const after = new Map(replayed.map((outage) => [outage.id, outage]))
  const before = new Map(stored.map((outage) => [outage.id, outage]))
  const found: OutageDifference[] = []
  const appeared = replayed.filter(({ id }) => !before.has(id))
  for (const was of stored) {
    const is = after.get(was.id) ?? takeOverlapping(appeared, was)
    if (is === null) found.push({ kind: 'vanishes', before: was, after: null, aspects: [] })
    else {
      const aspects = aspectsOf(was, is)
      if (aspects.length > 0) found.push({ kind: 'changes', before: was, after: is, aspects })
    }
  }
  for (const is of appeared) found.push({ kind: 'appears', before: null, after: is, aspects: [] })
  return found.sort((a, b) => onsetOf(a) - onsetOf(b) || (idOf(a) < idOf(b) ? -1 : 1))
}

/** An outage as far as it was known at a moment: what came later is left out. `null` = it had not been opened yet. */
export function asKnownAt(outage: Outage, until: number): Outage | null {
  if (outage.openedAt >= until) return null
  const causes = outage.causes.filter(({ at }) => at < until)
  const { cause, mechanism } = causes.at(-1) ?? outage
  const over = outage.closedAt !== null && outage.closedAt < until
  const end = over ? {} : { endAfterAt: null, endBeforeAt: null, closedAt: null }
  // How often it has come back, and the last of its evidence, are not dated.
  return { ...outage, ...end, cause, mechanism, causes, reopened: 0, evidence: [] }
}

function takeOverlapping(appeared: Outage[], was: Outage): Outage | null {
  const at = appeared.findIndex(
    (is) =>
      is.service === was.service &&
      is.vantage === was.vantage &&
      is.onsetBeforeAt < (was.endBeforeAt ?? Infinity) &&
      was.onsetBeforeAt < (is.endBeforeAt ?? Infinity),
  )
  return at === -1 ? null : appeared.splice(at, 1)[0]!
}

function aspectsOf(was: Outage, is: Outage): Aspect[] {
  const aspects: Aspect[] = []
  if (was.onsetAfterAt !== is.onsetAfterAt || was.onsetBeforeAt !== is.onsetBeforeAt) aspects.push('onset')
  if (was.endAfterAt !== is.endAfterAt || was.endBeforeAt !== is.endBeforeAt) aspects.push('end')
  if (was.cause !== is.cause) aspects.push('cause')
  if (was.mechanism !== is.mechanism) aspects.push('mechanism')
  if (aspects.length === 0 && JSON.stringify(inOrder(was)) !== JSON.stringify(inOrder(is)))
    aspects.push('history')
  return aspects
}

function inOrder(o: Outage): unknown[] {
  return [
    o.id,
    o.openedAt,
    o.closedAt,
    o.reopened,
    o.evidence,
    o.causes.map((c) => [c.at, c.cause, c.mechanism]),
  ]
}

function onsetOf({ before, after }: OutageDifference): number {
  return (before ?? after).onsetBeforeAt
}

function idOf({ before, after }: OutageDifference): string {
  return (before ?? after).id
}
