import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fillIn } from '../../src/config/secret.ts'
import { aFolder } from './folder.ts'

const KIB = 1024

test.each([
  { name: 'a Windows line end', content: 'word\r\n', text: 'word' },
  { name: 'two line ends: one is its own', content: 'word\n\n', text: 'word\n' },
  { name: 'spaces around it', content: ' word ', text: ' word ' },
  { name: 'a reference in it: not followed', content: '${NAME}', text: '${NAME}' },
  { name: '64 KiB', content: 'x'.repeat(64 * KIB), text: 'x'.repeat(64 * KIB) },
])('a secret file with $name -> taken as it is', async ({ content, text }) => {
  const { path } = await aFolder({ secret: content })
  expect(await fillIn('${file:secret}', { NAME: 'no' }, path)).toMatchObject({
    text,
    secret: true,
    problems: [],
  })
})

test.each([
  { name: 'empty', content: '', says: (file: string) => `secret file ${file} is empty` },
  {
    name: 'one line end and nothing else',
    content: '\n',
    says: (file: string) => `secret file ${file} is empty`,
  },
  {
    name: 'over 64 KiB',
    content: 'x'.repeat(64 * KIB + 1),
    says: (file: string) => `secret file ${file} is over 64 KiB`,
  },
])('a secret file that is $name -> a problem, and nothing in its place', async ({ content, says }) => {
  const { folder, path } = await aFolder({ secret: content })
  const file = join(folder, 'secret')
  expect(await fillIn('<${file:secret}>', {}, path)).toEqual({
    text: '<>',
    secret: true,
    problems: [says(file)],
    files: [file],
  })
})

test('a folder instead of a file -> the system’s word for it', async () => {
  const { folder, path } = await aFolder({})
  await mkdir(join(folder, 'secret'))
  const { problems } = await fillIn('${file:secret}', {}, path)
  expect(problems).toEqual([`cannot read secret file ${join(folder, 'secret')} (EISDIR)`])
})

test('an absolute path -> that file, wherever the configuration lies', async () => {
  const { folder } = await aFolder({})
  await writeFile(join(folder, 'abs'), 'word')
  expect(await fillIn(`\${file:${join(folder, 'abs')}}`, {}, '/elsewhere/didbon.yaml')).toMatchObject({
    text: 'word',
    files: [join(folder, 'abs')],
  })
})

test.each([
  { text: 'plain $ and } and {', becomes: 'plain $ and } and {', secret: false, problems: 0 },
  { text: '$${A}', becomes: '${A}', secret: false, problems: 0 },
  { text: '$$${A}', becomes: '$${A}', secret: false, problems: 0 },
  { text: '${A}${B}-${A}', becomes: 'onetwo-one', secret: true, problems: 0 },
  { text: '${A', becomes: '', secret: true, problems: 1 },
  { text: '${}', becomes: '', secret: true, problems: 1 },
  { text: '${A }', becomes: '', secret: true, problems: 1 },
  { text: '${1A}', becomes: '', secret: true, problems: 1 },
  { text: '${NONE} and ${A', becomes: ' and ', secret: true, problems: 2 },
  { text: '${REF}', becomes: '${A}', secret: true, problems: 0 },
])('$text -> $becomes, problems: $problems', async ({ text, becomes, secret, problems }) => {
  const env = { A: 'one', B: 'two', REF: '${A}' }
  const filled = await fillIn(text, env, '/didbon.yaml')
  expect({ ...filled, problems: filled.problems.length }).toEqual({
    text: becomes,
    secret,
    problems,
    files: [],
  })
})
