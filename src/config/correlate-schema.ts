/** The shape of the `correlate` and `incidents` sections. What is left out is the room's own default. */
import { fraction, positive, section, whole } from './fields.ts'

const share = () => fraction().optional()
const factor = () => positive().optional()
const ms = () => whole(1, 1_000_000_000_000_000).optional()

/** Named as in CorrelateSettings of correlate/, which says what each means and where its default comes from. */
export const correlateSchema = section({
  medianLagHours: factor(),
  lagSigma: factor(),
  shareBefore: share(),
  shareBeforeScheduled: share(),
  noneWeight: factor(),
  sameService: factor(),
  otherService: factor(),
  sameRegion: factor(),
  otherRegion: factor(),
  timesWithinHours: factor(),
  horizonHours: factor(),
  shifts: whole(1, 1_000_000).optional(),
  level: share(),
})

/** Named as in IncidentSettings of detect/. */
export const incidentsSchema = section({
  withinMs: ms(),
  spanMs: ms(),
})
