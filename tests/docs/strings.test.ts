/** What didbon says in messages, help, logs, alerts and dashboards is plain English: no calques, and the field's words for ours. */
import { expect, test } from 'vitest'
import { strings } from './strings.ts'

const CALQUES =
  /\bheld against\b|\btak(?:e|en|es|ing) over\b|(?<!\bthere )\bis no\b(?! longer)|\btold\b|\bwhoever\b|\bpeople (?:t?here)\b|\bwhat is so\b|\bgone together\b|\bnobody says\b|\bat most so many\b/gi
/** A measurement is a measurement, and a probe a probe: `look` is left for what it means. */
const LOOKS = /\blook(?:s|ed|ing)?\b(?! up\b| it up\b| (?:broken|expired|like)\b)/gi

test.each((await strings()).filter((each) => each.said.length > 0))(
  '$path -> no calques, no looks',
  ({ said }) => {
    expect(
      said.flatMap((text) =>
        [...(text.match(CALQUES) ?? []), ...(text.match(LOOKS) ?? [])].map((part) => `${part}: ${text}`),
      ),
    ).toEqual([])
  },
)
