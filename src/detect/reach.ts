/**
 * reach: can one endpoint be reached from one vantage? Wald's sequential test, look by look.
 *
 *     look ─► ln P(seen | gone) / P(seen | reachable), added up between 0 and the threshold ─► out at the top, back at the bottom
 *
 * Looks come in the order they ended, not the order they began. One that began before the newest look counted, and
 * contradicts it, tells of the past: it is set aside, and only the base rates and leak.ts learn from it. (A lost packet makes a look
 * last ten seconds; the looks made meanwhile, all fine, have already answered it.)
 */
import { type Failure, isSilence } from '../model/failure.ts'
import type { Look } from '../model/look.ts'
import { leakFailed, leakFine } from './leak.ts'
import { failureChance, fineChance, newMemory, remember } from './memory.ts'
import { outNats, type DetectSettings } from './settings.ts'
import { type EndpointState, type VantageState, newLeak } from './state.ts'

/** `fine`: as ever. `failing`: counted against it. `recovering`: fine, and it was in doubt or out. `aside`: did not count. */
export type Step = 'fine' | 'failing' | 'recovering' | 'aside'

/** Failures held back at most while in doubt. */
const ASIDE_MAX = 20

/** The state of one endpoint, made if it is new. */
export function endpointState(vantage: VantageState, id: string, at: number): EndpointState {
  return (vantage.endpoints[id] ??= {
    score: 0,
    out: false,
    newestAt: Number.MIN_SAFE_INTEGER,
    newestFine: true,
    fineAt: null,
    failedAt: null,
    firstFailedAt: null,
    firstFineAt: null,
    outAt: null,
    needsHttp: false,
    mechanism: null,
    leak: newLeak(),
    memory: newMemory(at),
    httpMemory: newMemory(at),
    aside: [],
  })
}

/** Drops what is said against it, in place; what was learned of its path stays. */
function clearDoubt(state: EndpointState): void {
  state.score = 0
  state.out = false
  state.outAt = null
  state.firstFailedAt = null
  state.needsHttp = false
  state.mechanism = null
  state.aside = []
}

/** Drops a doubt that fine looks have not answered, as when nobody looks any more. */
export function dropDoubt(state: EndpointState): void {
  clearDoubt(state)
  state.leak = newLeak()
}

/**
 * Folds a look that says `yes` or `no` into its endpoint, in place.
 *
 * @param alone all else at the vantage is fine, and there is something else
 * @param burst chance that a burst of loss on the vantage's line took it, as it took one before, see line.ts
 */
export function foldReach(
  state: EndpointState,
  look: Look,
  settings: DetectSettings,
  alone: boolean = false,
  burst: number = 0,
): Step {
  const fine = look.verdict.reached === 'yes'
  if (fine && state.needsHttp && !look.sawHttp) return 'aside'
  if (fine) leakFine(state.leak, look, settings)
  else leakFailed(state.leak, look, state.fineAt, alone, settings)
  if (look.startedAt < state.newestAt && fine !== state.newestFine) {
    if (!fine && !state.out && state.leak.holds) return putOut(state, look)
    if (!fine && state.score === 0) learn(state, failureKey(look), look, settings)
    else if (!fine && !state.out) keepAside(state, look)
    return 'aside'
  }
  if (look.startedAt > state.newestAt) {
    state.newestAt = look.startedAt
    state.newestFine = fine
  }
  return fine ? foldFine(state, look, settings) : foldFailed(state, look, settings, burst)
}

function foldFine(state: EndpointState, look: Look, settings: DetectSettings): Step {
  state.fineAt = Math.max(state.fineAt ?? look.startedAt, look.startedAt)
  state.firstFailedAt = null
  if (state.score === 0 && !state.out) {
    learn(state, null, look, settings)
    return 'fine'
  }
  state.firstFineAt ??= look.endedAt
  state.score = Math.max(0, state.score + Math.log(settings.leakChance / fineChance(state.memory, settings)))
  if (state.score === 0 && !(state.out && state.leak.holds)) {
    // An endpoint out for no longer than a burst of loss was perhaps never gone: then its silence is base rate.
    const isShort = !state.out || look.endedAt - state.outAt! < settings.burstMs
    for (const key of isShort ? state.aside : []) {
      if (!state.out || isQuietKey(key)) learn(state, key, look, settings)
    }
    clearDoubt(state)
    learn(state, null, look, settings)
  }
  return 'recovering'
}

function foldFailed(state: EndpointState, look: Look, settings: DetectSettings, burst: number): Step {
  const { verdict } = look
  const prior = isQuiet(look) ? settings.silentChance : settings.answeredChance
  const memory = verdict.layer === 'http' ? state.httpMemory : state.memory
  const chance = failureChance(memory, failureKey(look), prior, settings)
  const top = outNats(settings)

  state.failedAt = Math.max(state.failedAt ?? look.startedAt, look.startedAt)
  state.firstFailedAt ??= look.endedAt
  state.firstFineAt = null
  state.mechanism = verdict.mechanism
  if (verdict.layer === 'http') state.needsHttp = true
  keepAside(state, look)
  state.score = Math.min(
    top,
    state.score + Math.max(0, Math.log((1 - settings.leakChance) / Math.max(chance, burst))),
  )
  if (!state.out && (state.score >= top || state.leak.holds)) putOut(state, look)
  return 'failing'
}

function putOut(state: EndpointState, look: Look): Step {
  state.out = true
  state.outAt = look.endedAt
  state.mechanism = look.verdict.mechanism
  return 'failing'
}

/** How often looks at this endpoint were seen to fail this way though it could be reached; 0 where never. */
export function strayChanceOf(state: EndpointState, look: Look, settings: DetectSettings): number {
  const memory = look.verdict.layer === 'http' ? state.httpMemory : state.memory
  return failureChance(memory, failureKey(look), 0, settings)
}

function keepAside(state: EndpointState, look: Look): void {
  if (state.aside.length < ASIDE_MAX) state.aside.push(failureKey(look))
}

function learn(state: EndpointState, key: string | null, look: Look, settings: DetectSettings): void {
  const http = key?.startsWith('http ') ?? false
  if (!http) remember(state.memory, key, look.endedAt, settings)
  if (http || (look.sawHttp && key === null)) remember(state.httpMemory, key, look.endedAt, settings)
}

/** What makes two failures the same for the base rates. Those of HTTP stand apart: most looks never get that far. */
function failureKey({ verdict }: Look): string {
  const failure = verdict.failure?.split(':', 1)[0] ?? verdict.mechanism ?? 'other'
  return verdict.layer === 'http' ? `http ${failure}` : failure
}

/** Failures a lossy path or a tired resolver causes by itself: nothing came back, or the resolver gave up. */
function isQuiet(look: Look): boolean {
  return look.verdict.silent || isQuietKey(failureKey(look))
}

function isQuietKey(key: string): boolean {
  const failure = key.startsWith('http ') ? key.slice(5) : key
  return isSilence(failure as Failure) || QUIET.has(failure)
}

const QUIET: ReadonlySet<string> = new Set(['dns_servfail_error', 'dns_temporary_failure'])
