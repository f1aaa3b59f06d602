/** context: what a fold about one service from one vantage has before it. */
import type { DetectSettings, Watch } from './settings.ts'
import type { Detector, ServiceState, VantageState } from './state.ts'

/** Where a probe of a watched service was made. */
export interface Place {
  readonly detector: Detector
  readonly vantage: VantageState
  readonly watched: Watch['services'][number]
  readonly vantageId: string
  readonly watch: Watch
  readonly settings: DetectSettings
}

/** The same with what is remembered of the service there. */
export interface ServiceContext extends Place {
  readonly service: ServiceState
}
