import { expect, test } from 'vitest'
import type { Endpoint, Service } from '../../src/model/service.ts'
import { endpointFor } from '../../src/ooni/match.ts'

const MOVED = Date.UTC(2019, 7, 19)
const NOW = Date.UTC(2024, 0, 1)

const endpoint = (service: string, name: string, url: string, span: Partial<Endpoint> = {}): Endpoint => ({
  id: `${service}/${name}`,
  service,
  url,
  role: 'primary',
  validFromAt: null,
  validUntilAt: null,
  ...span,
})

const services: Service[] = [
  { id: 'facebook', name: 'Facebook', endpoints: [endpoint('facebook', 'www', 'https://www.facebook.com/')] },
  {
    id: 'ok',
    name: 'OK',
    endpoints: [
      endpoint('ok', 'www', 'https://ok.ru/'),
      endpoint('ok', 'plain', 'http://ok.ru/'),
      endpoint('ok', 'm', 'https://m.ok.ru/'),
    ],
  },
  {
    id: 'asia-plus',
    name: 'Asia-Plus',
    endpoints: [
      endpoint('asia-plus', 'old', 'http://news.tj/', { validUntilAt: MOVED }),
      endpoint('asia-plus', 'new', 'https://asiaplustj.info/', { validFromAt: MOVED }),
    ],
  },
]

test.each([
  ['https://www.facebook.com/', 'facebook/www'],
  ['http://www.facebook.com/', 'facebook/www'],
  ['https://facebook.com/login', 'facebook/www'],
  ['https://m.facebook.com', 'facebook/www'],
  ['https://static.facebook.com/', null],
  ['https://www.facebook.com.example/', null],
  ['http://ok.ru/', 'ok/plain'],
  ['https://ok.ru/', 'ok/www'],
  ['http://m.ok.ru/', 'ok/m'],
  ['https://asiaplustj.info/', 'asia-plus/new'],
  ['not a URL', null],
])('%s is %s', (url, id) => {
  expect(endpointFor(services, url, NOW)?.id ?? null).toBe(id)
})

test('a name counts while it was the service’s own', () => {
  expect(endpointFor(services, 'http://news.tj/', MOVED - 1)?.id).toBe('asia-plus/old')
  expect(endpointFor(services, 'http://news.tj/', MOVED)).toBeNull()
})
