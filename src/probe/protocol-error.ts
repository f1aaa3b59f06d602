/** A failure that is no error of the system's: what came back was not what was asked for. */
import type { Failure } from '../model/failure.ts'

export class ProtocolError extends Error {
  readonly code = 'DIDBON_ODDITY'
  readonly failure: Failure

  constructor(failure: Failure, message: string) {
    super(message)
    this.name = 'ProtocolError'
    this.failure = failure
  }
}
