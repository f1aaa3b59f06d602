/** Rules for what blocked names are compared with: it must have nothing to do with what is watched. */
import { ownerOf } from './related.ts'
import type { FileShape } from './schema.ts'
import type { ServicesShape } from './services-schema.ts'
import type { Broken, Complain } from './vantage-checks.ts'

/** @param watched `null` = not known, services.yaml is broken */
export function checkDiagnose(
  { diagnose }: Pick<FileShape, 'diagnose'>,
  watched: ServicesShape | null,
  broken: Broken,
  complain: Complain,
): void {
  for (const key of ['neutralHosts', 'otherNames', 'controlNames'] as const) {
    for (const [i, host] of diagnose[key].entries()) {
      const target = ownerOf(host, watched)
      if (target !== null) {
        complain(
          ['diagnose', key, i],
          `is a host of ${target}, which is watched; compare with one nobody blocks`,
        )
      }
    }
  }
  for (const [i, host] of diagnose.otherNames.entries()) {
    if (diagnose.neutralHosts.includes(host)) {
      complain(
        ['diagnose', 'otherNames', i],
        'is a neutral host too; name one that the neutral servers do not serve',
      )
    }
  }
  if (diagnose.trialTimeoutMs * 4 > diagnose.totalTimeoutMs && !broken(['diagnose', 'totalTimeoutMs'])) {
    complain(
      ['diagnose', 'trialTimeoutMs'],
      `is ${diagnose.trialTimeoutMs}, too much for several trials in totalTimeoutMs (${diagnose.totalTimeoutMs})`,
    )
  }
}
