import { createRoom, openRoom, type ReplicatedMap, type Room, type RoomOptions, replicatedMap } from 'epaxos'
import { memory } from 'epaxos/storage/memory'
import { localNetwork } from 'epaxos/transport/local'
import { randomId } from '../ids.js'
import { costsOf, type Step, spentMicros } from './costs.js'

/** Whole rooms in one process: all that is said is encoded, copied, decoded and checked; nothing is sealed or stored. */

const VOTERS = 3
/** Commands on their way at a time, in each room: of the largest values as many as wait for an answer at all. */
const IN_FLIGHT = 4

const options = (): RoomOptions<ReplicatedMap> => ({
  state: replicatedMap(),
  storage: memory(),
  transport: localNetwork().transport,
  development: false,
  autopilot: false,
})

/** A value of so many bytes in each command, which a replicated map of each room takes. */
export const withValue = async (bytes: number, repeats: number): Promise<Step> => {
  const shared = options()
  const voters = Array.from({ length: VOTERS }, randomId).sort()
  const group = randomId()
  const rooms: Room<ReplicatedMap>[] = []
  try {
    for (const id of voters) rooms.push(await createRoom({ ...shared, group, voters, id }))
    const value = 'x'.repeat(bytes)
    const calls = rooms.flatMap(({ mutate }, of) =>
      Array.from({ length: IN_FLIGHT }, (_, i) => () => mutate.set({ key: `key/${of}/${i}`, value })),
    )
    const { values, cut } = await costsOf({ repeats }, async () => {
      await Promise.all(calls.map((call) => call()))
      return calls.length
    })
    return { figures: [{ name: undefined, unit: 'µs', values: values[0] ?? [], grows: 'linear' }], cut }
  } finally {
    await Promise.all(rooms.map((room) => room.close()))
  }
}

/** How long a newcomer takes until it has a state of so many megabytes, and what that costs both ends. */
export const withArrival = async (megabytes: number, repeats: number): Promise<Step> => {
  const shared = options()
  const value = 'x'.repeat(1000)
  const entries = Array.from(
    { length: megabytes * 1000 },
    (_, i) => [`key/${String(i).padStart(7, '0')}`, value] as const,
  )
  const room = await createRoom({ ...shared, from: { format: 'epaxos export', version: 1, entries } })
  try {
    const clocks = [spentMicros, () => performance.now() * 1000]
    const { values, cut } = await costsOf({ repeats, clocks }, async () => {
      const newcomer = await openRoom(room.invite(), shared)
      try {
        await arrived(newcomer)
      } finally {
        await newcomer.close()
      }
      return 1
    })
    const [cpu = [], wall = []] = values
    const inMs = (micros: readonly number[]): readonly number[] => micros.map((each) => each / 1000)
    return {
      figures: [
        { name: 'processor, both ends', unit: 'ms', values: inMs(cpu), grows: 'linear' },
        { name: 'until it is there', unit: 'ms', values: inMs(wall), grows: 'linear' },
      ],
      cut,
    }
  } finally {
    await room.close()
  }
}

const arrived = (room: Room<ReplicatedMap>): Promise<void> =>
  new Promise((resolve) => {
    const look = (): void => {
      if (room.status.get().role === 'joining') return
      unsubscribe()
      resolve()
    }
    const unsubscribe = room.status.subscribe(look)
    look()
  })
