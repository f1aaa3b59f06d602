import { expect, test } from 'vitest'
import { documents, madeAnew } from './documents.ts'

const ALL = await documents()

test('every part that can be made -> stands in some file', () => {
  const text = ALL.map((document) => document.text).join('\n')
  for (const part of ['alerts', 'commands', 'didbon.yaml', 'services.yaml', 'metrics', 'rooms', 'rules'])
    expect(text).toContain(`<!-- made: ${part} -->`)
})

test.each(ALL.filter(({ text }) => text.includes('<!-- made: ')))(
  '$path -> in step with the code; if not: npm run docs',
  async (document) => {
    expect((await madeAnew(document)).text).toBe(document.text)
  },
)

test('a marker nothing is made for -> refused, by name', async () => {
  const stray = { path: 'x.md', text: '<!-- made: nothing -->\n<!-- end: nothing -->\n' }
  await expect(madeAnew(stray)).rejects.toThrow('x.md: nothing is made by the name of nothing')
})
