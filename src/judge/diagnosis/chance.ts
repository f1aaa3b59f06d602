/** Fisher's exact test, one-sided, in nats: how unlikely it is that failures fall on one group so, if the group made no difference. */

/**
 * -ln P(at least `failed` of the failures are among the `tried`), all failures and all trials being given.
 *
 * 3 of 3 against 0 of 12 is 6.1 nats; nothing failed is 0.
 */
export function natsFor(failed: number, tried: number, otherFailed: number, otherTried: number): number {
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
