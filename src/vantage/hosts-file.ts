/** The names that this machine itself gives to addresses: its hosts file, and localhost. */
import net from 'node:net'

export const HOSTS_PATH = '/etc/hosts'

/** The addresses a hosts file has for a name, in its order; localhost has its own where the file is silent (RFC 6761). */
export function addressesInHosts(file: string, name: string): string[] {
  const wanted = name.toLowerCase()
  const found = file.split('\n').flatMap((line) => {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/)
    return net.isIP(address) !== 0 && names.some((n) => n.toLowerCase() === wanted) ? [address] : []
  })
  if (found.length === 0 && (wanted === 'localhost' || wanted.endsWith('.localhost'))) {
    return ['127.0.0.1', '::1']
  }
  return [...new Set(found)]
}
