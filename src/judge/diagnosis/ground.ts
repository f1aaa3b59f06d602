/**
 * ground: is there anything to compare with? Neutral servers that answer what is harmless, by the step the service uses. Where they
 * fail as the service does, it is the line that fails, and that says something too.
 */
import { type Connected, commonest, cutOf, isCompleted, isIpv6, refusalOf, type Trials } from './trials.ts'

/** `alike`: they fail as the service does. `none`: they were not found, or fail otherwise. */
export type Ground = 'well' | 'alike' | 'none'

/** Fewer harmless answers than this are no ground. */
const LEAST_ANSWERED = 3
/** And fewer failures than this say nothing of the line. */
const LEAST_ALIKE = 2

/** @param overTls how people come to the service */
export function groundOf(trials: Trials, overTls: boolean): Ground {
  const all: readonly Connected[] = overTls ? trials.tls : trials.http
  const harmless = all.filter(isHarmless)
  if (harmless.filter(({ answered }) => answered).length >= LEAST_ANSWERED) return 'well'
  return failAlike(harmless, all.filter(isOwnIn(trials))) ? 'alike' : 'none'
}

/** Hellos of two segments, as browsers send them, fail everywhere alike: large packets are lost on the line. */
export function failAlikeWhenLarge(trials: Trials): boolean {
  const large = trials.tls.filter(({ hello }) => hello === 'large')
  return failAlike(large.filter(isHarmless), large.filter(isOwnIn(trials)))
}

function isOwnIn({ setup }: Trials) {
  return ({ at, name, host }: Connected): boolean =>
    at === 'target' && name === 'target' && host === setup.focus
}

/** Why a neutral server could not be used, one sentence for each that could not. */
export function unfitNeutrals({ setup, tls, http }: Trials, overTls: boolean): string[] {
  const all: readonly Connected[] = overTls ? tls : http
  return setup.neutral.flatMap(({ host, address }) => {
    const there = all.filter((trial) => trial.address === address && isHarmless(trial))
    if (there.length === 0) return []
    if (!there.some(({ answered }) => answered)) return [`The neutral server ${host} did not answer.`]
    const others = there.filter(({ name }) => name === 'other')
    if (others.some(({ answered }) => answered) || others.length === 0) return []
    return [`The neutral server ${host} turns away every unknown name, so nothing could be compared there.`]
  })
}

function isHarmless({ at, name, address }: Connected): boolean {
  return at === 'neutral' && name !== 'target' && !isIpv6(address)
}

/** Most of both fail, and in one way. Of one trial that may be chance. */
function failAlike(harmless: readonly Connected[], own: readonly Connected[]): boolean {
  if (harmless.length < LEAST_ALIKE || own.length === 0) return false
  const [theirs, ours] = [harmless, own].map(howTheyFail)
  return theirs !== null && theirs === ours
}

function howTheyFail(trials: readonly Connected[]): string | null {
  const ways = trials.flatMap((trial) => (isCompleted(trial) ? [] : [wayOf(trial)]))
  return ways.length * 2 > trials.length ? commonest(ways) : null
}

function wayOf(trial: Connected): string {
  const refusal = trial.kind === 'tls' ? refusalOf(trial) : null
  return refusal ?? cutOf(trial.failure) ?? trial.failure ?? 'other'
}
