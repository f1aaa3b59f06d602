/**
 * How much one measurement says for interference (positive) against a fault (negative), in nats.
 *
 * ln of how much more often the sight is seen under a censor than under a fault, judged from how often faults look so:
 * a guess with reasons, on the low side where faults are known to do the same. detect/ adds them up.
 */
export const WEIGHTS = {
  /** Nothing can be said. */
  none: 0,
  /** A known block page, a forged second answer, a certificate by an unknown authority: faults do not make these. */
  proved: 8,
  /** NXDOMAIN or loopback for a name that exists elsewhere: a resolver told to lie; a broken zone copy is rare. */
  dnsLie: 5,
  /** No address, or a private one, where others get public ones: a lie, or a resolver with a local view of the name. */
  dnsOddAnswer: 4,
  /** An address of a stranger, shown by its certificate, its page, or by coming in place of one that still works. */
  dnsStranger: 4,
  /** An unshared address that does not connect: edges of content networks die so, and it says it again as long as they are dead. */
  dnsUnsharedDead: 1,
  /** REFUSED for this name while canary names resolve: policy, seldom trouble. */
  dnsRefused: 2.5,
  /** Resolver trouble: servers of the name overloaded, a lost datagram. */
  dnsTrouble: 0.5,
  /** A reset of the SYN's connection: middleboxes do it, hosts refuse instead. */
  tcpReset: 3,
  /** Refused here at the moment the control gets the page: a firewall that rejects; a host that refuses does so to all. */
  tcpRefused: 2.5,
  /** A router says there is no way: a null route set on purpose, or routing trouble. */
  tcpUnreachable: 1,
  /** Silence: a drop on purpose, or any fault on the path. */
  silence: 0.7,
  /** It fails at the address whatever name is sent, while neutral servers answer and the control connects there: of path faults one in twenty leaves all else well. */
  addressAlone: 3,
  /** Silence only after the ClientHello, on a connection that was opened: drops by name look so, path faults seldom. */
  silenceAfterHello: 1,
  /** Reset or closed right after the ClientHello while the control completes: how filters on the name act. */
  cutAfterHello: 5,
  /** An alert, or bytes that are not TLS, from the very address where the control completes: filters that answer do it; so do edges of a network badly set up. */
  refusedAfterHello: 4,
  /** A valid certificate of somebody else at the right address: a hijack, or a front badly set up at one edge. */
  otherName: 3,
  /** Any other handshake trouble: old boxes, bad certificates at one edge, wrong clocks. */
  tlsTrouble: 1,
  /** Sent, in cleartext, to a stranger's page, or given one in place. */
  blockpage: 5,
  /** Reset or closed during the request or the answer: filters on words do it, overloaded servers too. */
  httpCut: 2.5,
  /** Slow or unusable answers: more often trouble than not. */
  httpTrouble: 1,
  /** Another page than the control's, not wholly strange: local editions, CAPTCHAs, error pages. */
  httpDiff: 0.5,
  /** One server that is slow under one name and fast under another: a queue does not read names. */
  slowByName: 5,
  /** Slow here and nowhere else: throttling, or a busy path to one network. */
  slowHere: 1,
  /** What has nothing to do with the service fails in the same way at the same time. */
  failsAlike: -4,
  /** Gone for the control too: nothing to do with this network. */
  down: -4,
} as const
