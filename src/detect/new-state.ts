/** new-state: parts of the state of which nothing has been seen yet. */
import type { CauseEvidence, IntermittentBlock, LineState } from './state.ts'

export function newCauseEvidence(): CauseEvidence {
  return {
    strong: 0,
    weak: 0,
    leak: 0,
    spared: 0,
    anomalies: 0,
    anomaliesInRow: 0,
    downsInRow: 0,
    downsSinceAt: null,
    looks: 0,
    active: 0,
    address: 0,
    nameless: false,
    stretchFrom: null,
    stretchTo: null,
    fineAt: null,
    activeAt: null,
    mechanisms: {},
    lately: null,
    evidence: [],
  }
}

export function newIntermittentBlock(): IntermittentBlock {
  return {
    telling: 0,
    quiet: 0,
    sure: 0,
    helloSure: 0,
    quietSure: 0,
    unhurried: 0,
    silentAt: {},
    failed: 0,
    spared: 0,
    fineInRow: 0,
    holds: false,
    http: false,
    fineAt: null,
    failedAt: null,
  }
}

/** Of an endpoint, before a measurement of it got as far as HTTP. */
export const NO_HTTP = { newestHttpAt: Number.MIN_SAFE_INTEGER, newestHttpFine: true } as const

export function newLine(): LineState {
  return { calm: [], rough: [], lostAt: null }
}
