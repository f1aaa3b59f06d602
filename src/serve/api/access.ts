/** access: who may do what. A bearer token, of which only the SHA-256 is known here: from the configuration or the record. */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { RecordAccess } from './context.ts'
import { Problem } from './problem.ts'

/**
 * Finds out who asks.
 *
 * @returns the name of the token
 * @throws Problem 401 when there is none, or it is not known
 */
export function nameOf(
  request: FastifyRequest,
  { tokens, record }: Pick<RecordAccess, 'tokens' | 'record'>,
): string {
  const header = request.headers.authorization
  if (header === undefined) {
    throw unauthorized(
      'This requires a token: send the header Authorization: Bearer <token>. `didbon token create <name>` makes one.',
      'Bearer realm="didbon"',
    )
  }
  const token = /^Bearer +([\w.~+/-]+=*) *$/i.exec(header)?.[1]
  if (token === undefined) {
    throw unauthorized(
      'The Authorization header must read: Bearer, a space, and the token.',
      'Bearer realm="didbon", error="invalid_request"',
    )
  }
  const hash = createHash('sha256').update(token).digest()
  const found = configured(tokens, hash) ?? record.tokens.find(hash.toString('hex'))
  if (found === null) {
    throw unauthorized(
      'This token is not valid here; it may have been revoked, or belong to another instance.',
      'Bearer realm="didbon", error="invalid_token"',
    )
  }
  return found.name
}

/** Every one is looked at, so that the time it takes tells nothing. */
function configured(tokens: RecordAccess['tokens'], hash: Buffer): { readonly name: string } | null {
  let found: { readonly name: string } | null = null
  for (const { name, sha256 } of tokens) {
    if (timingSafeEqual(Buffer.from(sha256, 'hex'), hash)) found = { name }
  }
  return found
}

function unauthorized(detail: string, challenge: string): Problem {
  return new Problem(401, detail, { headers: { 'www-authenticate': challenge } })
}
