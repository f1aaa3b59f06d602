/**
 * Hundreds of TLS handshakes, one after the other: `handshakes-many.ts PORT NAME PEM`. Prints the resident memory after each part of
 * them, in KiB of the whole process, since what OpenSSL holds is in no heap of JavaScript's.
 */
import { readFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { certificateOf, chainOf } from '../../src/probe/certificate.ts'
import { rootsWith, shakeHands } from '../../src/probe/handshake.ts'
import { openSocket } from '../../src/vantage/open-socket.ts'

const PARTS = 6
const PER_PART = 100

const [port, name, pem] = process.argv.slice(2)
setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

async function shake(): Promise<void> {
  const signal = AbortSignal.timeout(20_000)
  const tcp = await openSocket('127.0.0.1', Number(port), signal)
  const { socket, leaf } = await shakeHands(tcp, name!, rootsWith([pem!]), signal)
  if (certificateOf(leaf!).names.length === 0 || chainOf(socket).length < 2) throw new Error('no chain')
  socket.destroy()
}

function residentKiB(): number {
  collect()
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1])
}

const resident: number[] = []
for (let part = 0; part < PARTS; part++) {
  for (let each = 0; each < PER_PART; each++) await shake()
  await new Promise(setImmediate)
  resident.push(residentKiB())
}
process.stdout.write(JSON.stringify({ perPart: PER_PART, residentKiB: resident }))
