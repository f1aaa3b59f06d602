/** The shape of the `detect` section: any of the numbers detect/ decides by. What is left out is detect/'s own default. */
import { fraction, positive, section, whole } from './fields.ts'

const chance = () => fraction().optional()
const looks = () => whole(1, 1_000_000).optional()
const ms = () => whole(1, 1_000_000_000_000_000).optional()
const quorum = () => whole(1, 100).optional()

/** Named as in DetectSettings of detect/, which says what each means. */
export const detectSchema = section({
  alpha: chance(),
  beta: chance(),
  leakChance: chance(),
  leakShare: chance(),
  strayChance: chance(),
  quietLeakShare: chance(),
  quietStrayChance: chance(),
  quickShare: chance(),
  lossyQuickShare: chance(),
  silentChance: chance(),
  answeredChance: chance(),
  slowMemoryMs: ms(),
  middleMemoryLooks: looks(),
  slowPriorLooks: looks(),
  fastMemoryLooks: looks(),
  fastPriorLooks: looks(),
  burstMs: ms(),
  faultMeanMs: ms(),
  faultEveryMs: ms(),
  falseBlockedEveryMs: ms(),
  togetherChance: chance(),
  togetherWithinMs: ms(),
  togetherAfterMs: ms(),
  strongNats: positive().optional(),
  burstFactor: positive().optional(),
  downLooks: looks(),
  downLooksWhenBlocked: looks(),
  mechanismLooks: looks(),
  slowLookNats: positive().optional(),
  throttledAfterMs: ms(),
  speedStaleMs: ms(),
  reopenMs: ms(),
  gapRounds: looks(),
  internationalQuorum: quorum(),
  domesticQuorum: quorum(),
  canaryLooks: looks(),
  suspectAgainMs: ms(),
})
