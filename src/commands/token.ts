/** token: who may change events through the API. A token is shown once; only its hash is kept. */
import { createHash, randomBytes } from 'node:crypto'
import { AppError } from '../model/error.ts'
import { type RecordStore, openRecord } from '../store/catalog/record.ts'
import { showToken, tokenRow } from '../views/rows/token.ts'
import { showTime } from '../views/text/time.ts'
import { configOf } from './config-of.ts'
import { print, printRows } from './print.ts'
import type { Format } from './register.ts'

const TOKEN_BYTES = 32

export interface TokenOptions {
  readonly config?: string
  readonly args: readonly string[]
}

/** Makes a token and prints it, this once. @returns exit code */
export async function tokenCreateCommand({ config, args }: TokenOptions): Promise<number> {
  const name = args[0]!
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name) || name.length > 40) {
    throw new AppError(
      'usage',
      `'${name}' is not a name for a token: use small letters, digits and single hyphens, at most 40, such as newsroom`,
    )
  }
  return withRecord(config, (record, configured) => {
    if (configured.includes(name)) {
      throw new AppError(
        'usage',
        `serve.tokens of the configuration has a token named ${name} already; choose another name`,
      )
    }
    const token = randomBytes(TOKEN_BYTES).toString('base64url')
    record.tokens.add(name, createHash('sha256').update(token).digest('hex'))
    print(token)
    process.stderr.write(
      `This is the only time it is shown. Send it as "Authorization: Bearer <token>"; the audit log will say token:${name}.\n`,
    )
  })
}

/** Prints who holds a token, never the tokens. @returns exit code */
export async function tokenListCommand({
  config,
  format,
  json,
}: TokenOptions & { readonly format: Format; readonly json?: boolean }): Promise<number> {
  return withRecord(config, (record, configured) => {
    const tokens = [
      ...record.tokens.list().map(({ name, createdAt }) => ({ name, createdAt, from: 'store' as const })),
      ...configured.map((name) => ({ name, createdAt: null, from: 'configuration' as const })),
    ]
    printRows(tokens, json === true ? 'json' : format, {
      row: tokenRow,
      show: showToken,
      heading: ['name', 'created (UTC)', 'kept in'],
      cells: ({ name, createdAt, from }) => [name, showTime(createdAt), from],
      none: 'There are no tokens: nobody can change events through the API.',
    })
  })
}

/** Makes a token worthless from now on. @returns exit code */
export async function tokenRevokeCommand({ config, args }: TokenOptions): Promise<number> {
  return withRecord(config, (record, configured) => {
    if (configured.includes(args[0]!)) {
      throw new AppError(
        'usage',
        `${args[0]} is in serve.tokens of the configuration: take it out there, and restart the daemon`,
      )
    }
    record.tokens.remove(args[0]!)
    print(`revoked ${args[0]}`)
  })
}

/** @param work is given the names of the tokens in the configuration too */
async function withRecord(
  file: string | undefined,
  work: (record: RecordStore, configured: readonly string[]) => void,
): Promise<number> {
  const { store, serve } = await configOf(file)
  const record = await openRecord(store.path, { now: Date.now })
  try {
    work(
      record,
      serve.tokens.map(({ name }) => name),
    )
    return 0
  } finally {
    record.close()
  }
}
