/**
 * The shapes of the `detect` section: in the configuration what an operator can reason about, in the file of `replay --rules` any of
 * the numbers detect/ decides by. What is left out is detect/'s own default.
 */
import { DAY_MS } from '../model/time.ts'
import { fraction, positive, section, whole } from './fields.ts'

const chance = () => fraction().optional()
const measurementCount = () => whole(1, 1_000_000).optional()
const ms = () => whole(1, 1_000_000_000_000_000).optional()
const quorum = () => whole(1, 100).optional()

export const detectSchema = section({
  falseBlockedEveryMs: whole(30 * DAY_MS, 36_500 * DAY_MS)
    .optional()
    .describe(
      'How often, at most, one vantage may call a fault of the network `blocked`. Longer = fewer false alarms, and blocks by silence are named later.',
    ),
  throttledAfterMs: ms().describe(
    'How long a service must be slow before it is `throttled`, where no test shows that its name is at fault.',
  ),
  reopenMs: ms().describe('An outage that returns within this is the same outage.'),
  gapRounds: measurementCount().describe('Rounds without a measurement before the state is `insufficient`.'),
  internationalQuorum: quorum().describe(
    'International canaries that must answer; with fewer the vantage is cut off and its failures are not judged.',
  ),
  domesticQuorum: quorum().describe(
    'Domestic canaries that must answer; with fewer, and too few international ones, the vantage is `offline`.',
  ),
  canaryLooks: measurementCount().describe('Failures in a row before a canary counts as not answering.'),
})

/** Named as in DetectSettings of detect/, which says what each means. */
export const replayDetectSchema = section({
  ...detectSchema.shape,
  falseBlockedEveryMs: ms(),
  alpha: chance(),
  beta: chance(),
  leakChance: chance(),
  leakShare: chance(),
  strayChance: chance(),
  strayMemoryMs: ms(),
  fastStrayMemoryMs: ms(),
  leastStrayLooks: measurementCount(),
  strayDownChance: chance(),
  quietLeakShare: chance(),
  quietStrayChance: chance(),
  quickShare: chance(),
  lossyQuickShare: chance(),
  silentChance: chance(),
  answeredChance: chance(),
  slowMemoryMs: ms(),
  middleMemoryLooks: measurementCount(),
  slowPriorLooks: measurementCount(),
  fastMemoryLooks: measurementCount(),
  fastPriorLooks: measurementCount(),
  burstMeanMs: ms(),
  burstTryMs: ms(),
  burstMs: ms(),
  faultMeanMs: ms(),
  faultEveryMs: ms(),
  togetherChance: chance(),
  togetherWithinMs: ms(),
  togetherAfterMs: ms(),
  strongNats: positive().optional(),
  burstFactor: positive().optional(),
  addressNats: positive().optional(),
  downLooks: measurementCount(),
  downLooksWhenBlocked: measurementCount(),
  proofHoldsMs: ms(),
  groundlessMs: ms(),
  mechanismLooks: measurementCount(),
  silentMechanismLooks: measurementCount(),
  echoMs: ms(),
  slowLookNats: positive().optional(),
  speedStaleMs: ms(),
  suspectAgainMs: ms(),
})

/** What to do with a key of `detect` that earlier versions took in the configuration; `null` = there never was such a key. */
export function movedKey(path: readonly (string | number)[]): string | null {
  const [part, key] = path
  if (part !== 'detect' || path.length !== 2 || !(String(key) in replayDetectSchema.shape)) return null
  return 'cannot be set here any more: take it out, and detection goes by its default; didbon replay --rules tries other values on what is stored'
}
