/**
 * npm run bench: what is claimed about speed and about false alarms, measured anew. Each part runs in a process of its own, one
 * after the other, so that none disturbs the next. `npm run bench -- ladder` runs one alone.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const PARTS = ['ladder', 'detection', 'history', 'metrics', 'alerting', 'throughput', 'replay'] as const
/** only when asked for by name */
const LONG = ['soak'] as const

async function run(part: string): Promise<boolean> {
  console.log(`\n== ${part}`)
  const script = fileURLToPath(new URL(`${part}.ts`, import.meta.url))
  const [code] = (await once(spawn(process.execPath, [script], { stdio: 'inherit' }), 'close')) as [
    number | null,
  ]
  return code === 0
}

const asked = process.argv.slice(2)
const parts: readonly string[] = [...PARTS, ...LONG]
const unknown = asked.filter((part) => !parts.includes(part))
if (unknown.length > 0) {
  console.error(`no such part: ${unknown.join(', ')}; there are ${parts.join(', ')}`)
  process.exit(2)
}
let fine = true
for (const part of asked.length > 0 ? asked : PARTS) fine = (await run(part)) && fine
process.exitCode = fine ? 0 : 1
