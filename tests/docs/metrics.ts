/** metrics: every series: its type and help as a scrape says them, its labels and theme from where it is declared. */
import { readFileSync, readdirSync } from 'node:fs'
import { givenMetrics } from '../serve/metrics/given.ts'
import { plain } from './plain.ts'

const FOLDER = new URL('../../src/serve/metrics/', import.meta.url)

interface Declaration {
  /** the file it stands in, without `.ts` */
  readonly theme: string
  /** as it is written, such as `didbon_store_${name}` where several are made alike */
  readonly name: string
  readonly labels: readonly string[]
}

export async function metricReference(): Promise<string> {
  const { metrics } = await givenMetrics()
  const text = await metrics.expose('text')
  const declared = declarations()
  const lines = [...text.matchAll(/^# HELP (didbon_\S+) (.*)\n# TYPE \S+ (\S+)$/gm)].map(
    ([, name, help, type]) => {
      const { theme, labels } = declarationOf(name!, declared)
      return {
        theme,
        line: `- \`${name}\` (${[type, ...labels].join(', ')}): ${plain(help!.replace(/\.$/, ''))}.`,
      }
    },
  )
  return [...Map.groupBy(lines, ({ theme }) => theme)]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([theme, its]) => [`## ${titleOf(theme)}`, '', ...its.map(({ line }) => line), ''])
    .join('\n')
}

function declarationOf(name: string, declared: readonly Declaration[]): Declaration {
  const found =
    declared.find((declaration) => declaration.name === name) ??
    declared.find(
      (declaration) => declaration.name.includes('${') && name.startsWith(declaration.name.split('${')[0]!),
    )
  if (found === undefined) throw new Error(`${name} is exposed, and its declaration was not found`)
  return found
}

/** Each ends where the next begins, so that labels are not taken from a neighbour. */
function declarations(): Declaration[] {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.ts'))
  return files.flatMap((file) => {
    const [, ...parts] = readFileSync(new URL(file, FOLDER), 'utf8').split(/\bname: (?=['`]didbon_)/)
    return parts.map((part) => {
      const labels = /labelNames: \[([^\]]*)\]/.exec(part)?.[1] ?? ''
      return {
        theme: file.slice(0, -'.ts'.length),
        name: /^['`]([^'`]+)/.exec(part)![1]!,
        labels: [...labels.matchAll(/'(\w+)'/g)].map(([, label]) => `\`${label}\``),
      }
    })
  })
}

function titleOf(theme: string): string {
  return theme[0]!.toUpperCase() + theme.slice(1).replaceAll('-', ' ')
}
