/**
 * The rules, in order. Order is meaning: the first that matches decides.
 *
 * fit? -> (how fast, where only that was asked) -> reached -> vantage well? -> proved by itself -> no control -> DNS lies -> down for the control -> fails here only
 *
 * Beyond OONI: a site that is down for the control is `down` whatever layer fails here, save for DNS lies; the OONI keys
 * beside the verdict still follow OONI's own order.
 */
import type { Rule } from './rule.ts'
import { TCP_RULES, TLS_RULES } from './rules/connection.ts'
import { DNS_LIES, DNS_RULES } from './rules/dns.ts'
import { FITNESS, HEALTH } from './rules/fit.ts'
import { HTTP_RULES } from './rules/http.ts'
import { PROVED_RULES, UNCONTROLLED } from './rules/proved.ts'
import { REACHED_RULES } from './rules/reached.ts'
import { THROUGHPUT_RULES } from './rules/throughput.ts'
import { WEIGHTS } from './weights.ts'

const DOWN = { outcome: 'down', reached: 'no', mechanism: null, weight: WEIGHTS.down, silent: false } as const

const SITE_DOWN: Rule = {
  ...DOWN,
  id: 'site_down_for_control_too',
  when: (e) => e.fault !== null && e.control !== null && !e.controlReached,
  because: 'The service was not reached from here, and the control does not reach it either.',
}

const ADDRESS_DOWN: Rule = {
  ...DOWN,
  id: 'address_down_for_control_too',
  when: (e) => e.addressDownForControl,
  because: 'The addresses tried here fail for the control too, though it gets the page from another one.',
}

const NOTHING_CONCLUSIVE: Rule = {
  id: 'nothing_conclusive',
  when: () => true,
  outcome: 'insufficient',
  reached: 'unknown',
  mechanism: null,
  weight: WEIGHTS.none,
  silent: false,
  because: 'The measurement ended before it was known whether the service was reached.',
}

export const RULES: readonly Rule[] = [
  ...FITNESS,
  ...THROUGHPUT_RULES,
  ...REACHED_RULES,
  ...HEALTH,
  ...PROVED_RULES,
  ...UNCONTROLLED,
  ...DNS_LIES,
  SITE_DOWN,
  ...DNS_RULES,
  ADDRESS_DOWN,
  ...TCP_RULES,
  ...TLS_RULES,
  ...HTTP_RULES,
  NOTHING_CONCLUSIVE,
]
