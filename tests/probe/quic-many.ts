/**
 * Thousands of handshakes from several threads to one server, over real UDP: `quic-many.ts PORT PEM`. Prints how many
 * were completed and what the threads held in memory after each part; ends by itself, or shows that something is left.
 */
import { once } from 'node:events'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { startDeadline } from '../../src/probe/deadline.ts'
import { shakeQuic } from '../../src/probe/quic/handshake.ts'
import { openUdp } from '../../src/vantage/direct.ts'

const THREADS = 2
const PARTS = 4
const PER_PART = 250
const AT_ONCE = 4

interface Said {
  readonly completed: number
  readonly heldBytes: number
}

async function ask(): Promise<void> {
  const [port, ca] = process.argv.slice(2)
  const threads = Array.from(
    { length: THREADS },
    () =>
      new Worker(import.meta.filename, {
        workerData: { port: Number(port), ca },
      }),
  )
  let completed = 0
  const heldMb: number[] = []
  for (let part = 0; part < PARTS; part += 1) {
    let held = 0
    for (const [said] of (await tell(threads, PER_PART, 'message')) as [Said][]) {
      completed += said.completed
      held += said.heldBytes
    }
    heldMb.push(held / 1e6)
  }
  const codes = (await tell(threads, 0, 'exit')).map(([code]) => code as number)
  process.stdout.write(JSON.stringify({ asked: THREADS * PARTS * PER_PART, completed, heldMb, codes }))
}

function tell(threads: readonly Worker[], count: number, answer: 'message' | 'exit'): Promise<unknown[][]> {
  const answers = threads.map((thread) => once(thread, answer))
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is for windows; this is a thread
  for (const thread of threads) thread.postMessage(count)
  return Promise.all(answers)
}

function work(): void {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const { port, ca } = workerData as { port: number; ca: string }
  const never = new AbortController().signal
  const to = { address: '127.0.0.1', port }
  const one = async (): Promise<boolean> => {
    using deadline = startDeadline(never, 20_000)
    const channel = await openUdp(to, deadline.signal)
    const { error } = await shakeQuic(channel, 'site.example', [ca], deadline.signal)
    channel.close()
    return error === null
  }
  const many = async (count: number): Promise<void> => {
    let left = count
    let completed = 0
    const run = async (): Promise<void> => {
      while (left-- > 0) if (await one()) completed += 1
    }
    await Promise.all(Array.from({ length: AT_ONCE }, run))
    collect()
    const { heapUsed } = process.memoryUsage()
    const said: Said = { completed, heldBytes: heapUsed }
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- as above
    parentPort!.postMessage(said)
  }
  parentPort!.on('message', (count: number) => {
    if (count === 0) parentPort!.close()
    else void many(count)
  })
}

if (isMainThread) await ask()
else work()
