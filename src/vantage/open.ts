/** open: which way out a vantage has. */
import type { Vantage } from '../model/vantage.ts'
import type { Dialer } from './dialer.ts'
import { directDialer } from './direct.ts'
import { httpProxyDialer } from './http-proxy.ts'
import { socks5Dialer } from './socks5.ts'

/** Opens the way out of a vantage: cheap, nothing is connected yet. */
export function openDialer(vantage: Vantage): Dialer {
  const { route } = vantage
  switch (route.kind) {
    case 'direct':
      return directDialer
    case 'socks5':
      return socks5Dialer(route)
    case 'http-proxy':
      return httpProxyDialer(route)
  }
}
