/** What one probe in flight weighs, in a process of its own: many wait for a page that never comes. Tells bytes per probe. */
import { probeOnce } from '../../src/probe/ladder.ts'
import type { ProbeTask } from '../../src/probe/task.ts'

/** Told by the bench: begin with so many probes, and later, weigh. */
type Order = { readonly task: ProbeTask; readonly probes: number } | 'weigh'

const stop = new AbortController()
let before = 0
let count = 0

process.on('message', (order: Order) => {
  if (order !== 'weigh') {
    count = order.probes
    before = weigh()
    for (let i = 0; i < count; i += 1) void probeOnce(order.task, stop.signal)
    return
  }
  process.send?.((weigh() - before) / count)
  process.disconnect()
  stop.abort()
})

function weigh(): number {
  globalThis.gc!()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
