import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'
import { locateConfig } from '../../src/config/locate.ts'
import { blockAgain, writeLabConfig } from '../../src/demo/kept.ts'
import { demoConfig, NETWORKS } from '../../src/demo/setting.ts'
import { DEFAULT_NETWORKS } from '../../src/lab/default-networks.ts'
import { startLab } from '../../src/lab/lab.ts'

test('a demo that is kept -> a configuration that loads and leads to the lab, whose networks block again', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'didbon-kept-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const lab = await startLab({ networks: DEFAULT_NETWORKS.filter(({ id }) => NETWORKS.includes(id)) })
  onTestFinished(() => lab.close())
  const config = demoConfig(await loadConfig(locateConfig(undefined, {}), {}), lab, join(folder, 'demo.db'))
  const file = await writeLabConfig(folder, lab, config)
  const read = await loadConfig(file, {})
  expect(read.vantages).toEqual(config.vantages)
  expect(read.services).toEqual(config.services)
  // Neutral hosts are canaries where outages are diagnosed, which a demo does not do.
  expect(read.canaries).toEqual(config.canaries.filter(({ optional }) => optional !== true))
  expect(read.diagnose).toEqual(config.diagnose)
  expect(read.probe.extraCa).toEqual([lab.ca])
  expect(read.store.path).not.toBe(config.store.path)

  await blockAgain(lab)
  for (const id of NETWORKS.filter((network) => lab.network(network).role === 'probe')) {
    expect(lab.network(id).censor.rules).toHaveLength(4)
  }
  expect(lab.network('outside').censor.rules).toEqual([])
})
