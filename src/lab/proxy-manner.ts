/** How a network's proxy says that a connection is open, or that it could not be opened: programs differ, and some hide the reason. */
import type { Socket } from 'node:net'
import { REPLY, type ReplyName, writeReply } from '../vantage/socks-message.ts'
import type { Inside } from './inside.ts'
import { finish } from './tamper.ts'

/** What the proxy says of one CONNECT. */
export interface Reporting {
  opened(): void
  /** Ends the connection. */
  failed(why: ReplyName): void
}

const GIVES_UP_AFTER_MS = 50

/** Begins to answer a CONNECT. Anything that is silent is never reported. */
export function report({ conditions, scope }: Inside, client: Socket): Reporting {
  const say = (name: ReplyName): void => void client.write(writeReply(REPLY[name]))
  const refuse = (name: ReplyName): void => {
    say(name)
    finish(client)
  }
  const opened = (): void => say('open')
  switch (conditions.proxy) {
    case 'plain':
      return { opened, failed: refuse }
    case 'general':
      return { opened, failed: () => refuse('generalFailure') }
    case 'closes':
      return { opened, failed: () => finish(client) }
    case 'mute':
      return { opened: () => undefined, failed: () => undefined }
    case 'early-success':
      say('open')
      return {
        opened: () => undefined,
        failed: () => void scope.after(GIVES_UP_AFTER_MS, () => finish(client)),
      }
  }
}
