/** health: asks the daemon of this configuration whether it is alive. For container engines, whose images have no curl. */
import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { AppError } from '../model/error.ts'
import { tcpKey } from '../net/endpoint.ts'
import { configOf } from './config-of.ts'
import { type Listening, listeningAs } from './listening.ts'

export interface HealthOptions extends Listening {
  readonly config?: string
  /** ask /readyz instead: whether the schedule runs and the database takes what is measured */
  readonly ready?: boolean
}

const TIMEOUT_MS = 4_000
const MAX_TEXT = 500
const EXIT_NOT_WELL = 1

/**
 * Asks once.
 *
 * @returns 0 when it answers 200, else 1 with the reason on stderr
 * @throws AppError `usage` when the port is not known: it was left to chance
 */
export async function healthCommand(options: HealthOptions): Promise<number> {
  const config = listeningAs(await configOf(options.config), options)
  const { host, port } = config.serve
  if (port === 0)
    throw new AppError('usage', 'serve.port is 0, so the daemon took any free port: name it with --port')
  const url = `http://${tcpKey(askable(host), port)}/${options.ready === true ? 'readyz' : 'healthz'}`
  const trouble = await ask(url)
  if (trouble === null) return 0
  process.stderr.write(`didbon: ${url} ${trouble}\n`)
  return EXIT_NOT_WELL
}

/** @returns what is wrong; `null` = nothing */
async function ask(url: string): Promise<string | null> {
  const signal = AbortSignal.timeout(TIMEOUT_MS)
  try {
    const [answer] = (await once(get(url, { signal }), 'response', { signal })) as [IncomingMessage]
    const text = await beginningOf(answer)
    return answer.statusCode === 200 ? null : `answered ${answer.statusCode}: ${text}`
  } catch (error) {
    return `did not answer: ${(signal.aborted ? (signal.reason as Error) : (error as Error)).message}`
  }
}

/** Whatever listens there may go on for ever. */
async function beginningOf(answer: IncomingMessage): Promise<string> {
  let text = ''
  for await (const part of answer.setEncoding('utf8')) {
    text += String(part)
    if (text.length >= MAX_TEXT) break
  }
  return text.slice(0, MAX_TEXT)
}

/** An address to ask, for one to listen on: everywhere includes here. */
function askable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  return host === '::' ? '::1' : host
}
