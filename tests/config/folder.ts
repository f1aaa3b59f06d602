/** A folder with a configuration in it, and a sound services.yaml unless another is given. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

export const SERVICES = `
services:
  news: { name: News, endpoints: { www: { url: https://news.example, role: primary } } }
canaries:
  international: { one: { url: http://one.example/ }, two: { url: http://two.example/ } }
  domestic: { home: { url: http://home.example/ } }
`

/** Files by name; `didbon.yaml` is the one to load. Gone when the test is over. */
export async function aFolder(files: Record<string, string>): Promise<{ folder: string; path: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'didbon-config-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  for (const [name, text] of Object.entries({ 'services.yaml': SERVICES, ...files }))
    await writeFile(join(folder, name), text)
  return { folder, path: join(folder, 'didbon.yaml') }
}
