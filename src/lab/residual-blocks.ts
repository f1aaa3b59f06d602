/** What a censor remembers after it has acted: for a while the same network's connections to that address and port are cut too. */

/** How connections are met meanwhile. */
export type ResidualBlock = 'silence' | 'accept-reset'

export interface ResidualBlocks {
  block(address: string, port: number, how: ResidualBlock, ms: number): void
  forget(): void
  /** `null`: none, or it is forgotten */
  against(address: string, port: number): ResidualBlock | null
}

/** A censor that remembers nothing yet. */
export function createResidualBlocks(): ResidualBlocks {
  const borne = new Map<string, { readonly how: ResidualBlock; readonly untilMs: number }>()
  return {
    block(address, port, how, ms) {
      borne.set(`${address} ${port}`, { how, untilMs: performance.now() + ms })
    },
    forget: () => borne.clear(),
    against(address, port) {
      const residual = borne.get(`${address} ${port}`)
      return residual !== undefined && performance.now() < residual.untilMs ? residual.how : null
    },
  }
}
