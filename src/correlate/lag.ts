/**
 * lag: the density of the time from an event to the block it caused, averaged over two moments that are only known to lie
 * somewhere in their windows. Exact: the log-normal CDF has a closed integral.
 *
 * With o uniform on a window of length p and e on one of length q, and K'' = f:
 *   E[f(o - e)] = (K(a + p + q) - K(a + p) - K(a + q) + K(a)) / (p q),   a = the least lag both windows allow.
 */
import normalCdf from '@stdlib/stats-base-dists-normal-cdf'
import type { CorrelateSettings } from './settings.ts'

/** Two windows reduced to what counts. Hours. */
export interface Span {
  /** the least lag both windows allow; negative = the outage came first */
  readonly leastLag: number
  readonly onsetWidth: number
  readonly eventWidth: number
}

interface LogNormal {
  readonly mu: number
  readonly sigma: number
  readonly median: number
  readonly mean: number
}

type LagSettings = Pick<
  CorrelateSettings,
  'medianLagHours' | 'lagSigma' | 'shareBefore' | 'shareBeforeScheduled'
>

/** Expected lag density, per hour, in two parts: the outage came after the event, or before it. */
export interface Density {
  readonly after: number
  readonly before: number
}

/** A function from two windows to their expected lag density. */
export function lagDensity(settings: LagSettings): (span: Span, scheduled: boolean) => Density {
  const mu = Math.log(settings.medianLagHours)
  const sigma = settings.lagSigma
  const shape = { mu, sigma, median: settings.medianLagHours, mean: Math.exp(mu + (sigma * sigma) / 2) }
  return ({ leastLag, onsetWidth, eventWidth }, scheduled) => {
    const share = scheduled ? settings.shareBeforeScheduled : settings.shareBefore
    return {
      after: (1 - share) * averaged(leastLag, onsetWidth, eventWidth, shape),
      before: share * averaged(-(leastLag + onsetWidth + eventWidth), onsetWidth, eventWidth, shape),
    }
  }
}

/** Under 6 minutes the closed form divides rounding by too small an area; f is all but straight there. */
const THIN_HOURS = 0.1
/** Gauss-Legendre, five points on [-1, 1]: node, weight. */
const GAUSS = [
  [-0.906_179_845_938_664, 0.236_926_885_056_189_1],
  [-0.538_469_310_105_683_1, 0.478_628_670_499_366_5],
  [0, 0.568_888_888_888_888_9],
  [0.538_469_310_105_683_1, 0.478_628_670_499_366_5],
  [0.906_179_845_938_664, 0.236_926_885_056_189_1],
] as const

/** Mean of the log-normal density where the lag runs from `least` over two windows. */
function averaged(least: number, one: number, other: number, shape: LogNormal): number {
  const wide = Math.max(one, other)
  const thin = Math.min(one, other)
  if (least + wide + thin <= 0) return 0
  if (thin < THIN_HOURS) {
    let sum = 0
    for (const [node, weight] of GAUSS)
      sum += (weight / 2) * overOne(least + (thin * (1 + node)) / 2, wide, shape)
    return sum
  }
  const K = least > shape.median ? integratedTwiceFromAbove : integratedTwice
  const area =
    K(least + wide + thin, shape) - K(least + wide, shape) - K(least + thin, shape) + K(least, shape)
  return Math.max(0, area) / (wide * thin)
}

/** Mean over one window, the other moment being known. */
function overOne(least: number, width: number, shape: LogNormal): number {
  if (width === 0) return density(least, shape)
  // the tail on the near side keeps its digits, the difference of two numbers close to 1 would not
  const side = least > shape.median ? -1 : 1
  return (
    (side * (normalCdf(side * z(least + width, shape), 0, 1) - normalCdf(side * z(least, shape), 0, 1))) /
    width
  )
}

function z(lag: number, { mu, sigma }: LogNormal): number {
  return lag <= 0 ? -Infinity : (Math.log(lag) - mu) / sigma
}

function density(lag: number, shape: LogNormal): number {
  if (lag <= 0) return 0
  return Math.exp(-(z(lag, shape) ** 2) / 2) / (lag * shape.sigma * Math.sqrt(2 * Math.PI))
}

/** The integral of the CDF from 0. */
function integratedTwice(lag: number, shape: LogNormal): number {
  if (lag <= 0) return 0
  const at = z(lag, shape)
  return lag * normalCdf(at, 0, 1) - shape.mean * normalCdf(at - shape.sigma, 0, 1)
}

/** The integral of the upper tail from `lag` on: the same second derivative, and small where lags are long. */
function integratedTwiceFromAbove(lag: number, shape: LogNormal): number {
  const at = z(lag, shape)
  return shape.mean * normalCdf(shape.sigma - at, 0, 1) - lag * normalCdf(-at, 0, 1)
}
