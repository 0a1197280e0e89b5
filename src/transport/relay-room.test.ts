import { expect, test } from 'vitest'
import { relayRoomOf } from './relay-room.js'

test("the relay's room is the same for a group at all times, and does not show its id", async () => {
  const room = await relayRoomOf('d'.repeat(32))
  expect(room).toMatch(/^[0-9a-f]{32}$/)
  expect(room).toBe(await relayRoomOf('d'.repeat(32)))
  expect(room).not.toBe('d'.repeat(32))
  expect(room).not.toBe(await relayRoomOf('e'.repeat(32)))
})
