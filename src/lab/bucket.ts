/** A token bucket: bytes go through as long as there are tokens, and wait their turn when there are none. */
import type { Scope } from './scope.ts'

/** How fast bytes get through. */
interface Pace {
  readonly bytesPerSecond: number
  /** what gets through at once after a pause */
  readonly burstBytes: number
}

/** Shared by all whose bytes compete for it. */
export interface Bucket {
  /** Calls once there is room for so many bytes more; in the order asked. */
  take(bytes: number, scope: Scope, go: () => void): void
}

/** A narrow place on the way, and what goes through it in one piece. */
export interface Narrow {
  readonly bucket: Bucket
  readonly pieceBytes: number
}

const BURST_BYTES = 8_192

/** @param bytesPerSecond `null` = as wide as can be */
export function narrow(bytesPerSecond: number | null, burstBytes: number = BURST_BYTES): Narrow | null {
  if (bytesPerSecond === null) return null
  const pace = { bytesPerSecond, burstBytes }
  return { bucket: openBucket(pace), pieceBytes: pieceOf(pace) }
}

/** What gets through in one piece takes about so long: a slow line trickles instead of coming in lumps. */
const PIECE_MS = 20

function openBucket({ bytesPerSecond, burstBytes }: Pace): Bucket {
  const perMs = bytesPerSecond / 1000
  /** when the bucket would be full */
  let fullAt = 0
  return {
    take(bytes, scope, go) {
      const now = performance.now()
      fullAt = Math.max(fullAt, now) + bytes / perMs
      const waitMs = fullAt - burstBytes / perMs - now
      scope.after(waitMs, go)
    },
  }
}

function pieceOf({ bytesPerSecond }: Pace): number {
  return Math.max(256, Math.min(16_384, Math.ceil((bytesPerSecond * PIECE_MS) / 1000)))
}
