/** Medians, quantiles and Fisher's exact test, each by one definition. */

/** The middle value; of an even number, the mean of the two in the middle. `NaN` of none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  return (sorted[Math.ceil(middle - 1)]! + sorted[Math.floor(middle)]!) / 2
}

/** The least value at or below which this share of the values lies (nearest rank). `NaN` of none. @param share above 0, at most 1 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN
}

/**
 * Fisher's exact test, one-sided, in nats: -ln P(at least `failed` of the failures are among the `tried`), all failures and all trials being
 * given. How unlikely it is that failures fall on one group so, if the group made no difference.
 *
 * 3 of 3 against 0 of 12 is 6.1 nats; nothing failed is 0. Whole numbers.
 */
export function fisherNats(failed: number, tried: number, otherFailed: number, otherTried: number): number {
  const failures = failed + otherFailed
  const all = tried + otherTried
  const most = Math.min(failures, tried)
  let p = 0
  for (let k = failed; k <= most; k += 1) {
    p += Math.exp(lnChoose(tried, k) + lnChoose(otherTried, failures - k) - lnChoose(all, failures))
  }
  return Math.max(0, -Math.log(Math.min(1, p)))
}

function lnChoose(n: number, k: number): number {
  if (k < 0 || k > n) return -Infinity
  let sum = 0
  for (let i = 1; i <= k; i += 1) sum += Math.log((n - k + i) / i)
  return sum
}
