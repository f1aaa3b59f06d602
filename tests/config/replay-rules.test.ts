import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { loadReplayRules } from '../../src/config/replay-rules.ts'
import { RULE_IDS } from '../../src/judge/other-rules.ts'

function file(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'didbon-rules-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, 'rules.yaml')
  writeFileSync(path, text)
  return path
}

test('settings, weights and rules that are off -> taken; what is left out -> nothing', async () => {
  const path = file(
    'detect: { silentChance: 0.3 }\nweights: { tcp_timeout_not_in_control: 0.2 }\noff: [http_diff]\n',
  )
  expect(await loadReplayRules(path, RULE_IDS)).toEqual({
    detect: { silentChance: 0.3 },
    weights: { tcp_timeout_not_in_control: 0.2 },
    off: ['http_diff'],
  })
  expect(await loadReplayRules(file('{}\n'), RULE_IDS)).toEqual({ detect: {}, weights: {}, off: [] })
})

test.each([
  { text: 'off: [http_dif]\n', says: /rules\.yaml:1:7 {2}off\[0\]: is not a rule.*did you mean http_diff\?/ },
  {
    text: 'weights: { http_diff: 99 }\n',
    says: /weights\.http_diff: must be a number of nats from -20 to 20/,
  },
  { text: 'detect: { silentChanse: 0.3 }\n', says: /silentChanse.*did you mean silentChance/ },
  { text: 'off: [nothing_conclusive]\n', says: /cannot be off: it decides where no other rule does/ },
])('$text -> says where, and what would be right', async ({ text, says }) => {
  await expect(loadReplayRules(file(text), RULE_IDS)).rejects.toMatchObject({
    code: 'config_invalid',
    message: expect.stringMatching(says) as string,
  })
})
