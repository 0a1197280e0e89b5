import { afterEach, describe, expect, it } from 'vitest'
import { AT_ONCE, addMany, closeAll, type MapRoom, mapOf, sumOf, three, until } from './stage.js'

afterEach(closeAll)

describe('a room in which many commands were executed', () => {
  it('sweeps the session table, and goes on', async () => {
    const rooms = await three()
    const sweeps = (room: MapRoom) =>
      room.trace(10_000).flatMap((row) => row.filter(({ value, position }) => value?.kind === 'sweep' && position > 0))
    // From time to time, as the table grows.
    let added = 0
    while (sweeps(rooms[0]).length === 0) {
      await addMany(rooms[0], 5 * AT_ONCE)
      added += 5 * AT_ONCE
      expect(added).toBeLessThan(20_000)
    }
    for (const room of rooms) await addMany(room, AT_ONCE)
    for (const room of rooms) await mapOf(room).get('count 0')
    for (const room of rooms) await until(room, ({ behind }) => behind === 0)
    expect(rooms.map(sumOf)).toEqual(new Array(3).fill(added + 3 * AT_ONCE))
  }, 20_000)
})
