import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { matches } from '../../src/lab/matching.ts'
import { startLab } from '../../src/lab/lab.ts'
import type { Lab } from '../../src/lab/lab.ts'
import { createRandom } from '../../src/lab/random.ts'
import { createWorld } from '../../src/lab/world.ts'
import { askUdp, dial, get, shake } from './client.ts'

describe('sites', () => {
  test('a site added again -> takes the place of the first, aliases and all', () => {
    const world = createWorld(() => undefined)
    world.add({ host: 'a.example', aliases: ['old.example'], addresses: ['93.184.215.1'] })
    world.add({ host: 'a.example', aliases: ['new.example'], addresses: ['93.184.215.2'] })
    expect(world.sites).toHaveLength(1)
    expect(world.at('93.184.215.1')).toEqual([])
    expect(world.records('old.example')).toBeNull()
    expect(world.records('NEW.example.')).toMatchObject({ addresses: ['93.184.215.2'] })
  })

  test('a site whose host was an alias of another -> the other stays', () => {
    const world = createWorld(() => undefined)
    world.add({ host: 'a.example', aliases: ['www.a.example'], addresses: ['93.184.215.1'] })
    world.add({ host: 'www.a.example', addresses: ['93.184.215.2'] })
    expect(world.site('a.example')?.addresses).toEqual(['93.184.215.1'])
    expect(world.site('www.a.example')?.addresses).toEqual(['93.184.215.2'])
  })

  test('IPv6 spelt out at length -> the one spelling used everywhere', () => {
    const world = createWorld(() => undefined)
    world.add({ host: 'six.example', addresses: ['2606:2800:021F:0000:0000:0000:0000:0001'] })
    expect(world.at('2606:2800:21f::1')).toHaveLength(1)
  })

  test('what is no address -> TypeError that names the site', () => {
    const world = createWorld(() => undefined)
    expect(() => world.add({ host: 'a.example', addresses: ['a.example'] })).toThrow(
      /site a\.example: "a\.example"/,
    )
  })

  test('down, moved -> the addresses it had are cut; gone from the registry -> they are not', () => {
    const cut: (readonly string[])[] = []
    const world = createWorld((addresses) => cut.push(addresses))
    const site = world.add({ host: 'a.example', addresses: ['93.184.215.1'] })
    site.down('nxdomain')
    expect(cut).toEqual([])
    site.down()
    site.move(['93.184.215.2'])
    expect(cut).toEqual([['93.184.215.1'], ['93.184.215.1']])
    expect(site.downAs).toBe('refused')
    site.up()
    expect(site.downAs).toBeNull()
  })
})

describe('a site added while the lab runs', () => {
  let lab: Lab
  beforeAll(async () => {
    lab = await startLab()
  })
  afterAll(() => lab.close())

  test('its name, certificate, pages and ports -> as given, on every network', async () => {
    lab.addSite({
      host: 'blog.example',
      addresses: ['93.184.215.77'],
      http: 'closed',
      title: 'A blog',
      pages: { '/feed': { status: 203, headers: { 'x-made': 'here' }, body: Buffer.from('feed') } },
    })
    const network = lab.network('tt-mobile')
    expect(await askUdp(network, 'blog.example')).toMatchObject([{ addresses: ['93.184.215.77'] }])
    expect((await get(lab, network, 'https://blog.example/')).body).toContain('<title>A blog</title>')
    const feed = await get(lab, network, 'https://blog.example/feed?n=1')
    expect(feed).toMatchObject({
      status: 203,
      body: 'feed',
      headers: { 'x-made': 'here', 'content-length': '4' },
    })
    await expect(get(lab, network, 'http://blog.example/')).rejects.toMatchObject({
      failure: 'connection_refused',
    })
  })

  test('two sites at one address -> each with its own certificate; one down -> 503 for it alone', async () => {
    const network = lab.network('outside')
    for (const host of ['one.example', 'two.example'])
      lab.addSite({ host, addresses: ['93.184.215.78'], title: host })
    for (const host of ['one.example', 'two.example']) {
      expect((await get(lab, network, `https://${host}/`)).body).toContain(`<title>${host}</title>`)
      const tls = await shake(await dial(network, '93.184.215.78', 443), host, { ca: lab.ca })
      expect(tls.getPeerCertificate().subject.CN).toBe(host)
      tls.destroy()
    }
    lab.site('one.example').down()
    expect((await get(lab, network, 'https://one.example/')).status).toBe(503)
    expect((await get(lab, network, 'https://two.example/')).status).toBe(200)
  })

  test('HEAD -> the headers alone', async () => {
    const tls = await shake(await dial(lab.network('outside'), '217.20.155.13', 443), 'ok.ru', { ca: lab.ca })
    const chunks: Buffer[] = []
    tls.on('data', (chunk: Buffer) => chunks.push(chunk))
    const ended = new Promise((resolve) => tls.once('end', resolve))
    tls.write('HEAD / HTTP/1.1\r\nhost: ok.ru\r\nconnection: close\r\n\r\n')
    await ended
    expect(Buffer.concat(chunks).toString()).toMatch(
      /^HTTP\/1\.1 200 OK\r\n[^]*content-length: \d{5}\r\n[^]*\r\n\r\n$/i,
    )
  })
})

describe('patterns', () => {
  test.each([
    ['ok.ru', 'ok.ru', true],
    ['ok.ru', 'OK.ru.', true],
    ['ok.ru', 'www.ok.ru', false],
    ['*.ok.ru', 'ok.ru', true],
    ['*.OK.ru', 'api.m.ok.ru', true],
    ['*.ok.ru', 'book.ru', false],
    ['*.ok.ru', 'ok.ru.example', false],
  ])('%s and %s -> %s', (pattern, host, expected) => {
    expect(matches(pattern, host)).toBe(expected)
  })
})

describe('chance', () => {
  test('the same seed and name -> the same numbers; another of either -> others', () => {
    const draw = (seed: number, name: string): number[] => {
      const random = createRandom(seed, name)
      return Array.from({ length: 5 }, random)
    }
    expect(draw(1, 'babilon')).toEqual(draw(1, 'babilon'))
    expect(draw(2, 'babilon')).not.toEqual(draw(1, 'babilon'))
    expect(draw(1, 'tcell')).not.toEqual(draw(1, 'babilon'))
  })

  test('10,000 draws -> in [0, 1), a tenth of them in each tenth', () => {
    const random = createRandom(1, 'even')
    const tenths = Array.from({ length: 10 }, () => 0)
    for (let n = 0; n < 10_000; n += 1) tenths[Math.floor(random() * 10)]! += 1
    for (const count of tenths) expect(Math.abs(count - 1000)).toBeLessThan(150)
  })
})
