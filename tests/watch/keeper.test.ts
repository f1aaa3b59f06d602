import { describe, expect, test } from 'vitest'
import { INCIDENT_DEFAULTS } from '../../src/incident/group.ts'
import { readSimulated, type Simulated } from '../../src/evaluate/simulated.ts'
import type { Rates } from '../../src/model/rates.ts'
import { DEFAULTS as CORRELATE } from '../../src/correlate/settings.ts'
import type { Command, WatchedCanary, WatchedEndpoint } from '../../src/watch/types.ts'
import {
  aKeeper,
  FACEBOOK,
  HOME,
  inWords,
  RESET,
  SILENT,
  T0,
  VIDEO,
  WATCH,
  watching,
  WORLD,
} from './given.ts'

const kinds = (commands: readonly Command<unknown>[]) => commands.map(({ kind }) => kind)

const AS_WITHOUT_CONTROL = {
  service: 'facebook',
  controls: [],
  verdict: { outcome: 'insufficient', rule: 'no_control', reached: 'no' },
}

/** Facebook failed, the canaries have answered since, and the control is being asked. */
function aControlAsked() {
  const kept = aKeeper()
  const { due, probesIn, answer, online } = kept
  online('babilon', 'control')
  answer(probesIn(due('babilon', FACEBOOK))[0]!)
  const asked = probesIn(answer(probesIn(due('babilon', FACEBOOK))[0]!, RESET))
  for (const of of asked.filter(({ purpose }) => purpose === 'canary')) answer(of)
  return { ...kept, control: asked.find(({ purpose }) => purpose === 'control')! }
}

describe('a turn of the schedule', () => {
  test.each([
    {
      what: 'an endpoint',
      vantage: 'babilon',
      target: FACEBOOK,
      says: 'round facebook/www from babilon (heartbeat)',
    },
    {
      what: 'a canary',
      vantage: 'babilon',
      target: WORLD,
      says: 'canary canary/world from babilon (heartbeat)',
    },
    {
      what: 'a control',
      vantage: 'control',
      target: FACEBOOK,
      says: 'control facebook/www from control (full)',
    },
  ])('$what -> that probe', ({ vantage, target, says }) => {
    const { due, probesIn } = aKeeper()
    expect(probesIn(due(vantage, target)).map(inWords)).toEqual([says])
  })

  test('a heartbeat -> overdue after the time that is configured, or three times what a fine one usually takes', () => {
    const { due, probesIn, answer, online } = aKeeper()
    online('babilon')
    const [first] = probesIn(due('babilon', FACEBOOK))
    expect(first!.overdueAfterMs).toBe(1_500)
    answer(first!, null, 900)
    expect(probesIn(due('babilon', FACEBOOK))[0]!.overdueAfterMs).toBe(2_700)
    // One that was slower is not what is usual; one that was quicker is possible any time.
    answer(probesIn(due('babilon', FACEBOOK))[0]!, null, 1_700)
    expect(probesIn(due('babilon', FACEBOOK))[0]!.overdueAfterMs).toBe(3_000)
    answer(probesIn(due('babilon', FACEBOOK))[0]!, null, 600)
    expect(probesIn(due('babilon', FACEBOOK))[0]!.overdueAfterMs).toBe(1_800)
    expect(probesIn(due('babilon', FACEBOOK, 'full'))[0]!.overdueAfterMs).toBeNull()
  })

  test('bytes are timed once at a time; lost, or done -> again', () => {
    const { due, probesIn, lost } = aKeeper()
    const [first] = probesIn(due('babilon', VIDEO, 'throughput'))
    expect(due('babilon', VIDEO, 'throughput')).toEqual([])
    expect(probesIn(due('tcell', VIDEO, 'throughput'))).toHaveLength(1)
    lost(first!)
    expect(probesIn(due('babilon', VIDEO, 'throughput'))).toHaveLength(1)
  })

  test('HTTP is in doubt -> heartbeats become full probes', () => {
    const { due, probesIn, answer, online, detector } = aKeeper()
    online('babilon')
    answer(probesIn(due('babilon', FACEBOOK))[0]!)
    detector.vantages['babilon']!.endpoints[FACEBOOK.id]!.needsHttp = true
    expect(probesIn(due('babilon', FACEBOOK)).map(inWords)).toEqual([
      'round facebook/www from babilon (full)',
    ])
  })

  test('the controls resolved an endpoint -> its addresses are tried too', () => {
    const addresses = ['157.240.1.35']
    const reading = { addresses: () => addresses }
    const kept = aKeeper()
    const { due, probesIn, answer } = aKeeper({}, { reading: { ...readSimulated(), ...reading } })
    answer(probesIn(due('control', FACEBOOK))[0]!)
    expect(probesIn(due('babilon', FACEBOOK))[0]!.extraAddresses).toEqual(addresses)
    expect(probesIn(kept.due('babilon', FACEBOOK))[0]!.extraAddresses).toEqual([])
  })
})

describe('a measurement', () => {
  test('fine -> one step, saved at once, nothing asked', () => {
    const { due, probesIn, answer, online } = aKeeper()
    online('babilon')
    const commands = answer(probesIn(due('babilon', FACEBOOK))[0]!)
    expect(kinds(commands)).toEqual(['save'])
    expect(commands[0]).toMatchObject({
      step: {
        service: 'facebook',
        verdict: { outcome: 'ok' },
        detector: { vantage: 'babilon' },
        changes: [],
      },
    })
  })

  test('failed -> the control and the canaries are asked afresh; judged when all have answered, with what the control saw', () => {
    const { due, probesIn, answer, online, keeper } = aKeeper()
    online('babilon', 'control')
    const asked = probesIn(answer(probesIn(due('babilon', FACEBOOK))[0]!, RESET))
    expect(asked.map(inWords)).toEqual([
      'control facebook/www from control (full)',
      'canary canary/world from babilon (heartbeat)',
      'canary canary/home from babilon (heartbeat)',
    ])
    expect(keeper.waiting()).toBe(1)
    const [control, world, home] = asked
    expect(kinds(answer(control!))).toEqual(['save'])
    expect(kinds(answer(world!))).toEqual(['save'])
    const judged = answer(home!)
    expect(kinds(judged)).toEqual(['save', 'save'])
    expect(judged[1]).toMatchObject({
      step: {
        verdict: { outcome: 'anomaly', reached: 'no', mechanism: 'tls.sni-reset' },
        controls: [{ failed: null }],
      },
    })
    expect(keeper.waiting()).toBe(0)
  })

  test('a control that is not known yet -> its canaries are asked first; one that is not well -> not asked', () => {
    const { due, probesIn, answer, online, steps } = aKeeper()
    online('babilon')
    const asked = probesIn(answer(probesIn(due('babilon', FACEBOOK))[0]!, RESET))
    expect(asked.filter(({ vantage }) => vantage === 'control').map(inWords)).toEqual([
      'canary canary/world from control (heartbeat)',
      'canary canary/home from control (heartbeat)',
    ])
    for (const of of asked) expect(probesIn(answer(of, of.vantage === 'control' ? SILENT : null))).toEqual([])
    expect(steps.at(-1)).toMatchObject({ verdict: { outcome: 'insufficient', reached: 'no' }, controls: [] })
  })

  test('a control that fails too -> its own canaries are asked, and it once more, before that counts', () => {
    const { control, probesIn, answer, steps } = aControlAsked()
    const after = probesIn(answer(control, RESET))
    expect(after.map(inWords)).toEqual([
      'canary canary/world from control (heartbeat)',
      'canary canary/home from control (heartbeat)',
    ])
    const again = after.flatMap((of) => probesIn(answer(of)))
    expect(again.map(inWords)).toEqual(['control facebook/www from control (full)'])
    answer(again[0]!, RESET)
    expect(steps.at(-1)).toMatchObject({ service: 'facebook', verdict: { outcome: 'down' } })
  })

  test('a control that failed, and is fine when it is asked once more -> as if there were none: what failed may be over', () => {
    const { control, probesIn, answer, steps } = aControlAsked()
    const again = probesIn(answer(control, RESET)).flatMap((of) => probesIn(answer(of)))
    answer(again[0]!)
    expect(steps.at(-1)).toMatchObject(AS_WITHOUT_CONTROL)
  })

  test('a control that fails while its own canaries do -> as if there were none', () => {
    const { control, probesIn, answer, steps } = aControlAsked()
    for (const of of probesIn(answer(control, RESET))) answer(of, SILENT)
    expect(steps.at(-1)).toMatchObject(AS_WITHOUT_CONTROL)
  })

  test('failed at HTTP -> the canaries are asked for a page as well, and go on until they give one', () => {
    const { due, probesIn, answer, online } = aKeeper()
    online('babilon', 'control')
    const failed = { layer: 'http', failure: 'generic_timeout_error' } as const
    const asked = probesIn(answer(probesIn(due('babilon', FACEBOOK, 'full'))[0]!, failed))
    const canaries = asked.filter(({ purpose }) => purpose === 'canary')
    expect(canaries.map(inWords)).toEqual([
      'canary canary/world from babilon (full)',
      'canary canary/home from babilon (full)',
    ])
    for (const of of canaries) answer(of, failed)
    expect(probesIn(due('babilon', WORLD)).map(({ plan }) => plan)).toEqual(['full'])
  })

  test('a canary answered -> the addresses it had then are tried too when its name is gone', () => {
    const addresses = ['151.101.2.132']
    const { due, probesIn, answer } = aKeeper(
      {},
      { reading: { ...readSimulated(), addresses: () => addresses } },
    )
    const [first] = probesIn(due('babilon', WORLD))
    expect(first!.extraAddresses).toEqual([])
    answer(first!)
    expect(probesIn(due('babilon', WORLD))[0]!.extraAddresses).toEqual(addresses)
    expect(probesIn(due('tcell', WORLD))[0]!.extraAddresses).toEqual([])
  })

  test('a canary that goes on failing while another answers -> is diagnosed, once an hour; never a control’s', () => {
    const times = { everyMs: 3_600_000, leastGapMs: 300_000, totalTimeoutMs: 75_000 }
    const { due, probesIn, answer, online, pass } = aKeeper({ diagnose: times })
    online('babilon', 'control')
    const sweep = (vantage: string) => {
      pass(30_000)
      for (const of of probesIn(due(vantage, HOME))) answer(of)
      return probesIn(due(vantage, WORLD)).flatMap((of) => probesIn(answer(of, RESET)))
    }
    expect([sweep('babilon'), sweep('babilon')]).toEqual([[], []])
    expect(sweep('babilon').map(inWords)).toEqual(['canary canary/world from babilon (diagnose)'])
    expect(sweep('babilon')).toEqual([])
    pass(3_600_000)
    expect(sweep('babilon')).toHaveLength(1)
    for (const _ of [1, 2, 3, 4]) expect(sweep('control')).toEqual([])
  })

  test('in cleartext, while no canary in cleartext answers -> says nothing, though the vantage is online', () => {
    const secure: WatchedCanary = { id: 'canary/secure', group: 'international' }
    const news: WatchedEndpoint = { ...FACEBOOK, url: 'http://news.example/' }
    const canaries = [WORLD, secure, HOME]
    const { due, probesIn, answer, online, steps, keeper } = aKeeper({
      watchAt: () => ({ ...WATCH, canaries: canaries.map((c) => ({ ...c, secure: c === secure })) }),
      canaries: new Map(canaries.map((canary) => [canary.id, canary])),
    })
    online('babilon', 'control')
    for (const vantage of ['babilon', 'control']) answer(probesIn(due(vantage, secure))[0]!)
    answer(probesIn(due('babilon', news))[0]!)
    for (const of of probesIn(answer(probesIn(due('babilon', news))[0]!, SILENT)))
      answer(of, of.target.id === WORLD.id && of.vantage === 'babilon' ? SILENT : null)
    expect(keeper.health('babilon')).toBe('online')
    expect(steps.findLast(({ service }) => service === 'facebook')?.verdict).toMatchObject({
      outcome: 'insufficient',
      reached: 'unknown',
    })
  })

  test('several fail at once -> one asking serves them all', () => {
    const { due, probesIn, answer, online } = aKeeper()
    online('babilon', 'control')
    const [facebook, video] = [...probesIn(due('babilon', FACEBOOK)), ...probesIn(due('babilon', VIDEO))]
    answer(facebook!, RESET, 0)
    expect(probesIn(answer(video!, RESET, 0)).map(inWords)).toEqual([
      'control youtube/video from control (full)',
    ])
  })

  test('a control asked before anything failed -> asked again: the site may have gone down since; asked after -> shared', () => {
    const { due, probesIn, answer, online, pass } = aKeeper()
    online('babilon', 'tcell', 'control')
    const fail = (vantage: string) => {
      const asked = probesIn(answer(probesIn(due(vantage, FACEBOOK))[0]!, RESET, 0))
      for (const of of asked) answer(of, null, 0)
      return asked.filter(({ purpose }) => purpose === 'control').length
    }
    expect(fail('tcell')).toBe(1)
    pass(1_000)
    expect(fail('babilon')).toBe(1)
    pass(1_000)
    expect(fail('babilon')).toBe(0)
    pass(5_000)
    expect(fail('babilon')).toBe(1)
  })

  test('canaries asked before it began -> asked again: what was fine then need not be now', () => {
    const { due, probesIn, answer, online, pass } = aKeeper()
    online('babilon', 'control')
    pass(1)
    const asked = probesIn(answer(probesIn(due('babilon', FACEBOOK))[0]!, RESET))
    expect(asked.filter(({ purpose }) => purpose === 'canary')).toHaveLength(2)
  })

  test('the vantage itself was cut off meanwhile -> says nothing of the service', () => {
    const { due, probesIn, answer, online, steps, keeper } = aKeeper()
    online('babilon', 'control')
    for (const of of probesIn(answer(probesIn(due('babilon', FACEBOOK))[0]!, SILENT)))
      answer(of, of.purpose === 'canary' ? SILENT : null)
    expect(steps.at(-1)).toMatchObject({ verdict: { reached: 'unknown' } })
    expect(keeper.health('babilon')).toBe('unknown')
  })

  test('an answer never comes, and is not said to be lost -> judged at the deadline with what is there', () => {
    const { due, probesIn, answer, online, pass, tick, keeper, now } = aKeeper()
    online('babilon', 'control')
    const [, world, home] = probesIn(answer(probesIn(due('babilon', FACEBOOK))[0]!, RESET))
    answer(world!)
    answer(home!)
    expect(keeper.waiting()).toBe(1)
    expect(keeper.nextWakeAt()).toBeLessThanOrEqual(now() + 120_000)
    pass(120_000)
    tick()
    expect(keeper.waiting()).toBe(0)
  })

  test('the machine slept meanwhile -> judged by what is known now, not by canaries from before', () => {
    const { due, probesIn, answer, online, pass, tick, steps } = aKeeper()
    online('babilon', 'control')
    answer(probesIn(due('babilon', FACEBOOK))[0]!, RESET)
    pass(3_600_000)
    tick()
    expect(steps.find(({ verdict }) => verdict !== null)).toMatchObject({ verdict: { reached: 'unknown' } })
  })

  test('an answer is lost -> judged without', () => {
    const { due, probesIn, answer, online, lost, keeper, steps } = aKeeper()
    online('babilon', 'control')
    const [control, world, home] = probesIn(answer(probesIn(due('babilon', FACEBOOK))[0]!, RESET))
    answer(world!)
    answer(home!)
    lost(control!)
    expect(keeper.waiting()).toBe(0)
    expect(steps.at(-1)).toMatchObject({ controls: [], verdict: { outcome: 'insufficient' } })
  })

  test('of what is not configured any more -> kept, and nothing is decided', () => {
    const { due, probesIn, answer, reload } = aKeeper()
    const [canary] = probesIn(due('babilon', WORLD))
    reload(watching({ canaries: new Map([[HOME.id, HOME]]) }))
    const kept = answer(canary!)
    expect(kinds(kept)).toEqual(['save'])
    expect(kept).toMatchObject([{ step: { answered: null, detector: null, changes: [] } }])
  })
})

describe('doubt', () => {
  /** Fails once at an endpoint that was fine, with everything else well. */
  function doubtful(over: Parameters<typeof aKeeper>[0] = {}) {
    const given = aKeeper(over)
    const { due, probesIn, answer, online } = given
    online('babilon', 'control')
    answer(probesIn(due('babilon', FACEBOOK))[0]!)
    for (const of of probesIn(answer(probesIn(due('babilon', FACEBOOK))[0]!, SILENT, 0))) answer(of, null, 0)
    return given
  }

  test('a failure -> probed again at the offsets, one series at a time', () => {
    const { keeper, now, pass, tick, probesIn } = doubtful()
    expect(keeper.nextWakeAt()).toBe(now() + 1_000)
    pass(1_000)
    expect(probesIn(tick()).map(inWords)).toEqual(['confirm facebook/www from babilon (heartbeat)'])
    pass(1_000)
    expect(probesIn(tick()).map(inWords)).toEqual(['confirm facebook/www from babilon (heartbeat)'])
    pass(1_000)
    expect(probesIn(tick())).toEqual([])
  })

  test('a series under way -> no other, until its last probe has begun', () => {
    const { overdue, due, probesIn, pass, tick } = doubtful()
    pass(1_000)
    expect(probesIn(tick())).toHaveLength(1)
    overdue(probesIn(due('babilon', FACEBOOK))[0]!)
    pass(1_000)
    expect(probesIn(tick())).toHaveLength(1)
    overdue(probesIn(due('babilon', FACEBOOK))[0]!)
    pass(2_000)
    expect(probesIn(tick())).toHaveLength(2)
  })

  test('a page that fails for the first time -> probed in full, also in place of heartbeats that were planned', () => {
    const { due, overdue, probesIn, answer, online, pass, tick } = aKeeper()
    online('babilon', 'control')
    overdue(probesIn(due('babilon', FACEBOOK))[0]!)
    const [full] = probesIn(due('babilon', FACEBOOK, 'full'))
    const failed = { layer: 'http', failure: 'generic_timeout_error' } as const
    for (const of of probesIn(answer(full!, failed, 0))) answer(of, null, 0)
    pass(2_000)
    const full2 = 'confirm facebook/www from babilon (full)'
    expect(probesIn(tick()).map(inWords)).toEqual([full2, full2])
    pass(10_000)
    expect(probesIn(tick())).toEqual([])
  })

  test('a heartbeat that is overdue -> the same; a service known to be gone -> not', () => {
    const { due, probesIn, overdue, online, pass, tick } = aKeeper()
    online('babilon')
    overdue(probesIn(due('babilon', FACEBOOK))[0]!)
    pass(2_000)
    expect(probesIn(tick())).toHaveLength(2)
    const gone = blocked()
    gone.overdue(gone.probesIn(gone.due('babilon', FACEBOOK))[0]!)
    expect(gone.probesIn(gone.tick())).toEqual([])
  })

  test('the endpoint goes out of force meanwhile -> dropped', () => {
    const { pass, probesIn, reload, tick } = doubtful()
    reload(watching({ watchAt: () => ({ ...WATCH, services: WATCH.services.slice(1) }) }))
    pass(2_000)
    expect(probesIn(tick())).toEqual([])
  })

  test('the clock is set back -> they come as long after the doubt as before', () => {
    const { pass, tick, probesIn, now } = doubtful()
    pass(-3_600_000)
    expect(probesIn(tick())).toEqual([])
    pass(1_000)
    expect(probesIn(tick()).map(inWords)).toEqual(['confirm facebook/www from babilon (heartbeat)'])
    expect(now()).toBeLessThan(T0)
  })
})

/** Resets, confirmed until the service is called blocked from babilon. */
function blocked(over: Parameters<typeof aKeeper>[0] = {}) {
  const given = aKeeper(over)
  const { due, probesIn, answer, online, pass, tick, detector } = given
  online('babilon', 'control')
  answer(probesIn(due('babilon', FACEBOOK))[0]!)
  const isBlocked = () => detector.vantages['babilon']?.services['facebook']?.outage?.cause === 'blocked'
  for (let n = 0; n < 20 && !isBlocked(); n += 1) {
    for (const of of probesIn(answer(probesIn(due('babilon', FACEBOOK))[0]!, RESET, 0))) answer(of, null, 0)
    pass(5_000)
    for (const of of probesIn(tick())) if (of.purpose === 'confirm') given.lost(of)
  }
  expect(isBlocked()).toBe(true)
  return given
}

describe('an outage', () => {
  const incidents = {
    grouping: INCIDENT_DEFAULTS,
    settings: CORRELATE,
    vantages: ['babilon', 'tcell'].map((id, i) => ({ id, role: 'probe' as const, country: 'TJ', asn: i })),
    retired: [],
    events: [],
    reports: null,
  }

  test('opens -> outage, incident and state are one step, and it is told after it is saved', () => {
    const { steps, keeper, now } = blocked({ incidents })
    const opening = steps.find(({ changes }) => changes.some(({ kind }) => kind === 'opened'))!
    expect(opening.changes).toMatchObject([{ outage: { service: 'facebook', vantage: 'babilon' } }])
    expect(opening.incidents).toMatchObject({ incidents: [{ services: ['facebook'] }] })
    expect(opening.states).toMatchObject([
      { service: 'facebook', vantage: 'babilon', state: opening.changes[0]!.outage.cause },
    ])
    expect(keeper.openOutages()).toMatchObject([{ outage: { cause: 'blocked' } }])
    expect(keeper.openIncidents(now())).toMatchObject([{ incident: { services: ['facebook'] } }])
  })

  test('is open -> time is to pass each second for a while, and less often later', () => {
    const { keeper, now, pass, tick } = blocked()
    pass(100)
    tick()
    expect(keeper.nextWakeAt()! - now()).toBeLessThanOrEqual(1_000)
    for (let n = 0; n < 12; n += 1) {
      pass(10_000)
      tick()
    }
    expect(keeper.nextWakeAt()! - now()).toBeGreaterThan(1_000)
  })

  test('is diagnosed a moment later, at the endpoint that is out; again when it has lasted', () => {
    const diagnose = { everyMs: 3_600_000, leastGapMs: 300_000, totalTimeoutMs: 75_000 }
    const { asked, answer, lost, pass, tick, online } = blocked({ diagnose })
    const diagnosed = () => asked.filter(({ plan }) => plan === 'diagnose').map(inWords)
    pass(3_000)
    online('babilon')
    tick()
    expect(diagnosed()).toEqual(['confirm facebook/www from babilon (diagnose)'])
    // What it changes itself asks for no other before the hour is over.
    const first = asked.find(({ plan }) => plan === 'diagnose')
    answer(first!, RESET, 0)
    for (const of of asked.slice(asked.indexOf(first!) + 1)) lost(of)
    pass(600_000)
    online('babilon')
    tick()
    expect(diagnosed()).toHaveLength(1)
    pass(3_600_000)
    online('babilon')
    tick()
    expect(diagnosed()).toHaveLength(2)
  })
})

describe('bytes that come slowly', () => {
  const speed = (bytesPerSecond: number) => ({ bytesPerSecond, handshakeMs: 50 })
  const SLOW = {
    target: speed(10_000),
    neutral: speed(1_000_000),
    control: speed(1_000_000),
    controlNeutral: speed(1_000_000),
    byName: 0.01,
  }

  test('once -> timed again after the pause, twice as long each time, that endpoint alone', () => {
    const reading = { ...readSimulated(), rates: (): Rates => SLOW }
    const { due, probesIn, answer, online, pass, tick, now, keeper } = aKeeper({}, { reading })
    online('babilon', 'control')
    answer(probesIn(due('babilon', VIDEO, 'throughput'))[0]!)
    expect(keeper.nextWakeAt()).toBe(now() + 10_000)
    pass(10_000)
    const [again] = probesIn(tick())
    expect(inWords(again!)).toBe('confirm youtube/video from babilon (throughput)')
    answer(again!)
    expect(keeper.nextWakeAt()! - now()).toBeGreaterThan(0)
    expect(keeper.speeds(now())).toMatchObject([{ service: 'youtube', vantage: 'babilon' }])
  })
})

describe('what is unfit', () => {
  test.each([
    { unfit: 'other', asks: [] },
    {
      unfit: 'vantage',
      asks: ['canary canary/world from babilon (heartbeat)', 'canary canary/home from babilon (heartbeat)'],
    },
  ] as const)('$unfit -> the controls are not asked, and nothing is decided', ({ unfit, asks }) => {
    const fine = readSimulated()
    const isUnfit = { unfit: (m: Simulated) => (m.failed === null ? null : unfit) }
    const { due, probesIn, answer, online, pass, keeper, steps } = aKeeper(
      {},
      { reading: { ...fine, ...isUnfit } },
    )
    online('babilon', 'control')
    pass(1)
    const asked = probesIn(answer(probesIn(due('babilon', FACEBOOK))[0]!, RESET))
    expect(asked.map(inWords)).toEqual(asks)
    for (const of of asked) answer(of)
    expect(keeper.waiting()).toBe(0)
    expect(steps.at(-1)).toMatchObject({ service: 'facebook', controls: [], changes: [] })
  })
})

describe('a new configuration', () => {
  test('vantages are elsewhere now -> the incidents regroup, and that is saved', () => {
    const at = (country: string) => ({
      grouping: INCIDENT_DEFAULTS,
      settings: CORRELATE,
      vantages: ['babilon', 'tcell'].map((id, i) => ({ id, role: 'probe' as const, country, asn: i })),
      retired: [],
      events: [],
      reports: null,
    })
    const { reload, keeper, now, steps } = blocked({ incidents: at('TJ') })
    const before = steps.length
    reload(watching({ incidents: at('TJ') }))
    expect(steps.slice(before).every(({ incidents }) => incidents === null)).toBe(true)
    reload(watching({ incidents: at('KZ') }))
    expect(steps.slice(before).some(({ incidents }) => incidents !== null)).toBe(true)
    expect(keeper.openIncidents(now())).toMatchObject([{ incident: { country: 'KZ' } }])
    expect(keeper.watched()).toEqual(WATCH.services)
    expect(keeper.controlAddresses('nothing')).toEqual([])
  })
})

describe('time', () => {
  test('nothing is open or planned -> wanted when the canaries grow stale, and the vantage is then not known', () => {
    const { online, keeper, now, pass, tick } = aKeeper()
    expect(keeper.nextWakeAt()).toBeNull()
    online('babilon')
    const wakeAt = keeper.nextWakeAt()!
    expect(wakeAt).toBeGreaterThan(now() + 60_000)
    pass(wakeAt + 100 - now())
    tick()
    expect(keeper.health('babilon')).toBe('unknown')
  })

  test('a tick that changes something -> saved with the moment, so that a replay can let time pass too', () => {
    const { online, pass, tick, steps } = aKeeper()
    online('babilon')
    pass(100_000)
    tick()
    expect(steps.filter(({ tickAt }) => tickAt !== null)).toMatchObject([
      { detector: { vantage: 'babilon' } },
    ])
  })
})

describe('the past', () => {
  test('measurements with their controls -> judged at once, and nothing is asked for', () => {
    const { keeper, detector } = aKeeper({}, { past: true })
    const of = { kind: 'probe', plan: 'heartbeat', extraAddresses: [], overdueAfterMs: null } as const
    for (const target of [WORLD, HOME]) {
      const measurement = { id: '', startedAt: T0, endedAt: T0, sawHttp: true, failed: null }
      keeper.handle({
        kind: 'measured',
        at: T0,
        of: { ...of, vantage: 'babilon', target, purpose: 'canary' },
        measurement,
      })
    }
    let probes = 0
    for (let n = 0; n < 10; n += 1) {
      const at = T0 + 1 + n * 1_000
      const measurement = {
        id: `m${n}`,
        startedAt: at,
        endedAt: at,
        sawHttp: false,
        failed: n === 0 ? null : RESET,
      }
      const commands = keeper.handle({
        kind: 'measured',
        at,
        of: { ...of, vantage: 'babilon', target: FACEBOOK, purpose: 'round' },
        measurement,
        controls: [{ ...measurement, failed: null }],
      })
      probes += commands.filter(({ kind }) => kind === 'probe').length
    }
    expect(probes).toBe(0)
    expect(detector.vantages['babilon']!.services['facebook']!.outage).toMatchObject({ cause: 'blocked' })
  })
})
