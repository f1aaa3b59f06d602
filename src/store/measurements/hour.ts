/** hour: time in whole hours UTC, the grain of counts, of retention and of the map from time to saved order. */
export const HOUR_MS = 3_600_000

/** Start of the hour that holds a moment. Unix ms. */
export function hourOf(at: number): number {
  return Math.floor(at / HOUR_MS) * HOUR_MS
}
