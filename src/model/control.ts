/** What the same endpoint looked like from a network we trust, layer by layer. */

/** The final page the control got, or why it got none. */
export interface ControlPage {
  readonly failure: string | null
  readonly status: number | null
  readonly headers: readonly (readonly [string, string])[]
  readonly title: string | null
  /** of the decoded body; 0 when there was none */
  readonly bodyBytes: number
  /** every host on the way to that page; `null` when not known (OONI's control does not say) */
  readonly hosts: readonly string[] | null
}

export interface ControlFacts {
  /** the URL's own host; `null` when the URL holds an address, or nobody looked */
  readonly dns: {
    /** no answer is not a failure here: it is `null` with no addresses */
    readonly failure: string | null
    readonly addresses: readonly string[]
    readonly asns: readonly number[]
  } | null
  /** failure by `tcpKey` of net/endpoint.ts: `192.0.2.1:443`, `[2001:db8::1]:443` */
  readonly tcp: Readonly<Record<string, string | null>>
  /** failure by `tlsKey`: the endpoint, a space, and the name asked for there */
  readonly tls: Readonly<Record<string, string | null>>
  /** `null` when the control never tried */
  readonly http: ControlPage | null
}
