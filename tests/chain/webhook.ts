/** A receiver of webhooks: keeps whatever is posted to it, and when. */
import { once } from 'node:events'
import { type IncomingMessage, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** What Alertmanager posts to a webhook, as far as it is read here. */
export interface Notification {
  readonly status: 'firing' | 'resolved'
  readonly receiver: string
  readonly groupLabels: Readonly<Record<string, string>>
  readonly alerts: readonly {
    readonly status: 'firing' | 'resolved'
    readonly labels: Readonly<Record<string, string>>
    readonly annotations: Readonly<Record<string, string>>
    readonly startsAt: string
    readonly endsAt: string
  }[]
}

export interface Received {
  readonly path: string
  /** Unix ms */
  readonly at: number
  readonly authorization: string | null
  readonly body: unknown
}

export interface Inbox {
  readonly url: string
  readonly received: readonly Received[]
  /** The first that fits, among those received or to come; rejects when none has come in time. */
  readonly next: (fits: (each: Received) => boolean, withinMs: number) => Promise<Received>
  readonly close: () => Promise<void>
}

/** Starts to listen on 127.0.0.1. */
export async function openInbox(): Promise<Inbox> {
  const received: Received[] = []
  const waiting = new Set<() => void>()
  const take = async (request: IncomingMessage): Promise<void> => {
    const at = Date.now()
    const body: unknown = JSON.parse(await text(request))
    received.push({ path: request.url ?? '', at, authorization: request.headers.authorization ?? null, body })
    for (const measurement of waiting) measurement()
  }
  const server = createServer((request, response) => {
    void take(request).finally(() => response.end('ok'))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    next: (fits, withinMs) =>
      new Promise((resolve, reject) => {
        const measureOnce = () => {
          const found = received.find(fits)
          if (found !== undefined) settle(() => resolve(found))
        }
        const settle = (how: () => void) => {
          clearTimeout(deadline)
          waiting.delete(measureOnce)
          how()
        }
        const late = () =>
          reject(new Error(`nothing that fits within ${withinMs} ms: ${JSON.stringify(received)}`))
        const deadline = setTimeout(() => settle(late), withinMs)
        waiting.add(measureOnce)
        measureOnce()
      }),
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
