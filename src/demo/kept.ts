/** kept: what a demo that is left running leaves for others: the blocks of the first wave, and a configuration that leads to its lab. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../config/config.ts'
import { showResolver } from '../config/describe.ts'
import type { CensorRule } from '../lab/censor.ts'
import type { Facts } from '../lab/process.ts'
import type { Vantage } from '../model/vantage.ts'
import { FIRST_WAVE } from './blocks.ts'

/** How YouTube is blocked while a demo is kept: by a filter that a hello split in two passes, and by a resolver that lies. */
const YOUTUBE: Readonly<Record<string, CensorRule>> = {
  babilon: {
    layer: 'tls',
    names: ['www.youtube.com'],
    action: 'reset',
    reassembles: false,
    residualMs: 2_000,
  },
  tcell: { layer: 'dns', names: ['www.youtube.com'], action: 'bogus', where: 'isp-resolver' },
}

/** A lab, here or in another process. */
interface Blockable {
  network(id: string): { readonly censor: { add(rule: CensorRule): unknown } }
}

/** Puts the first wave in force again, each network by means of its own. */
export async function blockAgain(lab: Blockable): Promise<void> {
  for (const { network, service, rule } of FIRST_WAVE) {
    const own = service === 'youtube' ? YOUTUBE[network] : undefined
    await lab.network(network).censor.add(own ?? rule)
  }
}

/**
 * Writes didbon.yaml, services.yaml and the lab's authority into a folder of their own.
 *
 * @returns the path of didbon.yaml. JSON is YAML, so that nothing has to be quoted by hand.
 */
export async function writeLabConfig(
  folder: string,
  lab: Pick<Facts, 'ca'>,
  config: Config,
): Promise<string> {
  const place = join(folder, 'lab')
  await mkdir(place, { recursive: true })
  const file = join(place, 'didbon.yaml')
  const limits = Object.entries(config.probe).filter(([, value]) => typeof value !== 'object')
  const didbon = {
    services: 'services.yaml',
    vantages: config.vantages.map(vantageOf),
    probe: { ...Object.fromEntries(limits), extraCaFiles: ['authority.pem'] },
    diagnose: config.diagnose,
    store: { path: join(place, 'lab.db') },
  }
  await writeFile(join(place, 'authority.pem'), lab.ca)
  await writeFile(join(place, 'services.yaml'), lines(servicesOf(config)))
  await writeFile(file, lines(didbon))
  return file
}

function lines(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

function vantageOf({ route, resolvers, trustedResolver, ...facts }: Vantage) {
  const { kind, ...proxy } = route
  const credentials = Object.entries(proxy).filter(([, value]) => value !== null)
  return {
    ...facts,
    kind,
    ...Object.fromEntries(credentials),
    resolvers: resolvers.map(showResolver),
    trustedResolver: trustedResolver === null ? null : showResolver(trustedResolver),
  }
}

/** The neutral hosts of the diagnoses are canaries too, and come with those. */
function servicesOf({ services, canaries }: Config) {
  const short = (id: string): string => id.slice(id.indexOf('/') + 1)
  const group = (wanted: 'international' | 'domestic') =>
    Object.fromEntries(
      canaries
        .filter(({ group, optional }) => group === wanted && optional !== true)
        .map(({ id, url, expectBody }) => [
          short(id),
          { url, ...(expectBody === null ? {} : { expectBody }) },
        ]),
    )
  return {
    services: Object.fromEntries(
      services.map(({ id, name, endpoints }) => [
        id,
        {
          name,
          endpoints: Object.fromEntries(endpoints.map(({ id: of, url, role }) => [short(of), { url, role }])),
        },
      ]),
    ),
    canaries: { international: group('international'), domestic: group('domestic') },
  }
}
