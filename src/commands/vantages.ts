/** vantages: the vantage points, and their last recorded health. */
import { showResolver } from '../config/describe.ts'
import { blockedCanaries } from '../detect/canaries.ts'
import { loadState } from '../detect/saved-state.ts'
import type { VantageState } from '../detect/state.ts'
import { AppError } from '../model/error.ts'
import { openStoreReadOnly } from '../store/reader.ts'
import { configuredVantageRow } from '../views/rows/live.ts'
import type { Shown } from '../views/rows/shown.ts'
import { configOf } from './config-of.ts'
import { printRows } from './print.ts'
import type { Format } from './register.ts'

export interface VantagesOptions {
  readonly config?: string
  readonly format: Format
  readonly json?: boolean
}

/** Prints every configured vantage; health is as the daemon last recorded it. @returns exit code */
export async function vantagesCommand({ config: file, format, json }: VantagesOptions): Promise<number> {
  const config = await configOf(file)
  const recorded = await recordedStates(config.store.path)
  const rows = config.vantages.map((vantage): Shown<typeof configuredVantageRow> => ({
    id: vantage.id,
    role: vantage.role,
    country: vantage.country,
    asn: vantage.asn,
    isp: vantage.isp,
    city: vantage.city,
    health: recorded.get(vantage.id)?.health ?? 'unknown',
    blockedCanaries: blockedCanaries(recorded.get(vantage.id)),
    way: vantage.route.kind,
    resolvers: vantage.resolvers.map(showResolver),
  }))
  printRows(rows, json === true ? 'json' : format, {
    row: configuredVantageRow,
    show: (row) => row,
    heading: [
      'id',
      'role',
      'way',
      'country',
      'asn',
      'isp',
      'city',
      'resolvers',
      'health',
      'blocked canaries',
    ],
    cells: (row) => [
      row.id,
      row.role,
      row.way,
      row.country,
      row.asn === null ? '-' : `AS${row.asn}`,
      row.isp ?? '-',
      row.city ?? '-',
      row.resolvers.join(' '),
      row.health,
      row.blockedCanaries.length === 0 ? '-' : row.blockedCanaries.join(' '),
    ],
    none: 'No vantage is configured.',
  })
  return 0
}

/** Nothing recorded yet is no error here: the vantages are still worth printing. */
async function recordedStates(path: string): Promise<Map<string, VantageState>> {
  try {
    const store = openStoreReadOnly(path)
    try {
      const states = Object.entries(await store.loadDetector())
      return new Map(states.map(([id, state]) => [id, loadState(state)]))
    } finally {
      store.close()
    }
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') return new Map()
    throw error
  }
}
