/** What didbon says in messages, help, logs, alerts and dashboards is plain English: no calques, and the field's words for ours. */
import { expect, test } from 'vitest'
import { CALQUES, LOOKS } from './calques.ts'
import { strings } from './strings.ts'

test.each((await strings()).filter((string) => string.said.length > 0))(
  '$path -> no calques, no looks',
  ({ said }) => {
    expect(
      said.flatMap((text) =>
        [...(text.match(CALQUES) ?? []), ...(text.match(LOOKS) ?? [])].map((part) => `${part}: ${text}`),
      ),
    ).toEqual([])
  },
)
