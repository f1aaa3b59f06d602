/** The configuration files that come with didbon, put where a test can run them: only addresses, ports and folders are changed. */
import { readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const PROMETHEUS = fileURLToPath(new URL('../../config/prometheus/', import.meta.url))
export const ALERTMANAGER = fileURLToPath(new URL('../../config/alertmanager/', import.meta.url))

/** What stands for what in the copy; what is not there to be replaced is an error. */
export type Replaced = Readonly<Record<string, string>>

/** Copies prometheus.yml and the rules. @returns path of prometheus.yml */
export async function copyPrometheus(into: string, replaced: Replaced): Promise<string> {
  const names = (await readdir(PROMETHEUS)).filter((name) => name.endsWith('.rules.yml'))
  for (const name of names) await writeFile(join(into, name), await readFile(join(PROMETHEUS, name)))
  const path = join(into, 'prometheus.yml')
  await writeFile(path, replace(await readFile(join(PROMETHEUS, 'prometheus.yml'), 'utf8'), replaced))
  return path
}

/**
 * Copies alertmanager.yml and the templates.
 *
 * @param examples the commented examples to take in, by their first key, as an operator would
 * @returns path of alertmanager.yml
 */
export async function copyAlertmanager(
  into: string,
  examples: readonly string[],
  replaced: Replaced,
): Promise<string> {
  const names = (await readdir(ALERTMANAGER)).filter((name) => name.endsWith('.tmpl'))
  for (const name of names) await writeFile(join(into, name), await readFile(join(ALERTMANAGER, name)))
  const path = join(into, 'alertmanager.yml')
  const text = await readFile(join(ALERTMANAGER, 'alertmanager.yml'), 'utf8')
  await writeFile(path, replace(takeExamples(text, examples), replaced))
  return path
}

/** Takes the # away from examples: lines with # and no space after it. One goes from its first key over all that is deeper. */
export function takeExamples(text: string, names: readonly string[]): string {
  let taking = false
  const lines = text.split('\n').map((line) => {
    const [, indent, rest] = /^(\s*)#(\S.*|\s\s+\S.*)$/.exec(line) ?? []
    if (indent === undefined || rest === undefined) {
      taking = false
      return line
    }
    if (!rest.startsWith(' ')) taking = names.includes(rest.split(':', 1)[0]!)
    return taking ? indent + rest : line
  })
  return lines.join('\n')
}

function replace(text: string, replaced: Replaced): string {
  return Object.entries(replaced).reduce((changed, [from, to]) => {
    if (!changed.includes(from)) throw new Error(`the shipped file has no ${from}`)
    return changed.replaceAll(from, to)
  }, text)
}
