/** Kinds of value a configuration holds. Each says in one phrase what would be right; the JSON Schema comes from the same lines. */
import { isIP } from 'node:net'
import { createTask, validate } from 'node-cron'
import { z } from 'zod'
import { momentOf } from '../model/time.ts'
import { isTimeZone } from '../model/zone.ts'
import { whyNotReserved } from '../net/addresses.ts'
import { isHostName } from '../net/host-name.ts'

/** A whole number in a range, both ends allowed. */
export function whole(min: number, max: number) {
  const error = `must be a whole number from ${min} to ${max}`
  return z.int({ error }).min(min, { error }).max(max, { error })
}

/** A fraction strictly between 0 and 1. */
export function fraction() {
  const error = 'must be a number between 0 and 1, neither end included'
  return z.number({ error }).gt(0, { error }).lt(1, { error })
}

/** A number above 0, fractions allowed. */
export function positive() {
  const error = 'must be a number above 0'
  return z.number({ error }).gt(0, { error })
}

export function yesNo() {
  return z.boolean({ error: 'must be true or false' })
}

/** One of a few words. */
export function oneOf<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z.enum(words, { error: `must be one of ${words.join(', ')}` })
}

/** A string that is not empty. */
export function text(what = 'must be text', max = 500) {
  const error = `${what}, 1 to ${max} characters`
  return z.string({ error }).min(1, { error }).max(max, { error })
}

/** A string of a certain form, no longer than that. */
export function formed(form: RegExp, error: string, max: number) {
  return z.string({ error }).max(max, { error }).regex(form, { error })
}

/** What names a service, an endpoint, a canary or a vantage: it becomes part of stored ids and metric labels. */
export function name() {
  const error =
    'must be a name of small letters, digits and single hyphens, at most 40, starting with a letter'
  return formed(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, error, 40)
}

/** Whose an API token is; the audit log says it. */
export function tokenName() {
  const error = 'must be a name of small letters, digits and single hyphens, at most 40, such as newsroom'
  return formed(/^[a-z0-9]+(-[a-z0-9]+)*$/, error, 40)
}

/** A hash, never what was hashed. */
export function sha256() {
  const error = 'must be the SHA-256 of a token in 64 lower-case hex digits, never the token itself'
  return z.string({ error }).regex(/^[0-9a-f]{64}$/, { error })
}

/** What is fetched. Credentials have no place in it, nor has a fragment, which is never sent. */
export function webUrl() {
  const error = 'must be an http:// or https:// URL without credentials or fragment'
  return z.string({ error }).refine(isWebUrl, { error })
}

function isWebUrl(value: string): boolean {
  if (!URL.canParse(value)) return false
  const url = new URL(value)
  const web = url.protocol === 'http:' || url.protocol === 'https:'
  return web && url.username === '' && url.password === '' && !value.includes('#')
}

/** A cron expression of five fields, or six with seconds first, that comes due at some time. */
export function cron() {
  const error = 'must be a cron expression of five fields, or six with seconds first, that comes due'
  return z.string({ error }).refine(comesDue, { error })
}

function comesDue(expression: string): boolean {
  if (!validate(expression)) return false
  const task = createTask(expression, () => {})
  try {
    return task.getNextRuns(2).length === 2
  } catch {
    return false // 30 February is well formed, and node-cron throws on looking for it
  } finally {
    void task.destroy()
  }
}

/** An IANA time zone this machine knows. */
export function timezone() {
  const error = 'must be a time zone such as Asia/Dushanbe or UTC'
  return z.string({ error }).refine(isTimeZone, { error })
}

/** A day or a moment in UTC: `2019-08-19` or `2019-08-19T06:00:00Z`, thousandths allowed. */
export function moment() {
  const error = 'must be a UTC date such as 2019-08-19 or a moment such as 2019-08-19T06:00:00Z'
  return z.string({ error }).refine(isMoment, { error })
}

function isMoment(value: string): boolean {
  return /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d{1,3})?Z)?$/.test(value) && momentOf(value) !== null
}

/** A literal address; `null` = none. */
export function addressOrNull() {
  const error = 'must be a literal IP address such as 9.9.9.9, or null'
  return z
    .string({ error })
    .refine((value) => isIP(value) !== 0, { error })
    .nullable()
}

/** A range of addresses that the registries call reserved; never one that leads to the own machine, or to a cloud's keys. */
export function reservedPrefix() {
  const error = 'must be a prefix such as 198.51.100.0/24'
  const WRONG = {
    malformed: error,
    public: 'must lie within a range that the registries reserve, such as 198.51.100.0/24',
    own: 'must lead away from this machine and its own link',
  } as const
  return z.string({ error }).superRefine((value, ctx) => {
    const wrong = whyNotReserved(value)
    if (wrong !== null) ctx.addIssue({ code: 'custom', message: WRONG[wrong] })
  })
}

/** A host to connect to: an address or a name. */
export function host() {
  const error = 'must be a host name or an IP address, without port'
  return z.string({ error }).refine((value) => isIP(value) !== 0 || isHostName(value), { error })
}

/** A name on the internet, which is sent as a server name: no address, and no name of this network alone. */
export function publicName() {
  const error = 'must be a host name such as example.com'
  return z
    .string({ error })
    .refine((value) => isHostName(value) && value.includes('.'), { error })
    .toLowerCase()
}

/** A mapping with these keys and no others. */
export function section<const Keys extends z.ZodRawShape>(keys: Keys) {
  return z.strictObject(keys, { error: 'must be a mapping' })
}
