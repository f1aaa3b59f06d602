/** The shipped record, as the tests of this room use it. */
import { fileURLToPath } from 'node:url'
import { loadEvents } from '../../src/config/events.ts'
import { loadReports } from '../../src/config/reports.ts'

const at = (file: string) => fileURLToPath(new URL(`../../config/${file}`, import.meta.url))

export const events = await loadEvents(at('events.yaml'))
export const record = await loadReports(at('reports.yaml'), events)
