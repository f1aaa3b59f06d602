/**
 * story: the founding case in fast motion, played on the lab. Each act switches something, waits until the lookout has said what
 * it should say (or a deadline has passed), and notes what a careful observer should have logged.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { SpawnedLab } from '../lab/spawn.ts'
import type { TriggerEvent } from '../model/event.ts'
import type { Cause, Outage } from '../model/outage.ts'
import type { Mechanism } from '../model/verdict.ts'
import { MINUTE_MS } from '../model/time.ts'
import { type Block, FIRST_WAVE, LONE_SILENCE, SECOND_WAVE } from './blocks.ts'
import type { Pace } from './pace.ts'
import type { Expected } from './scorecard.ts'
import { HEARTBEAT_MS, NETWORKS, REOPEN_MS } from './setting.ts'
import { firstVideo, secondVideo } from './videos.ts'
import type { Witness } from './witness.ts'

/** An act waits no longer than this for what it is about. */
const ACT_MS = 20_000
/** Silence of one service alone is called a block after nine mean fault lengths: 36 s at this speed. */
const LONE_SILENCE_MS = MINUTE_MS
/** A line is said to lack what others have only once its canaries were asked again and again. */
const FAULT_MS = MINUTE_MS
const HOURS_MS = 2_000
const SETTLE_MS = REOPEN_MS + 1_000

export interface Stage {
  readonly lab: SpawnedLab
  readonly witness: Witness
  /** tells the audience what the lab does */
  readonly say: (line: string) => void
  /** true once every service is seen to be fine from every vantage */
  readonly allWell: () => boolean
  readonly now: () => number
  /** registers a trigger event, as a researcher would */
  readonly register: (event: TriggerEvent) => void
  /** how long an act goes on once the lookout has seen it: it might still change its mind, and Prometheus looks every 15 s */
  readonly holdMs: number
  readonly pace: Pace
  /** ends the play */
  readonly signal: AbortSignal
}

type Wanted = Omit<Expected, 'switchedAt' | 'liftedAt'>

/** Plays every act. @returns what should have been logged @throws the signal's reason */
export async function play(stage: Stage): Promise<Expected[]> {
  const { lab, say } = stage
  await overture(stage)
  await publish(
    stage,
    firstVideo,
    'A video is published: a police commander says why he has left. The order goes out.',
  )
  const first = await wave(stage, FIRST_WAVE)
  await publish(
    stage,
    secondVideo,
    'A second video is published. The networks are blocked again, each by other means.',
  )
  const second = await wave(stage, SECOND_WAVE)

  const inBackground = [LONE_SILENCE].map(wanted)
  const goSilent = () => addRules(lab, [LONE_SILENCE])
  const lone = await begin(stage, inBackground, goSilent)
  const voidedBefore = stage.pace.voided.length
  say('One service alone goes silent on one network: for a while nobody can say whether it is a fault.')
  const power = await act(
    stage,
    'TT mobile’s vantage loses its power.',
    [wholeVantage('tt-mobile', 'offline')],
    async () => {
      await lab.network('tt-mobile').power('off')
      return () => lab.network('tt-mobile').power('on')
    },
  )
  const cut = await act(
    stage,
    'The international link is cut at Tcell; the country itself still answers.',
    [wholeVantage('tcell', 'shutdown')],
    async () => {
      await lab.network('tcell').set({ international: 'cut' })
      return () => lab.network('tcell').set({ international: 'up' })
    },
  )
  const names = await act(
    stage,
    'The resolver of TT mobile dies. Nothing there can be looked up, and nothing is blocked.',
    [wholeVantage('tt-mobile', 'no_names')],
    () => lab.network('tt-mobile').censor.add({ layer: 'dns', names: ['*'], action: 'timeout' }),
    FAULT_MS,
  )
  const probes = NETWORKS.filter((id) => lab.network(id).role === 'probe')
  const down = await act(
    stage,
    'Odnoklassniki is simply down, for everyone.',
    probes.map((id) => ofSite(id)),
    async () => {
      await lab.site('ok.ru').down()
      return () => lab.site('ok.ru').up()
    },
  )
  await settled(stage, lone, LONE_SILENCE_MS)
  let silence = await end(stage, lone)
  await stage.pace.slowDown()
  if (stage.pace.voided.length > voidedBefore) {
    await calm(stage)
    silence = await act(
      stage,
      'Once more the one service alone goes silent.',
      inBackground,
      goSilent,
      LONE_SILENCE_MS,
    )
  }
  return [...first, ...second, ...power, ...cut, ...names, ...down, ...silence]
}

/** As often as it takes to find the pace that this machine can keep. */
async function overture(stage: Stage): Promise<void> {
  stage.say('All is well. The lookout gets to know the networks.')
  do {
    await calm(stage)
    stage.pace.warm()
    await pause(3 * HEARTBEAT_MS * stage.pace.stretch, undefined, { signal: stage.signal })
  } while (await stage.pace.slowDown())
}

/** Waits until all is well, and for what comes next to be no return of what was. */
async function calm({ allWell, now, signal, pace }: Stage): Promise<void> {
  const deadline = now() + ACT_MS * pace.stretch
  while (!allWell() && now() < deadline) await pause(100, undefined, { signal })
  await pause(SETTLE_MS * pace.stretch, undefined, { signal })
}

/** Two seconds at the demo’s pace stand for two hours. */
async function publish(
  { say, register, now, signal }: Stage,
  video: (at: number) => TriggerEvent,
  sentence: string,
): Promise<void> {
  say(sentence)
  register(video(now()))
  await pause(HOURS_MS, undefined, { signal })
}

function wave(stage: Stage, blocks: readonly Block[]): Promise<Expected[]> {
  const sentence = `Blocked: ${blocks.map(({ network, service, mechanism }) => `${service} on ${network} (${mechanism})`).join(', ')}.`
  return act(stage, sentence, blocks.map(wanted), () => addRules(stage.lab, blocks))
}

interface UnderWay {
  readonly expected: readonly Wanted[]
  readonly switchedAt: number
  readonly lift: () => Promise<void>
}

type Switch = () => Promise<() => Promise<void>>

async function act(
  stage: Stage,
  sentence: string,
  expected: readonly Wanted[],
  flip: Switch,
  withinMs = ACT_MS,
): Promise<Expected[]> {
  for (;;) {
    stage.say(sentence)
    const underWay = await begin(stage, expected, flip)
    await settled(stage, underWay, withinMs)
    const played = await end(stage, underWay)
    if (!(await stage.pace.slowDown())) return played
    stage.say('What was timed in this act counts for nothing. It is played again.')
    await calm(stage)
  }
}

async function begin({ now }: Stage, expected: readonly Wanted[], flip: Switch): Promise<UnderWay> {
  const switchedAt = now()
  return { expected, switchedAt, lift: await flip() }
}

/** Waits until each outage is logged under its right name, and a little longer. */
async function settled(
  { witness, holdMs, pace, signal }: Stage,
  { expected, switchedAt }: UnderWay,
  withinMs: number,
): Promise<void> {
  await witness.until(
    (outages) =>
      expected.every(
        (want) =>
          find(outages, want, switchedAt)?.cause === want.cause &&
          find(outages, want, switchedAt)?.mechanism === want.mechanism,
      ),
    withinMs * pace.stretch,
    signal,
  )
  await pause(Math.max(holdMs, HEARTBEAT_MS * pace.stretch), undefined, { signal })
}

/** Lifts it, waits until the lookout has noticed, and lets enough time pass that what comes next is not the same outage. */
async function end(
  { witness, say, now, pace, signal }: Stage,
  { expected, switchedAt, lift }: UnderWay,
): Promise<Expected[]> {
  await lift()
  const liftedAt = now()
  say('That is lifted.')
  await witness.until(
    (outages) => expected.every((want) => (find(outages, want, switchedAt)?.closedAt ?? null) !== null),
    ACT_MS * pace.stretch,
    signal,
  )
  await pause(SETTLE_MS * pace.stretch, undefined, { signal })
  return expected.map((want) => ({ ...want, switchedAt, liftedAt }))
}

function find(outages: readonly Outage[], { service, vantage }: Wanted, sinceAt: number): Outage | undefined {
  return outages.find(
    (outage) => outage.service === service && outage.vantage === vantage && outage.onsetBeforeAt >= sinceAt,
  )
}

async function addRules(lab: SpawnedLab, blocks: readonly Block[]): Promise<() => Promise<void>> {
  const lifts = await Promise.all(blocks.map(({ network, rule }) => lab.network(network).censor.add(rule)))
  return async () => {
    await Promise.all(lifts.map((lift) => lift()))
  }
}

function wanted({ service, network, mechanism }: Block): Wanted {
  return { service, vantage: network, cause: 'blocked', mechanism }
}

function wholeVantage(vantage: string, cause: Cause): Wanted {
  return { service: null, vantage, cause, mechanism: null }
}

function ofSite(vantage: string, mechanism: Mechanism | null = null): Wanted {
  return { service: 'odnoklassniki', vantage, cause: 'down', mechanism }
}
