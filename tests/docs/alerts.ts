/** alerts: what each alert says and what to do, from the annotations of the shipped rules and the routes of Alertmanager. */
import { readFileSync, readdirSync } from 'node:fs'
import { parse } from 'yaml'
import { plain } from './plain.ts'

const CONFIG = new URL('../../config/', import.meta.url)

interface Rule {
  readonly alert?: string
  readonly for?: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}
interface Route {
  readonly receiver: string
  readonly matchers?: readonly string[]
  readonly routes?: readonly Route[]
}

export function alertReference(): string {
  const folder = new URL('prometheus/', CONFIG)
  const files = readdirSync(folder).filter((name) => name.endsWith('.rules.yml'))
  const rules = files.flatMap((name) => {
    const { groups } = read(`prometheus/${name}`) as { groups: readonly { rules: readonly Rule[] }[] }
    return groups.flatMap((group) => group.rules)
  })
  const { route } = read('alertmanager/alertmanager.yml') as { route: Route }
  return rules.flatMap((rule) => (rule.alert === undefined ? [] : alert(rule, rule.alert, route))).join('\n')
}

function alert(rule: Rule, name: string, route: Route): string[] {
  const { summary = '', description = '', runbook = '' } = rule.annotations
  const waits = rule.for === undefined ? '' : `, after ${rule.for}`
  const to = receiverOf(route, { ...rule.labels, alertname: name })
  const means = [summary, /\{\{ *(?:with|range)/.test(description) ? '' : description]
  return [
    `### ${name}`,
    '',
    `To \`${to}\` (${rule.labels['severity']}${waits}). ${means.map(sentence).join(' ')}`,
    '',
    `What to do: ${sentence(runbook)}`,
    '',
  ]
}

/** Where Alertmanager sends an alert with these labels: the first route all of whose matchers hold, else the root's. */
function receiverOf(root: Route, labels: Readonly<Record<string, string>>): string {
  const holds = (matcher: string) => {
    const [, label = '', value] = /^(\w+)="([^"]*)"$/.exec(matcher) ?? []
    if (value === undefined) throw new Error(`alertmanager.yml: cannot read the matcher ${matcher}`)
    return labels[label] === value
  }
  return (root.routes ?? []).find(({ matchers = [] }) => matchers.every(holds))?.receiver ?? root.receiver
}

/** A template as a reader may see it: labels as <label>, what is looked up when it is sent as an ellipsis. */
function sentence(template: string): string {
  const block = /\{\{ *(?:with|range)(?:(?!\{\{ *(?:with|range|end)).)*\{\{ *end *\}\}/gs
  let text = template.replace(/\s+/g, ' ').trim()
  while (block.test(text)) text = text.replace(block, '…')
  text = text.replace(/\{\{ *\$labels\.(\w+) *\}\}/g, '<$1>').replace(/\{\{ *\$value[^}]*\}\}/g, '<value>')
  text = plain(text)
  return text === '' || /[.!?]$/.test(text) ? text : `${text}.`
}

function read(path: string): unknown {
  return parse(readFileSync(new URL(path, CONFIG), 'utf8'), { merge: true })
}
