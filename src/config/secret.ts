/**
 * References inside strings: `${NAME}` is an environment variable, `${file:/run/secrets/x}` the text of a file without
 * its last newline, `$${` a plain `${`. What they bring in never shows in a message.
 */
import { readFile, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'

export type Env = Readonly<Record<string, string | undefined>>

const MAX_SECRET_BYTES = 64 * 1024
const REFERENCE = /\$\$\{|\$\{([^}]*)\}?/g

/** One string after its references were followed. */
export interface Filled {
  readonly text: string
  /** the text holds something from outside the file: never show it */
  readonly secret: boolean
  readonly problems: readonly string[]
  /** secret files read, or tried */
  readonly files: readonly string[]
}

/** Follows the references in one string. What cannot be followed is a problem and leaves nothing in its place. */
export async function fillIn(text: string, env: Env, configFile: string): Promise<Filled> {
  const problems: string[] = []
  const files: string[] = []
  let out = ''
  let from = 0
  let secret = false
  for (const match of text.matchAll(REFERENCE)) {
    out += text.slice(from, match.index)
    from = match.index + match[0].length
    if (match[0] === '$${') {
      out += '${'
      continue
    }
    secret = true
    const name = match[1] ?? ''
    if (match[0].endsWith('}') && name.startsWith('file:')) {
      const file = resolve(dirname(configFile), name.slice('file:'.length))
      files.push(file)
      const read = await readSecret(file)
      if ('problem' in read) problems.push(read.problem)
      else out += read.text
    } else if (match[0].endsWith('}') && /^[A-Za-z_]\w*$/.test(name)) {
      if (env[name]) out += env[name]
      else problems.push(`environment variable ${name} is not set, or is empty`)
    } else {
      problems.push('holds a reference that is neither ${NAME} nor ${file:/path}; write $${ for a plain ${')
    }
  }
  return { text: out + text.slice(from), secret, problems, files }
}

async function readSecret(file: string): Promise<{ text: string } | { problem: string }> {
  try {
    if ((await stat(file)).size > MAX_SECRET_BYTES) return { problem: `secret file ${file} is over 64 KiB` }
    const text = (await readFile(file, 'utf8')).replace(/\r?\n$/, '')
    return text === '' ? { problem: `secret file ${file} is empty` } : { text }
  } catch (error) {
    return { problem: `cannot read secret file ${file} (${codeOf(error)})` }
  }
}

/** The system's short word for what went wrong with a file: `ENOENT`, `EACCES`. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}
