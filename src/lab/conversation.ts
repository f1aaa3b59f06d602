/** An open connection from its first bytes on: read what the client opens with, ask the censor, then carry bytes between the two. */
import { connect, type Socket } from 'node:net'
import { createArrival, SEGMENT_BYTES } from './arrival.ts'
import { narrow, type Narrow } from './bucket.ts'
import type { HttpRule, TlsRule } from './censor.ts'
import { readOpening } from './client-hello.ts'
import type { ResidualBlock } from './residual-blocks.ts'
import { addressesIn, destination, reset, type Inside } from './inside.ts'
import { httpRule, lossTo, swallows, tlsRule, type Destination } from './matching.ts'
import type { Origin, Scheme } from './origin.ts'
import { asHttp1, blockPage, htmlPage, redirectPage, type Page } from './page.ts'
import { carry, drip, finish, type Carried, type Cut } from './tamper.ts'

const DRIP_PROMISES_BYTES = 1_000_000
const CUT_AFTER_BYTES = 400
const DRIP_EVERY_MS = 1000
const HOW = { 'reset-after': 'reset', 'fin-after': 'fin', truncate: 'fin', 'drop-after': 'drop' } as const
/** @see RFC 6066 3 */
const UNRECOGNIZED_NAME = 112
/** A fatal alert as one record. @see RFC 8446 6 */
const alert = (description: number): Buffer => Buffer.from([0x15, 3, 3, 0, 2, 2, description])
const REQUEST_LINE = /^[A-Z]{3,8} \S+ HTTP\/1\.[01]\r\n/

/** One client talking to one machine through the censor. */
export class Conversation {
  readonly #inside: Inside
  readonly #client: Socket
  readonly #origin: Origin
  readonly #scheme: Scheme
  readonly #siteBytesPerSecond: number | null
  readonly #to: Destination
  /** pieces heard before the opening was understood */
  #pieces = 0
  /** read, but not yet understood */
  #unread = Buffer.alloc(0)
  /** understood, but the machine is not connected to yet; `null` before it is known what to do and once connected */
  #unsent: Buffer[] | null = null
  #upstream: Socket | null = null
  #carried: Carried | null = null
  /** what a censor lets through of it; `null` = all, as it comes */
  #policed: Narrow | null = null
  #over = false

  /** @param siteBytesPerSecond how fast the machine at the other end serves; `null` = as fast as it can */
  constructor(
    inside: Inside,
    client: Socket,
    origin: Origin,
    to: { readonly address: string; readonly port: number },
    siteBytesPerSecond: number | null,
  ) {
    this.#inside = inside
    this.#client = client
    this.#origin = origin
    this.#scheme = to.port === 443 ? 'https' : 'http'
    this.#to = destination(inside, to.address, to.port)
    this.#siteBytesPerSecond = siteBytesPerSecond
  }

  /** Takes the next bytes from the client. */
  receive(chunk: Buffer): void {
    if (this.#over) return
    if (this.#isSwallowed(chunk.length, 'out')) return this.stop()
    const nextRequest = this.#scheme === 'http' && REQUEST_LINE.test(chunk.toString('latin1', 0, 2048))
    const underWay = this.#upstream !== null || this.#unsent !== null
    if (underWay && this.#unread.length === 0 && !nextRequest) return this.#pass(chunk)
    this.#unread = Buffer.concat([this.#unread, chunk])
    this.#pieces += 1
    const opening = readOpening(this.#unread)
    if (opening.kind === 'more') return
    const bytes = this.#unread
    this.#unread = Buffer.alloc(0)
    const inOneSegment = this.#pieces === 1 && bytes.length <= SEGMENT_BYTES
    const { censor } = this.#inside
    const rule =
      opening.kind === 'tls'
        ? tlsRule(censor, { serverName: opening.serverName, to: this.#to, inOneSegment })
        : opening.kind === 'http'
          ? httpRule(censor, opening.host, this.#to)
          : null
    if (rule?.layer === 'tls') this.#meetTls(rule, bytes)
    else if (rule?.layer === 'http') this.#meetHttp(rule, bytes)
    else if (opening.kind === 'tls') this.#meetServer(opening.serverName, bytes)
    else this.#goOn(bytes)
  }

  /** From now on nothing gets through, and the client is not told. */
  stop(): void {
    this.#over = true
    this.#carried?.stop()
  }

  /** A server may have no time for names that are not its own. */
  #meetServer(serverName: string | null, bytes: Buffer): void {
    const away = this.#origin.turnsAway(serverName)
    if (away === 'alert') return this.#seize(() => finish(this.#client, alert(UNRECOGNIZED_NAME)))
    if (away === 'reset') return this.#seize(() => reset(this.#inside, this.#client))
    if (away === 'silence') return this.#seize(() => undefined)
    this.#goOn(bytes)
  }

  #meetTls(rule: TlsRule, bytes: Buffer): void {
    if (rule.residualMs !== undefined) {
      const how: ResidualBlock =
        rule.action === 'drop' || rule.action === 'drop-after' ? 'silence' : 'accept-reset'
      this.#inside.residualBlocks.block(this.#to.address, this.#to.port, how, rule.residualMs)
    }
    switch (rule.action) {
      case 'reset':
        return this.#seize(() => reset(this.#inside, this.#client))
      case 'drop':
        return this.#seize(() => undefined)
      case 'fin':
        return this.#seize(() => finish(this.#client))
      case 'alert':
        return this.#seize(() => {
          const record = alert(rule.description ?? UNRECOGNIZED_NAME)
          if (rule.end !== 'reset') return finish(this.#client, record)
          this.#client.write(record, () => reset(this.#inside, this.#client))
        })
      case 'cleartext':
        return this.#seize(() => finish(this.#client, asHttp1(this.#blockPage(rule.page))))
      case 'mitm':
        return this.#goOn(bytes, null, this.#inside.impostor(rule))
      case 'reset-after':
      case 'fin-after':
      case 'drop-after':
        return this.#goOn(bytes, { afterBytes: rule.afterBytes, how: HOW[rule.action] })
      case 'drip-after': {
        const { afterBytes, everyMs = DRIP_EVERY_MS } = rule
        return this.#goOn(bytes, { afterBytes, how: 'drip', everyMs })
      }
      case 'throttle':
        this.#policed = narrow(rule.bytesPerSecond, rule.burstBytes)
        return this.#goOn(bytes)
    }
  }

  #meetHttp(rule: HttpRule, bytes: Buffer): void {
    const { spec, scope } = this.#inside
    const client = this.#client
    switch (rule.action) {
      case 'reset':
        return this.#seize(() => reset(this.#inside, client))
      case 'drop':
        return this.#seize(() => undefined)
      case 'redirect': {
        const page = redirectPage(rule.location ?? `http://${spec.blockHost.host}/`, 302)
        return this.#seize(() => finish(client, asHttp1(page)))
      }
      case 'blockpage':
        return this.#seize(() => finish(client, asHttp1(this.#blockPage(rule.page))))
      case 'drip': {
        const head = asHttp1(htmlPage(''), DRIP_PROMISES_BYTES)
        return this.#seize(() => drip(client, head, rule.everyMs ?? DRIP_EVERY_MS, scope))
      }
      case 'reset-after':
      case 'truncate':
      case 'drop-after':
        return this.#goOn(bytes, { afterBytes: rule.afterBytes ?? CUT_AFTER_BYTES, how: HOW[rule.action] })
    }
  }

  #blockPage(text: string | undefined): Page {
    return text === undefined ? blockPage(this.#inside.spec.isp) : htmlPage(text)
  }

  #isSwallowed(bytes: number, direction: 'out' | 'in'): boolean {
    return swallows(this.#inside.censor, this.#to, { bytes, direction }, addressesIn(this.#inside))
  }

  /** The censor answers, `delayMs` later, and the site hears no more of it. */
  #seize(act: () => void): void {
    this.stop()
    this.#inside.scope.after(this.#inside.conditions.delayMs, () => {
      if (!this.#client.destroyed) act()
    })
  }

  #goOn(bytes: Buffer, cut: Cut | null = null, origin: Origin = this.#origin): void {
    if (this.#upstream || this.#unsent) {
      if (cut) this.#carried?.cutAfter(cut)
      return this.#pass(bytes)
    }
    this.#unsent = [bytes]
    void this.#connect(origin, cut)
  }

  async #connect(origin: Origin, cut: Cut | null): Promise<void> {
    const inside = this.#inside
    const { scope } = inside
    const client = this.#client
    const port = await origin.port(this.#scheme).catch(() => null)
    if (this.#over || client.destroyed) return
    // A lab that cannot listen, because it is closing or out of descriptors, is a site that fell over.
    if (port === null) return void client.resetAndDestroy()
    const upstream = scope.hold(connect({ host: '127.0.0.1', port, noDelay: true }))
    this.#upstream = upstream
    const narrows = [narrow(this.#siteBytesPerSecond), this.#policed, inside.line]
    this.#carried = carry(upstream, client, {
      scope,
      arrive: createArrival(inside, () => lossTo(inside.censor, this.#to, addressesIn(inside))),
      swallows: (bytes) => this.#isSwallowed(bytes, 'in'),
      reset: () => reset(inside, client),
      narrows: narrows.filter((narrow) => narrow !== null),
    })
    if (cut) this.#carried.cutAfter(cut)
    const unsent = this.#unsent ?? []
    this.#unsent = null
    for (const chunk of unsent) this.#pass(chunk)
  }

  #pass(chunk: Buffer): void {
    if (this.#unsent) return void this.#unsent.push(chunk)
    const upstream = this.#upstream!
    if (upstream.destroyed || upstream.write(chunk)) return
    this.#client.pause()
    upstream.once('drain', () => this.#client.resume())
  }
}
