/** An open connection from its first bytes on: read what the client opens with, ask the censor, then carry bytes between the two. */
import { connect, isIPv6, type Socket } from 'node:net'
import { narrow, type Narrow } from './bucket.ts'
import { httpRule, tlsRule, type HttpRule, type TlsRule } from './censor.ts'
import { readOpening } from './client-hello.ts'
import type { ResidualBlock } from './residual-blocks.ts'
import type { Inside } from './inside.ts'
import type { Origin, Scheme } from './origin.ts'
import { asHttp1, blockPage, htmlPage, redirectPage } from './page.ts'
import { carry, drip, finish, type Carried, type Cut } from './tamper.ts'

const DRIP_PROMISES_BYTES = 1_000_000
const CUT_AFTER_BYTES = 400
const DRIP_EVERY_MS = 1000
const HOW = { 'reset-after': 'reset', 'fin-after': 'fin', truncate: 'fin', 'drop-after': 'drop' } as const
/** What an Ethernet packet holds for TCP over IPv4. */
const SEGMENT_BYTES = 1460
/** A fatal alert, unrecognized_name. @see RFC 6066 3 */
const ALERT = Buffer.from([0x15, 3, 3, 0, 2, 2, 112])
const REQUEST_LINE = /^[A-Z]{3,8} \S+ HTTP\/1\.[01]\r\n/

/** One client talking to one machine through the censor. */
export class Conversation {
  readonly #inside: Inside
  readonly #client: Socket
  readonly #origin: Origin
  readonly #scheme: Scheme
  readonly #siteBytesPerSecond: number | null
  readonly #to: { readonly address: string; readonly port: number }
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
    this.#to = to
    this.#siteBytesPerSecond = siteBytesPerSecond
  }

  /** Takes the next bytes from the client. */
  receive(chunk: Buffer): void {
    if (this.#over) return
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
    const family = isIPv6(this.#to.address) ? 6 : 4
    const rule =
      opening.kind === 'tls'
        ? tlsRule(this.#inside.censor, { serverName: opening.serverName, family, inOneSegment })
        : opening.kind === 'http'
          ? httpRule(this.#inside.censor, opening.host)
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
    if (away === 'alert') return this.#seize(() => finish(this.#client, ALERT))
    if (away === 'reset') return this.#seize(() => this.#client.resetAndDestroy())
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
        return this.#seize(() => this.#client.resetAndDestroy())
      case 'drop':
        return this.#seize(() => undefined)
      case 'fin':
        return this.#seize(() => finish(this.#client))
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
        return this.#seize(() => client.resetAndDestroy())
      case 'drop':
        return this.#seize(() => undefined)
      case 'redirect': {
        const page = redirectPage(rule.location ?? `http://${spec.blockHost.host}/`, 302)
        return this.#seize(() => finish(client, asHttp1(page)))
      }
      case 'blockpage': {
        const page = rule.page === undefined ? blockPage(spec.isp) : htmlPage(rule.page)
        return this.#seize(() => finish(client, asHttp1(page)))
      }
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
    const { scope, conditions } = this.#inside
    const client = this.#client
    const port = await origin.port(this.#scheme).catch(() => null)
    if (this.#over || client.destroyed) return
    // A lab that cannot listen, because it is closing or out of descriptors, is a site that fell over.
    if (port === null) return void client.resetAndDestroy()
    const upstream = scope.hold(connect({ host: '127.0.0.1', port, noDelay: true }))
    this.#upstream = upstream
    const narrows = [narrow(this.#siteBytesPerSecond), this.#policed, this.#inside.line]
    this.#carried = carry(
      upstream,
      client,
      conditions.delayMs,
      scope,
      narrows.filter((narrow) => narrow !== null),
    )
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
