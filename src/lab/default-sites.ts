/** The sites the lab starts with: the watched services, the canaries, resolvers, and neighbours nobody blocks. */
import { bigFile } from './page.ts'
import type { SiteSpec } from './world.ts'

/** More than anybody times, less than they have in the world. */
const BIG_BYTES = 1_048_576

const text = (body: string, type = 'text/plain'): NonNullable<SiteSpec['pages']>[string] => ({
  headers: { 'content-type': type },
  body,
})

const SERVICES: readonly SiteSpec[] = [
  {
    host: 'www.facebook.com',
    aliases: ['facebook.com'],
    cname: 'star-mini.c10r.facebook.com',
    addresses: ['157.240.205.35', '157.240.253.35'],
    title: 'Facebook - log in or sign up',
    http3: true,
  },
  { host: 'm.facebook.com', addresses: ['157.240.205.36'], title: 'Facebook - log in or sign up' },
  { host: 'static.xx.fbcdn.net', addresses: ['157.240.205.13'], title: 'static' },
  { host: 'scontent.xx.fbcdn.net', addresses: ['157.240.205.21'], title: 'scontent' },
  {
    host: 'www.youtube.com',
    aliases: ['youtube.com'],
    cname: 'youtube-ui.l.google.com',
    addresses: ['142.250.186.78', '142.250.186.110'],
    title: 'YouTube',
    http3: true,
  },
  { host: 'm.youtube.com', addresses: ['142.250.186.142'], title: 'YouTube' },
  { host: 'i.ytimg.com', addresses: ['142.250.185.118'], title: 'ytimg' },
  {
    host: 'redirector.googlevideo.com',
    addresses: ['142.250.184.206'],
    title: 'googlevideo',
    pages: { '/video': bigFile(BIG_BYTES) },
  },
  { host: 'ok.ru', aliases: ['www.ok.ru'], addresses: ['217.20.155.13', '217.20.147.1'], title: 'OK' },
  {
    host: 'odnoklassniki.ru',
    aliases: ['www.odnoklassniki.ru'],
    addresses: ['217.20.155.6'],
    pages: { '/': { status: 301, headers: { location: 'https://ok.ru/' }, body: '' } },
  },
  { host: 'st-ok.cdn-vk.ru', addresses: ['95.142.206.11'], title: 'st-ok' },
  {
    host: 'asiaplustj.info',
    aliases: ['www.asiaplustj.info'],
    addresses: ['104.21.37.60', '172.67.201.9'],
    title: 'ASIA-Plus | News from Tajikistan',
  },
  { host: 'asiaplus.tj', aliases: ['www.asiaplus.tj'], addresses: ['185.193.12.10'], title: 'ASIA-Plus' },
  {
    host: 'news.tj',
    aliases: ['www.news.tj'],
    addresses: ['185.193.12.20'],
    title: 'ASIA-Plus | news.tj',
    http: 'serve',
  },
]

const CANARIES: readonly SiteSpec[] = [
  {
    host: 'detectportal.firefox.com',
    addresses: ['34.107.221.82'],
    http: 'serve',
    pages: { '/success.txt': text('success\n') },
  },
  {
    host: 'www.msftconnecttest.com',
    addresses: ['23.55.161.70'],
    http: 'serve',
    pages: { '/connecttest.txt': text('Microsoft Connect Test') },
  },
  {
    host: 'www.apple.com',
    addresses: ['17.253.144.10'],
    http: 'serve',
    pages: {
      '/library/test/success.html': text(
        '<HTML><HEAD><TITLE>Success</TITLE></HEAD><BODY>Success</BODY></HTML>\n',
        'text/html',
      ),
    },
  },
  {
    host: 'khovar.tj',
    aliases: ['www.khovar.tj'],
    addresses: ['91.218.168.10'],
    domestic: true,
    title: 'NIAT Khovar',
  },
  {
    host: 'jumhuriyat.tj',
    aliases: ['www.jumhuriyat.tj'],
    addresses: ['91.218.168.20'],
    domestic: true,
    title: 'Jumhuriyat',
  },
]

/** Pages of several packets over HTTPS, by operators of their own, for canaries that use what the services use. */
const PAGES: readonly SiteSpec[] = [
  { host: 'www.debian.org', addresses: ['130.89.148.77'], title: 'Debian' },
  { host: 'www.ripe.net', addresses: ['193.0.11.51'], title: 'RIPE Network Coordination Centre' },
  { host: 'www.isc.org', addresses: ['149.20.1.66'], title: 'Internet Systems Consortium' },
]

const RESOLVERS: readonly SiteSpec[] = [
  {
    host: 'dns.quad9.net',
    addresses: ['9.9.9.9', '149.112.112.112'],
    doh: true,
    resolver: true,
    title: 'Quad9',
  },
  {
    host: 'cloudflare-dns.com',
    addresses: ['1.1.1.1'],
    doh: true,
    resolver: true,
    title: 'Cloudflare DNS',
    http3: true,
  },
]

/** Large files that nobody blocks, to time a transfer against. */
const FILES: readonly SiteSpec[] = [
  {
    host: 'fsn1-speed.hetzner.com',
    addresses: ['88.198.248.254'],
    title: 'Hetzner speed test',
    pages: { '/100MB.bin': bigFile(BIG_BYTES) },
  },
  {
    host: 'cdn.kernel.org',
    addresses: ['151.101.65.176'],
    title: 'kernel.org',
    pages: { '/pub/linux/kernel/v6.x/linux-6.6.tar.xz': bigFile(BIG_BYTES) },
  },
]

const NEIGHBOURS: readonly SiteSpec[] = [
  {
    host: 'example.com',
    aliases: ['www.example.com'],
    addresses: ['93.184.215.14'],
    http: 'serve',
    title: 'Example Domain',
  },
  { host: 'www.iana.org', aliases: ['iana.org'], addresses: ['192.0.33.8'], http: 'serve', title: 'IANA' },
  /** where forged answers point: somebody else's machine, that answers for itself */
  { host: 'parking.example.net', addresses: ['185.53.178.51'], http: 'serve', title: 'Parked' },
]

export const DEFAULT_SITES: readonly SiteSpec[] = [
  ...SERVICES,
  ...CANARIES,
  ...PAGES,
  ...RESOLVERS,
  ...FILES,
  ...NEIGHBOURS,
]
