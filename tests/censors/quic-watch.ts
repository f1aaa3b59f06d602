/** HTTP/3 behind a censor of the lab: real handshakes through the network's relay, and the judge's word on them. */
import { expect } from 'vitest'
import { judge } from '../../src/judge/judge.ts'
import { judgeQuic } from '../../src/judge/quic.ts'
import type { Lab } from '../../src/lab/lab.ts'
import type { QuicVerdict } from '../../src/model/quic.ts'
import { measureOnce } from './watch.ts'

export const FACEBOOK = 'https://www.facebook.com/'
export const YOUTUBE = 'https://www.youtube.com/'

/** What a fresh measurement from one network says of QUIC beside a fresh measurement from the control. The service itself must be fine. */
export async function quicOn(lab: Lab, network: string, url: string): Promise<QuicVerdict | null> {
  const [here, control] = await Promise.all([
    measureOnce(lab, network, url),
    measureOnce(lab, 'outside', url),
  ])
  expect(judge(here, [control], 'online'), 'over TCP').toMatchObject({ outcome: 'ok', reached: 'yes' })
  return judgeQuic(here, [control])
}
