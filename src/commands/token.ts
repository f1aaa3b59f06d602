/** token: who may change events through the API. A token is shown once; only its hash is kept. */
import { createHash, randomBytes } from 'node:crypto'
import { loadConfig } from '../config/load.ts'
import { locateConfig } from '../config/locate.ts'
import { AppError } from '../model/error.ts'
import { type RecordStore, openRecord } from '../store/record.ts'
import { table } from './table.ts'
import { showTime } from './time.ts'
import { print } from './with-history.ts'

const TOKEN_BYTES = 32

export interface TokenOptions {
  readonly config?: string
  readonly args: readonly string[]
  readonly json?: boolean
}

/** Makes a token and prints it, this once. @returns exit code */
export async function tokenCreateCommand({ config, args }: TokenOptions): Promise<number> {
  const name = args[0]!
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name) || name.length > 40) {
    throw new AppError(
      'usage',
      `'${name}' is no name for a token: write small letters, digits and single hyphens, at most 40, such as newsroom`,
    )
  }
  return withRecord(config, (record) => {
    const token = randomBytes(TOKEN_BYTES).toString('base64url')
    record.tokens.add(name, createHash('sha256').update(token).digest('hex'))
    print(token)
    process.stderr.write(
      `This is the only time it is shown. Send it as "Authorization: Bearer <token>"; the audit log will say token:${name}.\n`,
    )
  })
}

/** Prints who holds a token, never the tokens. @returns exit code */
export async function tokenListCommand({ config, json }: TokenOptions): Promise<number> {
  return withRecord(config, (record) => {
    const tokens = record.tokens.list()
    if (json === true)
      print(
        JSON.stringify(
          tokens.map(({ name, createdAt }) => ({ name, created: new Date(createdAt).toISOString() })),
          null,
          2,
        ),
      )
    else if (tokens.length === 0) print('There is no token: nobody can change events through the API.')
    else
      print(
        table(
          ['name', 'created (UTC)'],
          tokens.map(({ name, createdAt }) => [name, showTime(createdAt)]),
        ),
      )
  })
}

/** Makes a token worthless from now on. @returns exit code */
export async function tokenRevokeCommand({ config, args }: TokenOptions): Promise<number> {
  return withRecord(config, (record) => {
    record.tokens.remove(args[0]!)
    print(`revoked ${args[0]}`)
  })
}

async function withRecord(asked: string | undefined, work: (record: RecordStore) => void): Promise<number> {
  const { store } = await loadConfig(locateConfig(asked, process.env), process.env)
  const record = await openRecord(store.path, { now: Date.now })
  try {
    work(record)
    return 0
  } finally {
    record.close()
  }
}
