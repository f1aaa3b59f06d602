/**
 * rooms: who may import whom. The linter's configuration and the boundary test are both made from this table.
 *
 * A room imports rooms above it alone, so that no circle can be written down. Type imports count. What the table gives and nobody uses
 * fails the boundary test, as does what somebody uses and the table does not give.
 */
export interface Room {
  /** a folder of src/, or a file that lies in src/ itself */
  readonly name: string
  readonly rooms: readonly string[]
  /** packages and modules of Node, as they are imported */
  readonly packages: readonly string[]
  /** no clock, no chance, no I/O: the same input gives the same output */
  readonly pure?: true
  /** sub-rooms with one way in, each with the file that everybody outside it imports */
  readonly doors?: Readonly<Record<string, string>>
  /** sub-rooms that import only those before them, and never the files of the room itself */
  readonly floors?: readonly string[]
}

function room(name: string, rooms: string, packages: string, more: Partial<Room> = {}): Room {
  const words = (text: string) => text.split(' ').filter((word) => word !== '')
  return { name, rooms: words(rooms), packages: words(packages), ...more }
}

export const ROOMS: readonly Room[] = [
  room('version.ts', '', 'node:fs'),
  room('model', '', '', { pure: true }),
  room('net', '', 'ipaddr.js', { pure: true }),
  room(
    'config',
    'model net',
    'node:crypto node:fs node:fs/promises node:net node:path node:url node:util node-cron yaml zod',
  ),
  room('vantage', 'model net', 'node:dgram node:dns node:fs/promises node:http node:net'),
  room(
    'probe',
    'model net vantage',
    'node:crypto node:net node:path node:stream node:timers/promises node:tls node:url node:worker_threads node:zlib ' +
      'dns-packet piscina undici',
    {
      doors: { dns: 'dns.ts', quic: 'quic.ts', diagnose: 'diagnose.ts', throughput: 'throughput.ts' },
    },
  ),
  room('schedule', 'model', 'node:crypto node-cron'),
  room('judge', 'model net', '', { pure: true }),
  room('detect', 'model', '', { pure: true }),
  room('incident', 'model', '', { pure: true }),
  room(
    'correlate',
    'model',
    '@stdlib/stats-base-dists-chisquare-quantile @stdlib/stats-base-dists-normal-cdf',
    { pure: true },
  ),
  room('watch', 'model judge detect incident correlate', '', { pure: true }),
  room(
    'store',
    'model',
    'node:child_process node:crypto node:fs node:path node:stream/consumers node:timers/promises node:url node:util ' +
      'node:zlib better-sqlite3',
    { floors: ['migrations', 'file', 'measurements', 'outages', 'catalog'] },
  ),
  room('history', 'model correlate store', 'node:path node:url node:worker_threads piscina'),
  room('views', 'model', 'csv-stringify/sync zod'),
  room(
    'serve',
    'version.ts model views',
    'node:crypto node:http node:timers/promises @fastify/accepts @fastify/compress @fastify/rate-limit @fastify/swagger ' +
      'fastify fastify-type-provider-zod prom-client zod',
    { floors: ['pages', 'metrics', 'api'] },
  ),
  room('export', 'model', ''),
  room('ooni', 'model net', 'node:crypto node:stream node:zlib'),
  room(
    'run',
    'version.ts model net config probe schedule judge detect incident correlate watch store serve',
    'node:crypto node:fs node:path pino pino-pretty',
  ),
  room('replay', 'model config judge detect incident watch store run', ''),
  room('evaluate', 'model judge detect correlate watch', '', { pure: true }),
  room(
    'lab',
    'model net vantage',
    'node:child_process node:crypto node:dgram node:events node:http node:http2 node:net node:path node:tls node:url @matrixai/quic/dist/native/index.js ' +
      'dns-packet',
  ),
  room('daemon.ts', 'version.ts model config probe detect watch store history serve run', 'node:os'),
  room(
    'demo',
    'model config detect incident correlate views lab',
    'node:fs/promises node:path node:timers/promises',
  ),
  room(
    'commands',
    'version.ts model net config judge detect store history views export ooni run replay evaluate lab ' +
      'daemon.ts demo',
    'node:crypto node:events node:fs node:fs/promises node:http node:os node:path node:readline node:stream/consumers ' +
      'node:util commander',
  ),
  room('cli.ts', 'commands', 'node:module'),
]
