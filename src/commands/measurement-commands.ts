/** measurement-commands: where measurements come from, and what is made of stored ones. */
import { Option } from 'commander'
import { hostOption } from './listening.ts'
import { JSON_OPTION, type Register, TIMES, count, format, seconds } from './register.ts'

/** Adds import, vantages, replay, evaluate and demo. */
export function measurementCommands(command: Register): void {
  command(
    'import',
    'import measurements made by others, judged by the rules of didbon',
    async () => (await import('./import.ts')).importCommand,
  )
    .argument('<file>', 'JSONL, plain or gzip; - for standard input')
    .addOption(new Option('--format <format>', 'format of the file').choices(['ooni']).default('ooni'))
    .option('--dry-run', 'judge and print, store nothing')
    .option('--json', 'one JSON object per measurement, a line each')
  command(
    'vantages',
    'print the vantage points and their last known health',
    async () => (await import('./vantages.ts')).vantagesCommand,
  )
    .addOption(format())
    .option('--json', 'the same as --format json')
  command(
    'replay',
    'judge stored measurements again, and print what would change',
    async () => (await import('./replay.ts')).replayCommand,
  )
    .addOption(new Option('--since <time>', TIMES).default('7d'))
    .option('--until <time>', 'default: to the end of what is stored')
    .option(
      '--rules <file>',
      'YAML: detect settings, weights of rules, and rules that are off, to use instead',
    )
    .option('--service <id>', 'print only outages of this service')
    .option('--vantage <id>', 'print only outages from this vantage')
    .option('--write', 'replace what is stored by the result; no daemon may be running')
    .option(...JSON_OPTION)
  command(
    'evaluate',
    'score detection on labelled traces, compared with the rules of other monitors',
    async () => (await import('./evaluate.ts')).evaluateCommand,
  )
    .argument('[file]', 'a trace: one JSON object a line')
    .option(
      '--generate <what>',
      'a seeded world: seed=1[,years=10,vantages=5,heartbeatS=30,loss=0.01,faults=all]',
    )
    .option('--out <file>', 'write the generated world as a trace instead of scoring it')
    .option(...JSON_OPTION)
  command(
    'demo',
    'play a documented case in a simulated internet and score what didbon detected',
    async () => (await import('./demo.ts')).demoCommand,
  )
    .option('--json', 'the scorecard as one JSON document on stdout')
    .option('--keep', 'keep lab and daemon running afterwards')
    .addOption(hostOption())
    .option('--port <n>', 'port of the daemon (default: 8080 with --keep, else any free one)', count)
    .option(
      '--hold <s>',
      'seconds that each act continues once it is detected; 30 lets Prometheus see it',
      seconds,
      1.5,
    )
    .option('--seed <n>', 'random seed of the lab', count, 1)
}
