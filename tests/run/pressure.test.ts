import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { cpuPressure } from '../../src/run/pressure.ts'

const PRESSURE = `some avg10=98.56 avg60=12.50 avg300=93.83 total=12
full avg10=0.00 avg60=0.00 avg300=0.00 total=0
`

test.each([
  { name: 'Linux tells it', told: PRESSURE, is: 0.125 },
  { name: 'something else is told', told: 'cpu 1 2 3', is: null },
  { name: 'nothing is told', told: null, is: null },
])('pressure: $name -> $is', async ({ told, is }) => {
  const at = await mkdtemp(join(tmpdir(), 'didbon-proc-'))
  onTestFinished(() => rm(at, { recursive: true }))
  const path = join(at, 'cpu')
  if (told !== null) await writeFile(path, told)
  expect(cpuPressure(path)).toBe(is)
})
