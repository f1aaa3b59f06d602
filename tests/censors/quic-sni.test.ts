import { expect, test } from 'vitest'
import { aLab } from './watch.ts'
import { FACEBOOK, YOUTUBE, quicOn } from './quic-watch.ts'

test('the name in the Initial is dropped -> quic sni, the service ok, its neighbours and other networks untouched', async () => {
  const lab = await aLab()
  lab.network('babilon').censor.add({ layer: 'quic', names: ['*.facebook.com'], action: 'drop' })
  for (let i = 0; i < 3; i += 1)
    expect(await quicOn(lab, 'babilon', FACEBOOK)).toMatchObject({ standing: 'sni' })
  expect(await quicOn(lab, 'babilon', YOUTUBE)).toMatchObject({ standing: 'ok' })
  expect(await quicOn(lab, 'tcell', FACEBOOK)).toMatchObject({ standing: 'ok' })
})
