/** The shape of the `diagnose` section: what blocked names and addresses are compared with, and how often. */
import { z } from 'zod'
import { DIAGNOSE_TIMES } from '../model/diagnosis-times.ts'
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../model/time.ts'
import { addressOrNull, publicName, section, whole, yesNo } from './fields.ts'

function hostNames(what: string) {
  return z
    .array(publicName(), { error: 'must be a list of host names' })
    .min(1, { error: 'must name at least one host' })
    .max(8, { error: 'must name at most 8 hosts' })
    .describe(what)
}

export const diagnoseSchema = section({
  enabled: yesNo().default(true).describe('Diagnose outages as they open, change, and while they last.'),
  everyMs: whole(MINUTE_MS, 7 * DAY_MS)
    .default(DIAGNOSE_TIMES.everyMs)
    .describe('Time between diagnoses while an outage lasts.'),
  leastGapMs: whole(SECOND_MS, DAY_MS)
    .default(DIAGNOSE_TIMES.leastGapMs)
    .describe('Least time between two diagnoses of one service from one vantage.'),
  totalTimeoutMs: whole(5 * SECOND_MS, 5 * MINUTE_MS)
    .default(DIAGNOSE_TIMES.totalTimeoutMs)
    .describe('Budget of one diagnosis in all.'),
  trialTimeoutMs: whole(100, MINUTE_MS)
    .default(5 * SECOND_MS)
    .describe('How long a trial waits for an answer before it counts as silence.'),
  maxTrials: whole(20, 500).default(120).describe('Most trials of one diagnosis.'),
  neutralHosts: hostNames(
    'Web servers that belong to no service and that nobody blocks; the first that answers is used.',
  ).default(['example.com', 'dns.quad9.net']),
  otherNames: hostNames(
    'Names that nobody blocks and that the neutral servers do not serve: sent to them beside the blocked one.',
  ).default(['www.iana.org']),
  controlNames: hostNames('Names that nobody blocks, to query the resolvers for.').default([
    'example.com',
    'www.iana.org',
  ]),
  publicResolver: addressOrNull()
    .default('9.9.9.9')
    .describe('A resolver abroad, asked over UDP and TCP along the same path. null: none.'),
  noResolver: addressOrNull()
    .default(null)
    .describe('An address abroad where no resolver runs. null: that of the neutral server.'),
})
