import { beforeEach, expect, test } from 'vitest'
import { MAX_BODY_BYTES } from '../wire/index.js'
import { SignalLane } from './signal-lane.js'

const B = { replica: 'b'.repeat(32), incarnation: 1 }

type Step = (body: Uint8Array) => Promise<Uint8Array | undefined>

let told: string[]
beforeEach(() => {
  told = []
})

const events = {
  onSealed: (body: Uint8Array): void => void told.push(`sealed ${body.length < 9 ? body : body.length}`),
  onOpened: (body: Uint8Array): void => void told.push(`opened ${body}`),
  onLost: (): void => void told.push('lost'),
}

const laneWith = (step: Step): SignalLane =>
  new SignalLane({ seal: (_to, body) => step(body), open: (_from, body) => step(body) }, B, events)

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('without a seal signals pass as they are, within the call', () => {
  const lane = new SignalLane(undefined, B, events)
  lane.send(Uint8Array.of(1))
  lane.receive(Uint8Array.of(2))
  expect(told).toEqual(['sealed 1', 'opened 2'])
})

test('signals stay in order however long each takes, and neither direction waits for the other', async () => {
  const finish: (() => void)[] = []
  const lane = laneWith((body) => new Promise((resolve) => finish.push(() => resolve(body))))
  for (const digit of [1, 2]) lane.send(Uint8Array.of(digit))
  lane.receive(Uint8Array.of(3))
  await settled()
  expect(finish.length).toBe(2)
  finish[1]?.()
  await settled()
  expect(told).toEqual(['opened 3'])
  finish[0]?.()
  await settled()
  finish[2]?.()
  await settled()
  expect(told).toEqual(['opened 3', 'sealed 1', 'sealed 2'])
})

test('what can not be sealed is lost and said to be, what was not sealed is ignored, and the next ones pass', async () => {
  const outcomes: Step[] = [async () => undefined, () => Promise.reject(new Error('no key')), async (body) => body]
  let calls = 0
  const lane = laneWith((body) => outcomes[calls++ % 3]?.(body) ?? Promise.resolve(undefined))
  for (const digit of [1, 2, 3]) lane.send(Uint8Array.of(digit))
  await settled()
  for (const digit of [4, 5, 6]) lane.receive(Uint8Array.of(digit))
  await settled()
  expect(told).toEqual(['lost', 'lost', 'sealed 3', 'opened 6'])
})

test('what has become too large for a frame of the relay is lost', async () => {
  const lane = laneWith(async (body) => new Uint8Array(body.length))
  lane.send(new Uint8Array(MAX_BODY_BYTES))
  lane.send(new Uint8Array(MAX_BODY_BYTES + 1))
  await settled()
  expect(told).toEqual([`sealed ${MAX_BODY_BYTES}`, 'lost'])
})

test('what waits is bounded, and nothing is told after the end', async () => {
  const lane = laneWith(async (body) => body)
  for (let sent = 0; sent < 300; sent++) lane.receive(Uint8Array.of(1))
  for (let sent = 0; sent < 300; sent++) lane.send(Uint8Array.of(1))
  expect(told).toEqual(new Array(44).fill('lost'))
  await settled()
  expect(told.length).toBe(44 + 256 + 256)
  lane.send(Uint8Array.of(1))
  lane.close()
  lane.send(Uint8Array.of(2))
  await settled()
  expect(told.length).toBe(44 + 256 + 256)
})
