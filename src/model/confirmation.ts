/** When a measurement that is in doubt is repeated, unless the configuration says otherwise. The simulations repeat theirs at the same times. */

/** After the first measurement that was not fine, ms. */
export const CONFIRM_AFTER_MS: readonly number[] = [1_000, 2_000, 3_000, 5_000, 10_000, 20_000]

/** A look not done by then is in doubt, ms. One lost SYN costs a second, and is no news. */
export const SUSPECT_AFTER_MS = 1_500
