/**
 * canaries: what the canaries of a vantage say together, step by step.
 *
 * Services are asked over TLS, so the canaries that are asked over TLS decide; those in cleartext tell a line that is up from one that
 * is not. What keeps most of them from answering is the line's trouble, whatever one of them meets by itself: a canary that is
 * censored does not spoil a quorum of several operators.
 */
import type { CanaryGroup } from '../model/service.ts'
import { type Health, type Trouble, TROUBLES } from '../model/vantage.ts'
import type { Mechanism } from '../model/verdict.ts'
import type { DetectSettings, Watch } from './settings.ts'
import type { CanaryState, VantageState } from './state.ts'

export interface Reading {
  readonly health: Health
  /** of a shutdown that is not a whole one: what is gone abroad and there at home */
  readonly mechanism: Mechanism | null
}

/** What a group of canaries says. `doubtful`: down, but not for long enough to say so. */
type Group = 'up' | 'down' | 'doubtful' | 'unknown' | 'none'

const UNKNOWN: Reading = { health: 'unknown', mechanism: null }

type Canary = Watch['canaries'][number]

/** Those that count for a vantage: an optional one only once it has answered there, and none that is itself blocked. */
export function countedCanaries({ canaries }: VantageState, watch: Watch): Canary[] {
  return watch.canaries.filter(
    ({ id, optional }) =>
      canaries[id]?.answered !== 'blocked' && (optional !== true || canaries[id]?.proven === true),
  )
}

/** Ids of the canaries of a vantage that a diagnosis proved to be blocked. */
export function blockedCanaries(vantage: VantageState | undefined): string[] {
  const known = Object.entries(vantage?.canaries ?? {})
  return known.filter(([, { answered }]) => answered === 'blocked').map(([id]) => id)
}

/** The health of a vantage by what its canaries last said. */
export function readCanaries(vantage: VantageState, watch: Watch, settings: DetectSettings): Reading {
  const { abroad, clear, home, atHome } = groupsOf(countedCanaries(vantage, watch))
  const say = (canaries: readonly Canary[], quorum: number, fits: Fits): Group =>
    groupOf(vantage, canaries, quorum, fits, settings)
  const { internationalQuorum, domesticQuorum } = settings
  const isAbroad = abroad.length > 0
  const decisive = isAbroad ? abroad : home
  const outside = say(decisive, isAbroad ? internationalQuorum : domesticQuorum, answers)
  if (outside === 'up') return { health: 'online', mechanism: null }
  if (outside !== 'down') return UNKNOWN

  const meanwhile = withinFailing(vantage, decisive)
  const stillAnswers: Fits = (said) => answers(said) && meanwhile(said)
  const homeSays = isAbroad ? say(home, domesticQuorum, stillAnswers) : 'none'
  const trouble = commonTrouble(vantage, decisive)
  const isSure = isLasting(vantage, decisive, settings)
  const clearSays = say(clear, internationalQuorum, stillAnswers)
  if (trouble === null && clearSays !== 'up') {
    const lineAtHome = isAbroad
      ? say(atHome, domesticQuorum, (said) => isThere(said) && meanwhile(said))
      : 'none'
    if (isOpen(clearSays) || isOpen(lineAtHome)) return UNKNOWN
    return { health: lineAtHome === 'up' ? 'shutdown' : 'offline', mechanism: null }
  }
  if (isOpen(homeSays) || !isSure) return UNKNOWN
  const isSecureHome = home.some(({ secure }) => secure === true)
  if (homeSays === 'up' && trouble === 'no_names') return { health: 'shutdown', mechanism: 'shutdown.dns' }
  if (homeSays === 'up' && isSecureHome && (trouble === null || trouble === 'no_https'))
    return { health: 'shutdown', mechanism: 'shutdown.https' }
  return { health: trouble ?? 'no_https', mechanism: null }
}

/** Those over HTTPS speak for a group, where it has any. */
function groupsOf(canaries: readonly Canary[]) {
  const of = (which: CanaryGroup): Canary[] => canaries.filter(({ group }) => group === which)
  const decisive = (all: readonly Canary[]): readonly Canary[] => {
    const secure = all.filter(({ secure }) => secure === true)
    return secure.length > 0 ? secure : all
  }
  const [international, atHome] = [of('international'), of('domestic')]
  const clear = international.filter(({ secure }) => secure !== true)
  return { abroad: decisive(international), clear, home: decisive(atHome), atHome }
}

/**
 * Whether a canary spoke while those of a group failed: after they had begun to, and before they were last probed. What was said before tells of
 * the past; when a line comes back some answer a moment before the others.
 */
function withinFailing({ canaries }: VantageState, group: readonly Canary[]): Fits {
  const failing = group.flatMap(({ id }) => canaries[id] ?? []).filter((said) => !answers(said))
  const sinceAt = Math.min(...failing.map((said) => said.sinceAt))
  const lastAt = Math.max(...failing.map((said) => said.startedAt))
  return (said) => said.startedAt >= sinceAt && said.sinceAt <= lastAt
}

/** A box that cuts half of everything keeps most canaries from answering three times now and then; six times in a row it does not. */
function isLasting(
  { canaries }: VantageState,
  group: readonly Canary[],
  { canaryLooks }: DetectSettings,
): boolean {
  const failing = group.flatMap(({ id }) => canaries[id] ?? []).filter((said) => !answers(said))
  return failing.every(({ unanswered }) => unanswered >= 2 * canaryLooks)
}

/** It cannot be said yet. */
function isOpen(group: Group): boolean {
  return group === 'doubtful' || group === 'unknown'
}

/** Whether cleartext passes: those over HTTPS do not tell. */
export function passesCleartext(vantage: VantageState, watch: Watch, settings: DetectSettings): boolean {
  const clear = countedCanaries(vantage, watch).filter(
    ({ group, secure }) => group === 'international' && secure !== true,
  )
  const said = groupOf(vantage, clear, settings.internationalQuorum, answers, settings)
  return said === 'up' || said === 'none'
}

/** The trouble that most of those that did not answer have in common. */
function commonTrouble({ canaries }: VantageState, group: readonly Canary[]): Trouble | null {
  const failing = group.flatMap(({ id }) => canaries[id]?.answered ?? []).filter((said) => said !== 'yes')
  const isCommon = (trouble: Trouble): boolean =>
    failing.filter((said) => said === trouble).length * 2 > failing.length
  return TROUBLES.find(isCommon) ?? null
}

type Fits = (said: CanaryState) => boolean

const answers: Fits = ({ answered }) => answered === 'yes'
/** The line to it is up, whatever else it has. A box in the way may intercept, or turn HTTPS away, with nothing behind it. */
const isThere: Fits = ({ answered }) => !['no', 'no_https', 'intercepted'].includes(answered)

function groupOf(
  { canaries }: VantageState,
  group: readonly Canary[],
  quorum: number,
  fits: Fits,
  { canaryLooks }: DetectSettings,
): Group {
  if (group.length === 0) return 'none'
  const said = group.flatMap(({ id }) => canaries[id] ?? [])
  const fitting = said.filter(fits).length
  const surely = said.filter((one) => !fits(one) && one.unanswered >= canaryLooks).length
  // Neutral hosts stand in for canaries over TLS where none is configured: one that answers is enough.
  const configured = group.filter(({ optional }) => optional !== true).length
  const needed = Math.max(1, Math.min(quorum, configured))
  if (fitting >= needed) return 'up'
  if (group.length - surely < needed) return 'down'
  return group.length - (said.length - fitting) < needed ? 'doubtful' : 'unknown'
}
