import { expect, test } from 'vitest'
import { aLab } from './watch.ts'
import { FACEBOOK, YOUTUBE, quicOn } from './quic-watch.ts'

test('UDP 443 to the address is dropped -> quic drop, the service ok, its neighbours and other networks untouched', async () => {
  const lab = await aLab()
  expect(await quicOn(lab, 'babilon', FACEBOOK)).toMatchObject({ standing: 'ok' })
  lab.network('babilon').censor.add({ layer: 'quic', to: ['www.facebook.com'], action: 'drop' })
  for (let i = 0; i < 3; i += 1)
    expect(await quicOn(lab, 'babilon', FACEBOOK)).toMatchObject({ standing: 'drop' })
  expect(await quicOn(lab, 'babilon', YOUTUBE)).toMatchObject({ standing: 'ok' })
  expect(await quicOn(lab, 'tcell', FACEBOOK)).toMatchObject({ standing: 'ok' })
})
