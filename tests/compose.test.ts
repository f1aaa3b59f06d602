/** compose.yaml and the unit file, read as an engine reads them: what they name is there, and nothing is open that should not be. */
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { parse } from 'yaml'

interface Service {
  readonly image: string
  readonly build?: string
  readonly profiles?: readonly string[]
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
  readonly cap_drop?: readonly string[]
  readonly security_opt?: readonly string[]
  readonly healthcheck?: object
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>
  readonly volumes: Readonly<Record<string, unknown>>
}

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const read = (file: string) => readFileSync(`${ROOT}${file}`, 'utf8')
/** As with nothing in the environment: each variable is what stands after `:-`. */
const compose = parse(read('compose.yaml').replace(/\$\{\w+:-([^}]*)\}/g, '$1'), { merge: true }) as Compose
const services = Object.entries(compose.services)

test('either the lookout or the demo runs, under the name Prometheus and Grafana ask for', () => {
  const by = (profile: string) =>
    services.filter(([, { profiles }]) => profiles === undefined || profiles.includes(profile))
  const names = (profile: string) => by(profile).map(([name]) => name)
  expect(names('live').toSorted()).toEqual(['alertmanager', 'grafana', 'lookout', 'prometheus'])
  expect(names('demo').toSorted()).toEqual(['alertmanager', 'demo', 'grafana', 'prometheus'])
  expect(read('.env')).toMatch(/^COMPOSE_PROFILES=live$/m)
  for (const name of ['lookout', 'demo'])
    expect(compose.services[name]).toMatchObject({ networks: { default: { aliases: ['didbon'] } } })
})

test.each(services)(
  '%s -> pinned, on loopback, without privileges, with a health check',
  (_name, service) => {
    expect(service.image).toMatch(/:v?\d+\.\d+\.\d+$/)
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/)
    expect(service.cap_drop).toEqual(['ALL'])
    expect(service.security_opt).toEqual(['no-new-privileges:true'])
    // Ours is in the Dockerfile.
    expect(service.healthcheck !== undefined || service.build === '.').toBe(true)
  },
)

test.each(services)('%s -> what it mounts is here, or is a volume', (_name, { volumes = [] }) => {
  for (const volume of volumes) {
    const [source = ''] = volume.split(':')
    const known = source.startsWith('./') ? existsSync(`${ROOT}${source}`) : source in compose.volumes
    expect({ source, known }).toEqual({ source, known: true })
  }
})

test('the image is of this version', () => {
  const { version } = JSON.parse(read('package.json')) as { version: string }
  expect(compose.services['lookout']!.image).toBe(`didbon:${version}`)
})

test('the unit file runs what the build makes, and gives it nothing it does not need', () => {
  const unit = read('config/systemd/didbon.service')
  expect(unit).toMatch(/^ExecStart=\/usr\/bin\/node .*\/opt\/didbon\/dist\/cli\.js serve$/m)
  expect(JSON.parse(read('package.json'))).toMatchObject({ bin: { didbon: 'dist/cli.js' } })
  for (const line of [
    'DynamicUser=yes',
    'NoNewPrivileges=yes',
    'ProtectSystem=strict',
    'CapabilityBoundingSet=',
  ])
    expect(unit.split('\n')).toContain(line)
})
