/** tokens: who may write through the API. Only the SHA-256 of a random token is kept, so the file gives nobody away. */
import { timingSafeEqual } from 'node:crypto'
import type { Database } from 'better-sqlite3'
import { AppError } from '../../model/error.ts'

export interface Token {
  readonly name: string
  /** Unix ms */
  readonly createdAt: number
}

const SHA256_HEX = /^[0-9a-f]{64}$/

/** @param now Unix ms */
export function createTokens(db: Database, now: () => number) {
  const insert = db.prepare(
    'insert into token (name, hash, created_at) values (?, ?, ?) on conflict do nothing',
  )
  const remove = db.prepare('delete from token where name = ?')
  const all = db.prepare<[], Token & { hash: string }>(
    'select name, hash, created_at as createdAt from token order by name',
  )
  return {
    /** @param hash SHA-256 of the token, hex. @throws AppError usage when the name is taken, or this is no such hash */
    add(name: string, hash: string): void {
      if (!SHA256_HEX.test(hash)) {
        throw new AppError(
          'usage',
          'A token is kept as its SHA-256 in 64 lower-case hex digits, and as nothing else.',
        )
      }
      if (insert.run(name, hash, now()).changes === 0) {
        throw new AppError(
          'usage',
          `There is a token named ${name} already. Choose another name, or remove that one first.`,
        )
      }
    },
    list: (): readonly Token[] => all.all().map(({ name, createdAt }) => ({ name, createdAt })),
    /** @throws AppError not_found */
    remove(name: string): void {
      if (remove.run(name).changes === 0) throw new AppError('not_found', `There is no token named ${name}.`)
    },
    /** The token with this hash, compared in constant time; `null` = there is none. */
    find(hash: string): Token | null {
      if (!SHA256_HEX.test(hash)) return null
      const wanted = Buffer.from(hash, 'hex')
      let found: Token | null = null
      for (const token of all.all()) {
        if (timingSafeEqual(Buffer.from(token.hash, 'hex'), wanted))
          found = { name: token.name, createdAt: token.createdAt }
      }
      return found
    },
  }
}
