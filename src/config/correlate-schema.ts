/** The shape of the `correlate` and `incidents` sections. What is left out is the room's own default. */
import { fraction, positive, section, whole } from './fields.ts'

const share = (what: string) => fraction().optional().describe(what)
const factor = (what: string) => positive().optional().describe(what)
const ms = (what: string) => whole(1, 1_000_000_000_000_000).optional().describe(what)

/** Named as in CorrelateSettings of correlate/, which says where each default comes from. */
export const correlateSchema = section({
  medianLagHours: factor('Median lag from an unplanned event to a block; the lag is log-normal.'),
  lagSigma: factor('Sigma of the log-normal lag.'),
  shareBefore: share('Share of blocks that begin before the event that caused them.'),
  shareBeforeScheduled: share('The same for events known in advance.'),
  noneWeight: factor('Weight of “none of them”, where 1 is a candidate no likelier than chance.'),
  sameService: factor('Factor for an event that concerns a service of the incident.'),
  otherService: factor('Factor for an event that concerns other services only.'),
  sameRegion: factor('Factor for an event in the region of a regional shutdown.'),
  otherRegion: factor('Factor for an event in another region.'),
  timesWithinHours: factor('Windows wider than this say nothing about time: such a pair weighs 1 at most.'),
  horizonHours: factor('Events further from the onset than this are no candidates.'),
  shifts: whole(1, 1_000_000).optional().describe('Circular shifts of the permutation test.'),
  level: share('Coverage of the interval of the rate ratio.'),
})

/** Named as in IncidentSettings of incident/. */
export const incidentsSchema = section({
  withinMs: ms('Longest time between two onsets that are linked.'),
  spanMs: ms('Longest time from the first onset of an incident to the last.'),
})
