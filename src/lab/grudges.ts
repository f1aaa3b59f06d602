/** What a censor remembers after it has acted: for a while the same network's connections to that address and port are cut too. */

/** How connections are met meanwhile. */
export type Grudge = 'silence' | 'accept-reset'

export interface Grudges {
  bear(address: string, port: number, how: Grudge, ms: number): void
  forget(): void
  /** `null`: none, or it is forgotten */
  against(address: string, port: number): Grudge | null
}

/** A censor that remembers nothing yet. */
export function openGrudges(): Grudges {
  const borne = new Map<string, { readonly how: Grudge; readonly untilMs: number }>()
  return {
    bear(address, port, how, ms) {
      borne.set(`${address} ${port}`, { how, untilMs: performance.now() + ms })
    },
    forget: () => borne.clear(),
    against(address, port) {
      const grudge = borne.get(`${address} ${port}`)
      return grudge !== undefined && performance.now() < grudge.untilMs ? grudge.how : null
    },
  }
}
