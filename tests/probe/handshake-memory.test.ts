/** What handshakes leave in memory. A daemon makes a few a second for months. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { makeCa } from './certificates.ts'
import { serveTls } from './servers.ts'

const NAME = 'many.example'
/** Issuers presented behind the leaf. Kept, they would take 60 KiB a handshake; with two of them it would not show. */
const ISSUERS = 9
const KEPT_WOULD_BE_KIB = 60

test('hundreds of handshakes with a server that presents a long chain -> no certificate of theirs stays in memory', async () => {
  const ca = makeCa()
  const leaf = ca.issue([NAME])
  await using server = await serveTls({ ...leaf, cert: leaf.cert + ca.pem.repeat(ISSUERS) }, () => undefined)
  const script = fileURLToPath(new URL('handshakes-many.ts', import.meta.url))
  const args = [script, String(server.port), NAME, ca.pem]
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 90_000 })
  const { perPart, residentKiB } = JSON.parse(stdout) as { perPart: number; residentKiB: number[] }
  // The heap grows in leaps now and then; what is kept for good shows in every part.
  const grown = residentKiB.slice(1).map((kiB, part) => (kiB - residentKiB[part]!) / perPart)
  expect(Math.min(...grown)).toBeLessThan(KEPT_WOULD_BE_KIB / 3)
}, 100_000)
