/** A store as an earlier version left it; fixtures/README.md says how it was made. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { zstdDecompressSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import type { Config, DetectConfig } from '../../src/config/config.ts'
import { loadConfig } from '../../src/config/load.ts'
import type { Incident } from '../../src/model/incident.ts'
import { type Outage, SERVICE_CAUSES } from '../../src/model/outage.ts'
import type { OutageDifference } from '../../src/replay/compare.ts'
import { replaySpan } from '../../src/replay/replay.ts'
import { openStoreReadOnly } from '../../src/store/reader.ts'
import { aStore } from '../store/given.ts'

const FIXTURES = fileURLToPath(new URL('fixtures/', import.meta.url))
/** The moment after which the detector was saved anew: a new day. */
const MIDNIGHT = Date.UTC(2026, 10, 29)

/** That version measured no bursts and no strays, and read diagnoses and echoes otherwise. */
const AS_THEN = {
  burstMeanMs: 1,
  burstTryMs: 1,
  leastStrayLooks: 1_000_000,
  addressNats: 1e-9,
  groundlessMs: 1,
  silentMechanismLooks: 3,
  echoMs: 1,
}

const read = (name: string): unknown => JSON.parse(readFileSync(join(FIXTURES, name), 'utf8'))

/** A copy of the store, opened once and so brought up to date, and the configuration it was made with. */
async function aConfig(): Promise<Config> {
  const folder = mkdtempSync(join(tmpdir(), 'didbon-earlier-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, 'didbon.db')
  writeFileSync(path, zstdDecompressSync(readFileSync(join(FIXTURES, 'measured.db.zst'))))
  const store = await aStore({ path, now: () => MIDNIGHT + 3_600_000 })
  store.close()
  const config = await loadConfig(join(FIXTURES, 'didbon.yaml'), {})
  const detect = { ...(read('detect.json') as DetectConfig), ...AS_THEN }
  return { ...config, detect, store: { ...config.store, path } }
}

const shownOutage = ({ causes, evidence, ...outage }: Outage) => ({
  ...outage,
  causes: causes.map(({ at, cause, mechanism }) => ({ at, cause, mechanism })),
  evidence: evidence.length,
})

const shownIncident = (incident: Incident) => ({
  id: incident.id,
  services: incident.services,
  ...(incident.kind === 'measured' && {
    vantages: incident.vantages,
    causes: incident.causes,
    mechanisms: incident.mechanisms,
  }),
})

/** The causes in turn, without those that are there for their sentence alone. */
const changesOf = ({ causes }: Outage) =>
  causes.flatMap(({ at, cause, mechanism }, i) =>
    causes[i - 1]?.cause === cause && causes[i - 1]?.mechanism === mechanism ? [] : [[at, cause, mechanism]],
  )

/** A sentence that was put better, or added, makes no other outage. */
const isOther = ({ before, after, aspects }: OutageDifference): boolean => {
  if (before === null || after === null || String(aspects) !== 'history') return true
  const bare = (outage: Outage) =>
    JSON.stringify([{ ...shownOutage(outage), causes: changesOf(outage) }, outage.evidence])
  return bare(before) !== bare(after)
}

/** Said to be a shutdown for two seconds, while the line came back: the domestic canaries answered a moment before the others. */
function isNotBlip({ before }: OutageDifference): boolean {
  return !(before?.id === '_vantage_.babilon.20261128T235427Z' && before.cause === 'shutdown')
}

test('opened -> lists the outages and incidents that it listed then, of every cause', async () => {
  const { store } = await aConfig()
  const reader = openStoreReadOnly(store.path)
  onTestFinished(() => reader.close())
  const outages = await reader.outages({ order: 'oldest' })
  const incidents = await reader.incidents({ kind: 'measured', order: 'oldest' })
  expect({
    outages: outages.map(shownOutage),
    incidents: incidents.map(({ incident }) => shownIncident(incident)),
  }).toMatchObject(read('listed.json') as object)
  expect(new Set(outages.map(({ cause }) => cause))).toEqual(
    new Set([...SERVICE_CAUSES, 'shutdown', 'offline']),
  )
  expect(outages.some(({ reopened }) => reopened > 0)).toBe(true)
  expect(outages.some(({ closedAt }) => closedAt === null)).toBe(true)
})

test.each([
  { from: 'the first measurement', since: MIDNIGHT - 3_600_000, start: 'beginning' },
  { from: 'the state saved at midnight', since: MIDNIGHT + 5_000, start: 'saved_state' },
])('folded again from $from -> no verdict and no outage is another', async ({ since, start }) => {
  const replay = await replaySpan({ config: await aConfig(), since, until: null, rules: null })
  expect(replay.start).toBe(start)
  expect(replay.refolded.rows).toBeGreaterThan(1_000)
  // While a line comes back its vantage is `unknown` now, where it once was in a shutdown already: nothing is judged in either.
  const unjudged = (outcome: string) => outcome === 'insufficient'
  expect(
    replay.refolded.verdicts.shifts.filter(
      ({ from, to }) => !unjudged(from.outcome) || !unjudged(to.outcome),
    ),
  ).toEqual([])
  expect(replay.differences.filter(isOther).filter(isNotBlip)).toEqual([])
  expect(replay.leftAlone).toBe(0)
})
