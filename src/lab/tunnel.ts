/** One TCP connection out of a network, from the client's CONNECT on. */
import type { Socket } from 'node:net'
import { Conversation } from './conversation.ts'
import { answerDnsStream } from './dns-stream.ts'
import { reset, type Inside } from './inside.ts'
import type { Reporting } from './proxy-manner.ts'
import { finish } from './tamper.ts'
import { decideTreatment, isRefusal, lossOf, synDelayMs } from './treatment.ts'

/** A connection that is being opened, or is open. */
export interface Tunnel {
  readonly address: string
  /** From now on nothing gets through in either direction, and nobody is told. */
  silence(): void
}

interface Request {
  readonly address: string
  readonly port: number
  /** what the client sent right behind its request */
  readonly early: Buffer
}

/** Takes over the client's socket. Never throws; ends with that socket. @param reporting what the proxy says of it */
export function openTunnel(
  inside: Inside,
  client: Socket,
  { address, port, early }: Request,
  reporting: Reporting,
): Tunnel {
  const waiting = [early]
  let listener = (chunk: Buffer): void => void waiting.push(chunk)
  let conversation: Conversation | null = null
  client.on('data', (chunk: Buffer) => listener(chunk))

  const hand = (to: (chunk: Buffer) => void): void => {
    listener = to
    for (const chunk of waiting.splice(0)) if (chunk.length > 0) to(chunk)
  }
  const meet = (): void => {
    const treatment = decideTreatment(inside, address, port)
    if (treatment === 'silence') return
    if (treatment === 'reset') return reset(inside, client)
    if (isRefusal(treatment)) return reporting.failed(treatment)
    reporting.opened()
    if (treatment === 'accept-reset') return reset(inside, client)
    if (treatment === 'accept-close') return finish(client)
    if (treatment === 'accept-drop') return
    if (treatment === 'dns') return hand(answerDnsStream(inside, client, address))
    const [site] = inside.world.at(address)
    const opened = new Conversation(
      inside,
      client,
      treatment,
      { address, port },
      site?.bytesPerSecond ?? null,
    )
    conversation = opened
    hand((chunk) => opened.receive(chunk))
  }

  const delayMs = synDelayMs(inside, lossOf(inside, address, port))
  const cancel = delayMs === null ? () => undefined : inside.scope.after(delayMs, meet)
  client.once('close', () => {
    cancel()
    conversation?.stop()
  })
  return {
    address,
    silence() {
      cancel()
      listener = () => undefined
      conversation?.stop()
    },
  }
}
