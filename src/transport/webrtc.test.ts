import { expect, test } from 'vitest'
import { startRelay } from '../relay/node.js'
import { webRtc } from './webrtc.js'

const A = { replica: 'a'.repeat(32), incarnation: 1 }
const B = { replica: 'b'.repeat(32), incarnation: 1 }

test('where there is no WebRTC the relay carries the traffic, and the link says so', async () => {
  const relay = await startRelay()
  const transport = webRtc()
  const [a, b] = [A, B].map((self) => transport({ relay: relay.url, room: 'room', self }))
  if (a === undefined || b === undefined) throw new Error('two links expected')
  await new Promise<void>((resolve) => a.onPeer(() => resolve()))
  a.direct?.([B.replica])
  expect(a.status().peers).toMatchObject([{ ...B, kind: 'relay' }])
  const arrived = new Promise((resolve) => b.onMessage((from, bytes) => resolve([from, bytes])))
  expect(a.send(B, Uint8Array.of(1))).toBe(true)
  expect(await arrived).toEqual([A, Uint8Array.of(1)])
  expect(await a.channelStats?.(B)).toBeUndefined()
  a.close()
  b.close()
  await relay.close()
})
