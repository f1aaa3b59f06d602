/** What comes back for a cleartext DNS question asked on a network: the truth, a lie, several replies, or nothing. */
import type { DnsRule } from './censor.ts'
import {
  readQuestion,
  writeAddress,
  writeCode,
  writeCut,
  writeRecords,
  type Question,
} from './dns-message.ts'
import { isBeyondReach, isDomestic, isIspResolver, type Inside } from './inside.ts'
import { dnsRule } from './matching.ts'

/** Where forged answers point unless the rule says otherwise. */
const FORGED = { bogus: '185.53.178.51', private: '10.10.34.35', loopback: '127.0.0.1' } as const
const TRUE_AFTER_MS = 60

/** One datagram or message that comes back. */
export interface Reply {
  readonly afterMs: number
  readonly message: Buffer
}

/**
 * Answers one message sent to `resolver` on port 53.
 *
 * @param over a forged answer can race the true one over UDP only
 * @returns nothing when nothing would come back: a drop, a dead address, garbage
 */
export function answerDns(inside: Inside, resolver: string, message: Buffer, over: 'udp' | 'tcp'): Reply[] {
  const question = readQuestion(message)
  if (!question) return []
  const truth = answerTruthfully(inside, resolver, question)
  const { name, type } = question
  const own = isIspResolver(inside, resolver)
  const abroad = !isDomestic(inside, resolver) || inside.world.records(name)?.domestic !== true
  const rule = dnsRule(inside.censor, { name, type, over, resolver, own, abroad })
  // Behind a cut link nothing answers for a foreign resolver; the provider's own still lies.
  if (rule === null || isBeyondReach(inside, resolver)) {
    return truth ? [{ afterMs: 0, message: truth }] : []
  }
  return tamper(rule, question, truth, over)
}

function tamper(rule: DnsRule, question: Question, truth: Buffer | null, over: 'udp' | 'tcp'): Reply[] {
  const now = (message: Buffer): Reply[] => [{ afterMs: 0, message }]
  if (rule.dropsEdns && question.edns) return []
  const late = (afterMs: number): Reply[] => (truth ? [{ afterMs, message: truth }] : [])
  switch (rule.action) {
    case 'timeout':
      return []
    case 'truncate':
      return over === 'tcp' ? late(0) : now(writeCut(question))
    case 'empty':
      return now(writeCode(question, 'noerror', rule.says))
    case 'nxdomain':
    case 'servfail':
    case 'refused':
      return now(writeCode(question, rule.action, rule.says))
    case 'bogus':
    case 'private':
    case 'loopback':
      return now(writeAddress(question, rule.address ?? FORGED[rule.action], rule.says))
    case 'inject':
      if (over === 'tcp' || question.type !== 'A') return late(0)
      return [
        ...now(writeAddress(question, rule.address ?? FORGED.bogus)),
        ...late(rule.trueAfterMs ?? TRUE_AFTER_MS),
      ]
  }
}

/** What an honest resolver at that address says; `null` when none is there, or it cannot be reached. */
function answerTruthfully(inside: Inside, resolver: string, question: Question): Buffer | null {
  const { world, conditions } = inside
  const records = world.records(question.name)
  if (isIspResolver(inside, resolver)) {
    // Its caches and the country's own zones are inside; for the rest it has to ask abroad.
    if (conditions.international !== 'up' && !records?.domestic) return writeCode(question, 'servfail')
    return writeRecords(question, records)
  }
  const site = world.at(resolver).find(({ spec }) => spec.resolver)
  if (!site || site.downAs === 'refused' || site.downAs === 'timeout') return null
  if (isBeyondReach(inside, resolver)) return null
  return writeRecords(question, records)
}
