/** log: the only file that knows pino. Lines go to stderr, so that stdout carries results alone. */
import { type DestinationStream, type Logger, pino } from 'pino'
import pretty from 'pino-pretty'

export type Log = Logger

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** Keys that must never be written, wherever they stand in a line. */
const SECRETS = ['password', '*.password', 'username', '*.username', 'token', '*.token', 'authorization']

/**
 * Makes the daemon's logger: JSON lines, or readable ones on a terminal.
 *
 * @param level the least severe level to write
 * @param to where lines go; stderr unless told otherwise
 */
export function createLog(level: LogLevel, to: NodeJS.WriteStream = process.stderr): Log {
  const destination: DestinationStream = to.isTTY
    ? pretty({ destination: to, sync: true, ignore: 'pid,hostname', translateTime: 'HH:MM:ss.l' })
    : to
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, redact: { paths: SECRETS, censor: '…' } },
    destination,
  )
}
