/**
 * rates: how fast a service's bytes come, and what that is compared with.
 *
 * Pure arithmetic that the rooms share. A ratio is the service's speed over what it is compared with: 1 = no slower, 0.1 = ten times as slow.
 */
import type { TransferExperiment } from './experiment.ts'

/** One transfer in two numbers. */
export interface Speed {
  readonly bytesPerSecond: number
  /** TCP and TLS handshake together */
  readonly handshakeMs: number
}

/** What one measurement of plan `throughput` came to, its controls' included. `null` = not measured, or not with enough bytes. */
export interface Rates {
  readonly target: Speed | null
  /** the neutral host, from here */
  readonly neutral: Speed | null
  /** the same two from the best of the controls; `null` also where none was asked, because nothing was slow */
  readonly control: Speed | null
  readonly controlNeutral: Speed | null
  /** one server under the service's name over the same server under a neutral one; their geometric mean where two servers were asked */
  readonly byName: number | null
}

/** From here down a transfer is slow in comparison. */
export const SLOW_RATIO = 0.2
/** 1 Mbit/s: a film still plays. What comes faster is not called slow, whatever it is compared with. */
export const FAST_BYTES_PER_SECOND = 125_000
/** A handshake that takes longer than this is compared too: a policer drops its packets first. */
const LONG_HANDSHAKE_MS = 3_000

/** With fewer bytes than this a rate says more about the start of a transfer than about the line. */
const ENOUGH_BYTES = 32_768

/**
 * How fast a transfer went, over no more than its first `upTo` bytes, but never less than `ENOUGH_BYTES` where it has them. The first
 * piece, which came at once, starts the clock.
 */
export function speedOf({ samples, tcpMs, tlsMs, transferMs }: TransferExperiment, upTo: number): Speed {
  const [, first = 0] = samples[0] ?? []
  const wanted = Math.max(upTo, ENOUGH_BYTES)
  const [untilMs, bytes] = samples.find(([, seen]) => seen >= wanted) ?? samples.at(-1) ?? [0, 0]
  // Where the last sample is not the end, the silence after it counts too.
  const isEnd = samples.at(-1)?.[1] === bytes
  const ms = Math.max(1, isEnd ? transferMs : untilMs)
  // One piece and then nothing: all of it took that long.
  const counted = bytes > first ? bytes - first : bytes
  return {
    bytesPerSecond: Math.round((counted * 1000) / ms),
    handshakeMs: Math.round((tcpMs ?? 0) + (tlsMs ?? 0)),
  }
}

/** Enough bytes to rate, or too few because time ran out while they came: that is slow, not short. A page that says no is not what was asked for. */
export function isRated({ bytes, failure, status }: TransferExperiment): boolean {
  if (status === null || status < 200 || status >= 300) return false
  return bytes >= ENOUGH_BYTES || failure === 'generic_timeout_error'
}

/** How one compares with the other: by bytes, or by a handshake that took long where that is worse. */
export function ratioOf(speed: Speed, other: Speed): number {
  const byRate = Math.max(1, speed.bytesPerSecond) / Math.max(1, other.bytesPerSecond)
  if (speed.handshakeMs < LONG_HANDSHAKE_MS) return byRate
  return Math.min(byRate, Math.max(1, other.handshakeMs) / speed.handshakeMs)
}

/** Against the neutral host; `null` = there is nothing to compare. */
export function againstNeutral({ target, neutral }: Rates): number | null {
  return target === null || neutral === null ? null : ratioOf(target, neutral)
}

/**
 * Against the control. A control on a line of its own speed would make any slow line look throttled, so where both saw the neutral
 * host too, it may speak for the vantage: how much slower than that the service is here, over how much slower it is there.
 */
export function againstControl(rates: Rates): number | null {
  const { target, control, controlNeutral } = rates
  if (target === null || control === null) return null
  const straight = ratioOf(target, control)
  const here = againstNeutral(rates)
  if (here === null || controlNeutral === null) return straight
  return Math.max(straight, here / ratioOf(control, controlNeutral))
}

/** `18 kB/s`, `1.2 MB/s` */
export function showRate(bytesPerSecond: number): string {
  if (bytesPerSecond < 1_000) return `${Math.round(bytesPerSecond)} B/s`
  if (bytesPerSecond < 1_000_000) return `${Math.round(bytesPerSecond / 1_000)} kB/s`
  return `${(bytesPerSecond / 1_000_000).toFixed(1)} MB/s`
}
