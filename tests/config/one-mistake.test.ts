/** What follows from a mistake is no mistake of its own: the operator is told of the one thing to put right. */
import { expect, test } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'
import { AppError } from '../../src/model/error.ts'
import { aFolder, SERVICES } from './folder.ts'

/** The lines of the error, without the folder; none when it loads. */
async function problems(didbon: string, services = SERVICES): Promise<string[]> {
  const { folder, path } = await aFolder({ 'didbon.yaml': didbon, 'services.yaml': services })
  const error: unknown = await loadConfig(path, {}).then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (error === null) return []
  expect(error).toBeInstanceOf(AppError)
  return (error as AppError).message.replaceAll(`${folder}/`, '').split('\n').slice(1)
}

const VIDEO = 'services:\n  video: { endpoints: { www: { url: https://video.example, role: primary } } }\n'
const withVideo = SERVICES.replace('services:\n', VIDEO)
const HOMER = 'home: { url: http://home.example/ }, homer: { url: home }'

test.each([
  {
    name: 'a kind that is none, of a proxy that is right',
    didbon:
      'vantages: [{ id: a, country: TJ, kind: sock5, host: 10.8.0.2, port: 1080, username: u, password: p, resolvers: [proxy] }]\n',
    says: 'didbon.yaml:1:34  vantages[0].kind: must be one of direct, socks5, http-proxy, not "sock5"; did you mean socks5?',
  },
  {
    name: 'a time for a whole probe that is none, beside a long one for a step',
    didbon: 'probe: { totalTimeoutMs: a minute, httpTimeoutMs: 40000 }\n',
    says: 'didbon.yaml:1:10  probe.totalTimeoutMs: must be a whole number from 100 to 300000, not "a minute"',
  },
  {
    name: 'a time for a whole diagnosis that is none, beside a long one for a trial',
    didbon: 'diagnose: { totalTimeoutMs: long, trialTimeoutMs: 60000 }\n',
    says: 'didbon.yaml:1:13  diagnose.totalTimeoutMs: must be a whole number from 5000 to 300000, not "long"',
  },
  {
    name: 'a service that is incomplete, and has times of its own',
    didbon: "schedule: { services: { video: { full: '0 * * * *' } } }\n",
    services: withVideo,
    says: 'services.yaml:3:3  services.video.name: is missing; it must be text, 1 to 500 characters',
  },
  {
    name: 'a canary that is wrong, and a quorum that counts on it',
    didbon: 'detect: { domesticQuorum: 2 }\n',
    services: SERVICES.replace('home: { url: http://home.example/ }', HOMER),
    says: 'services.yaml:6:61  canaries.domestic.homer.url: must be an http:// or https:// URL without credentials or fragment, not "home"',
  },
  {
    name: 'the only primary endpoint has no URL',
    didbon: '# nothing\n',
    services: SERVICES.replace('url: https://news.example, ', ''),
    says: 'services.yaml:3:36  services.news.endpoints.www.url: is missing; it must be an http:// or https:// URL without credentials or fragment',
  },
  {
    name: 'the only probe has a role that is none',
    didbon: 'vantages: [{ id: a, country: TJ, role: prob }]\n',
    says: 'didbon.yaml:1:34  vantages[0].role: must be one of probe, control, not "prob"; did you mean probe?',
  },
  {
    name: 'the user of a SOCKS5 proxy is no text, and a password is beside it',
    didbon:
      'vantages: [{ id: a, country: TJ, kind: socks5, host: a.example, port: 1, username: 7, password: p }]\n',
    says: 'didbon.yaml:1:74  vantages[0].username: must be text, 1 to 255 characters, not 7',
  },
  {
    name: 'a reference that leads nowhere, where a number is wanted',
    didbon: "serve: { port: '${NOBODY_SET_THIS}' }\n",
    says: 'didbon.yaml:1:10  serve.port: environment variable NOBODY_SET_THIS is not set, or is empty',
  },
])('$name -> told once, and nothing else', async ({ didbon, services, says }) => {
  expect(await problems(didbon, services)).toEqual([says])
})

test('two mistakes that have nothing to do with each other, one in each file -> both, though one service is broken', async () => {
  const didbon = "schedule: { services: { nwes: { full: '0 * * * *' }, video: { full: '1 * * * *' } } }\n"
  expect(await problems(didbon, withVideo)).toEqual([
    'services.yaml:3:3  services.video.name: is missing; it must be text, 1 to 500 characters',
    'didbon.yaml:1:25  schedule.services.nwes: is not a service in services.yaml; there are news',
  ])
})

test('a service called as something every object has -> one like any other', async () => {
  const services = SERVICES.replace('home:', 'constructor:')
  expect(await problems('# nothing\n', services)).toEqual([])
  const didbon = "schedule: { services: { constructor: { full: '0 * * * *' } } }\n"
  expect(await problems(didbon)).toEqual([
    'didbon.yaml:1:25  schedule.services.constructor: is not a service in services.yaml; there are news',
  ])
})
