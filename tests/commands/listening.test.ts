import { Command } from 'commander'
import { afterEach, expect, test, vi } from 'vitest'
import { type Listening, listening, listeningAs } from '../../src/commands/listening.ts'
import { embedded } from '../../src/config/locate.ts'
import { loadConfig } from '../../src/config/load.ts'

const config = await loadConfig(embedded('didbon.yaml'), {})
afterEach(() => vi.unstubAllEnvs())

function parse(...args: string[]): Listening {
  return listening(new Command()).exitOverride().parse(args, { from: 'user' }).opts<Listening>()
}
const shown = (said: Listening) => {
  const { host, port } = listeningAs(config, said).serve
  return `${host}:${port}`
}

test('nothing is said -> where the file says', () => {
  expect(shown(parse())).toBe('127.0.0.1:8080')
})

test('an option -> stronger than the environment, which is stronger than the file', () => {
  vi.stubEnv('DIDBON_HOST', '0.0.0.0')
  vi.stubEnv('DIDBON_PORT', '9000')
  expect(shown(parse())).toBe('0.0.0.0:9000')
  expect(shown(parse('--port', '9001'))).toBe('0.0.0.0:9001')
})

test('only where it listens changes', () => {
  const { serve, ...rest } = listeningAs(config, parse('--host', '::1'))
  expect({ ...rest, serve: { ...serve, host: config.serve.host } }).toEqual(config)
})
