/**
 * How quick and how often wrong the alerts are, beside blackbox_exporter with the rule its users write, in one run on the same
 * networks of the lab. About 35 minutes; `npm run bench -- alerting` runs it alone.
 *
 *     a censor on one service of each network, at a random moment -> seconds from its switch to the first webhook of each monitor
 *     then no censor, and 10 and 20 % of packets lost -> how many alerts each sends
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { startLab } from '../../src/lab/lab.ts'
import { missing } from '../chain/programs.ts'
import { openInbox } from '../chain/webhook.ts'
import { median } from '../../src/model/statistics.ts'
import { type Told, censored, line, lossy } from './alerting-runs.ts'
import { startOurs, startTheirs } from './alerting-setting.ts'

const WARM_UP_MS = 120_000
const LOSSES = [0.1, 0.2]
const TIMES_QUICKER = 2

const COUNTRIES = { babilon: 'TJ', 'tt-mobile': 'KG', tcell: 'UZ', tojiktelecom: 'KZ' } as const

/** Medians by mechanism and over all, and how many times as quick ours are over all. */
function summary(told: readonly Told[]): { lines: string[]; times: number } {
  const byMechanism = Object.entries(Object.groupBy(told, ({ mechanism }) => mechanism))
  const rows = [...byMechanism, ['all', told] as const].map(([name, each = []]) => {
    const ours = median(each.map((told) => told.ours ?? Infinity))
    const blocked = median(each.map((told) => told.oursBlocked ?? Infinity))
    const theirs = median(each.map((told) => told.theirs ?? Infinity))
    return { name, seconds: [ours, Number.isFinite(blocked) ? blocked : null, theirs], times: theirs / ours }
  })
  const lines = rows.map(
    ({ name, seconds, times }) => `  ${name.padEnd(28)}${line(seconds)}   ${times.toFixed(1)} times`,
  )
  return { lines, times: rows.at(-1)!.times }
}

/** Runs all of it. @returns whether what is claimed was reached */
export async function benchAlerting(): Promise<boolean> {
  const gone = missing(['prometheus', 'prometheus-alertmanager', 'prometheus-blackbox-exporter'])
  if (gone !== null) throw new Error(gone)
  await using parts = new AsyncDisposableStack()
  const at = await mkdtemp(join(tmpdir(), 'didbon-alerting-'))
  parts.defer(() => rm(at, { recursive: true, force: true }))
  const lab = await startLab({ seed: 11 })
  parts.defer(() => lab.close())
  const inbox = await openInbox()
  parts.defer(inbox.close)
  const lanes = Object.entries(COUNTRIES).map(([id, country]) => ({ network: lab.network(id), country }))
  await startOurs(lab, lanes, inbox.url, join(at, 'ours'), parts)
  await startTheirs(lab, lanes, inbox.url, join(at, 'theirs'), parts)
  await pause(WARM_UP_MS)
  const early = inbox.received.length

  console.log(
    'Seconds from the switch to the webhook; didbon looks every 30 s, as shipped, blackbox every 15 s',
  )
  console.log('                                didbon  blocked blackbox')
  const told = (await Promise.all(lanes.map((lane, i) => censored(lane, inbox, i)))).flat()
  const { lines, times } = summary(told)
  console.log('Medians')
  for (const line of lines) console.log(line)

  let silent = true
  const says = (alerts: readonly string[]) =>
    alerts.length === 0 ? '0' : `${alerts.length} (${alerts.join(', ')})`
  for (const loss of LOSSES) {
    const { ours, machine, theirs } = await lossy(lanes, inbox, loss)
    silent &&= ours.length === 0
    const what = `${lanes.length} networks losing ${loss * 100} % for ten minutes, no censor`
    console.log(`${what}: alerts by didbon ${says(ours)}, by blackbox ${says(theirs)}`)
    if (machine.length > 0) console.log(`  and by didbon of this machine: ${machine.join(', ')}`)
  }
  if (early > 0) console.log(`${early} messages before anything happened`)
  console.log(`${times.toFixed(1)} times as quick, target ${TIMES_QUICKER}; no alert under loss: ${silent}`)
  return times >= TIMES_QUICKER && silent && early === 0
}

if (import.meta.main) process.exitCode = (await benchAlerting()) ? 0 : 1
