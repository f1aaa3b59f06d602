/** replay: judges and folds stored measurements again, prints what would change, and changes it when told to. */
import { userInfo } from 'node:os'
import { loadConfig } from '../config/load.ts'
import { locateConfig } from '../config/locate.ts'
import { loadReplayRules } from '../config/replay-rules.ts'
import { RULE_IDS } from '../judge/other-rules.ts'
import { AppError } from '../model/error.ts'
import { parseTime } from '../model/time.ts'
import { applyReplay } from '../replay/apply.ts'
import { type Replay, replaySpan } from '../replay/replay.ts'
import { replayDocument, replayText } from './replay-text.ts'
import { print } from './print.ts'

export interface ReplayCommandOptions {
  readonly config?: string
  readonly since: string
  readonly until?: string
  readonly rules?: string
  readonly service?: string
  readonly vantage?: string
  readonly json?: boolean
  readonly write?: boolean
}

/** @returns exit code */
export async function replayCommand(options: ReplayCommandOptions): Promise<number> {
  const now = Date.now()
  const config = await loadConfig(locateConfig(options.config, process.env), process.env)
  const since = parseTime(options.since, '--since', now)
  const until = options.until === undefined ? null : parseTime(options.until, '--until', now)
  if (until !== null && until <= since)
    throw new AppError('usage', `--until: '${options.until}' is not after --since '${options.since}'`)
  checkWrite(options)
  checkKnown('--service', options.service, config.services)
  checkKnown(
    '--vantage',
    options.vantage,
    config.vantages.filter(({ role }) => role === 'probe'),
  )
  const rules = options.rules === undefined ? null : await loadReplayRules(options.rules, RULE_IDS)
  const replay = await replaySpan({ config, since, until, rules })
  if (options.write === true) {
    const { refolded, differences, detectors, startedAfter } = replay
    const about = { kind: 'replay', since, start: replay.start, rules, verdicts: refolded.verdicts.shifts }
    await applyReplay(
      config,
      {
        fromAt: since,
        differences,
        refolded,
        ticks: { after: startedAfter, of: refolded.ticks },
        detectors,
        about,
        by: `cli:${userInfo().username}`,
      },
      now,
    )
  }
  const shown = only(replay, options)
  const written = options.write === true
  print(
    options.json === true
      ? JSON.stringify(replayDocument(shown, written), null, 2)
      : replayText(shown, written),
  )
  return 0
}

/** What is open at the end of a part has no end that could be written; and outages of one service speak for those of others. */
function checkWrite({ write, until, service, vantage }: ReplayCommandOptions): void {
  if (write !== true) return
  const given = Object.entries({ until, service, vantage }).find(([, value]) => value !== undefined)
  if (given === undefined) return
  const [name, value] = given
  throw new AppError(
    'usage',
    `--${name} '${value}' cannot go with --write: outages depend on what is measured beside and after them, so all from --since on is written. Leave out --${name}, or leave out --write for a preview.`,
  )
}

function checkKnown(
  option: string,
  name: string | undefined,
  known: readonly { readonly id: string }[],
): void {
  if (name === undefined || known.some(({ id }) => id === name)) return
  throw new AppError(
    'not_found',
    `${option}: there is no '${name}'. There are: ${known.map(({ id }) => id).join(', ')}.`,
  )
}

function only(replay: Replay, { service, vantage }: ReplayCommandOptions): Replay {
  const differences = replay.differences.filter(({ before, after }) => {
    const outage = before ?? after
    return (
      (service === undefined || outage.service === service) &&
      (vantage === undefined || outage.vantage === vantage)
    )
  })
  return { ...replay, differences }
}
