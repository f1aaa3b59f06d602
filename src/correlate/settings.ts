/** What the correlation assumes, in one place. Each figure says where it comes from. */

export interface CorrelateSettings {
  /**
   * Lag from an unplanned event to the block: log-normal, in hours. Reactions are long-tailed: half come within 18 h, nine in
   * ten between 1.8 h and 7.5 d. In the shipped record 12 incidents have an unplanned trigger that a source names and both
   * dates to within 8 days; their likelihood peaks at a median of 10 h and sigma 1.65, only 0.4 nats above these figures, so
   * the record cannot tell them apart. A test holds them within 2 nats of the peak.
   */
  readonly medianLagHours: number
  readonly lagSigma: number
  /**
   * Share of blocks that come before the event that caused them, same shape mirrored: a wrong date, or word got out first. A
   * round figure, above 0 so that one misdated source cannot rule an event out. It is also the most that coming first may
   * weigh, with chance at 1: the mirrored density piles up at a lag of 0, and would else speak for whatever happened in the
   * hours after a block.
   */
  readonly shareBefore: number
  /**
   * The same for events known in advance, which authorities often forestall: shutdowns begin on the eve of elections and
   * announced rallies. A round figure too; the shipped record holds only two such triggers, one of them with a dated block.
   */
  readonly shareBeforeScheduled: number
  /**
   * Weight of "none of them" against a candidate no likelier than chance: even odds that a block has a documented trigger at
   * all. In the shipped record a source names one in 17 of 33 episodes.
   */
  readonly noneWeight: number
  /**
   * Factors for what the event concerns. Triggers that a source names hit a service they speak of in 6 of 6 incidents of the
   * shipped record, any trigger with any incident in 114 of 252 (45 %): a ratio of 2 with one case added to either side.
   * Disagreement would by the same count weigh 0.23; it is kept nearer to 1,
   * because what an event spread through is seldom all told.
   */
  readonly sameService: number
  readonly otherService: number
  /** Factors for where it took place, for regional shutdowns only: 2 of 2 against 16 of 26 (62 %), a ratio of at most 1.6. */
  readonly sameRegion: number
  readonly otherRegion: number
  /**
   * A window wider than this times nothing: the weight of its pair never exceeds 1. Loose windows are often bounded by the
   * block itself: of the three loosely dated triggers in the shipped record two are held to end where the block begins, since
   * a source has them come before it. Letting such a window count would use the block as evidence for itself.
   */
  readonly timesWithinHours: number
  /** How far apart event and onset may lie at the closest. Past it the density is under a hundredth of the rate of events. */
  readonly horizonHours: number
  /** Circular shifts besides the record itself: p can then be as small as 1 in 10,001. */
  readonly shifts: number
  /** coverage of the interval of the rate ratio */
  readonly level: number
}

export const DEFAULTS: CorrelateSettings = {
  medianLagHours: 18,
  lagSigma: 1.4,
  shareBefore: 0.02,
  shareBeforeScheduled: 0.3,
  noneWeight: 1,
  sameService: 2,
  otherService: 0.5,
  sameRegion: 1.5,
  otherRegion: 0.5,
  timesWithinHours: 8 * 24,
  horizonHours: 60 * 24,
  shifts: 10_000,
  level: 0.95,
}
