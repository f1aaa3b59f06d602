/** Whose fault it is that nothing could be opened: the way out of the vantage, or what lies behind it. */
import type { Failure } from '../model/failure.ts'

/**
 * A connection through a way out did not come about.
 *
 * `vantage`: the proxy is gone, refuses us or answers nonsense, so nothing was learned about the target.
 * `target`: the proxy did its part and said that the target could not be reached; `failure` is what users of that network would see.
 */
export class DialError extends Error {
  readonly side: 'vantage' | 'target'
  readonly failure: Failure

  constructor(side: 'vantage' | 'target', failure: Failure, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'DialError'
    this.side = side
    this.failure = failure
  }
}
