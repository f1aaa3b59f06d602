/** A network of the lab as a vantage. */
import type { Lab } from '../../src/lab/lab.ts'
import type { LabNetwork } from '../../src/lab/network.ts'
import type { Vantage } from '../../src/model/vantage.ts'
export function vantageIn(network: LabNetwork, lab: Lab): Vantage {
  const { id, role, country, asn, isp, city, socksHost: host, socksPort: port } = network
  return {
    id,
    role,
    country,
    asn,
    isp,
    city,
    route: { kind: 'socks5', host, port, username: null, password: null },
    resolvers: [{ kind: 'udp', ...network.ispResolver }],
    trustedResolver: { kind: 'doh', ...lab.trustedResolver },
    maxInFlight: 16,
  }
}
