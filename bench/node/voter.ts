import { createRoom, type ReplicatedMap, replicatedMap } from 'epaxos'
import { lmdb } from 'epaxos/storage/lmdb'
import { memory } from 'epaxos/storage/memory'
import { webSocket } from 'epaxos/transport/websocket'
import { answering, cpuMs, nowMs } from './answering.js'
import type { Load, Seat } from './asked.js'
import { bareLink, syncs } from './bare.js'

// The process of one voter, which node.ts starts. Argument: its seat.

/** Each client has a key of its own in each of so many turns: 16 bytes, and 64 of a value. */
const TURNS = 16
const VALUE_LENGTH = 64

const PATIENCE_MS = 60_000

let applyMs = 0

/** The map as shipped, whose executed machine is timed. */
const timed = (): ReplicatedMap => {
  const definition = replicatedMap()
  return {
    ...definition,
    create: () => {
      const machine = definition.create()
      const { apply } = machine
      machine.apply = (proposal) => {
        const start = performance.now()
        try {
          return apply.call(machine, proposal)
        } finally {
          applyMs += performance.now() - start
        }
      }
      return machine
    },
  }
}

const seat: Seat = JSON.parse(process.argv[2] ?? '')
const { relay, group, voters, id, folder } = seat
const slot = voters.indexOf(id)
const storage = folder === undefined ? memory() : lmdb({ path: folder })
const room = await createRoom({
  ...{ relay, group, voters, id, storage },
  state: timed(),
  transport: webSocket(),
  // As a program that was built for production.
  development: false,
})
const bare = bareLink(relay, id)

let written = 0
const write = async (key: string): Promise<string> => {
  const value = String(++written).padStart(VALUE_LENGTH, '0')
  await room.mutate.set({ key, value })
  return value
}

const keyOf = (client: number, turn: number): string => `${slot}/${client}/${turn}/`.padEnd(16, '-')

const load = async (clients: number, ms: number): Promise<Load> => {
  const startMs = nowMs()
  const until = performance.now() + ms
  const contents: Record<string, string> = {}
  let commands = 0
  const work = async (client: number): Promise<void> => {
    for (let turn = 0; performance.now() < until; turn++) {
      const key = keyOf(client, turn % TURNS)
      contents[key] = await write(key)
      commands++
    }
  }
  await Promise.all(Array.from({ length: clients }, (_, client) => work(client)))
  return { commands, startMs, contents }
}

const latency = async (commands: number): Promise<readonly number[]> => {
  const took: number[] = []
  while (took.length < commands) {
    const start = performance.now()
    await write(keyOf(0, took.length % TURNS))
    took.push(performance.now() - start)
  }
  return took
}

/** Looks again and again: what it waits for is there already, or will be in a moment. */
const until = async (isThere: () => boolean, what: string): Promise<void> => {
  const patience = AbortSignal.timeout(PATIENCE_MS)
  while (!isThere()) {
    if (patience.aborted) throw new Error(`${what} did not come; the room says ${JSON.stringify(room.status.get())}`)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}

answering(
  {
    open: async () => {
      await until(() => room.status.get().role === 'voter' && room.status.get().quorum === 'fast', 'the voters')
      return {}
    },
    usage: () => ({ cpuMs: cpuMs(), applyMs }),
    load: ({ clients, ms }) => load(clients, ms),
    expect: async ({ contents }) => {
      let missing = Object.entries(contents)
      await until(() => {
        const executed = room.executed.get()
        missing = missing.filter(([key, value]) => executed.get(key) !== value)
        return missing.length === 0
      }, 'what others have written')
      return { atMs: nowMs() }
    },
    latency: ({ commands }) => latency(commands),
    ping: ({ to, times, bytes }) => bare.ping(to, times, bytes),
    sync: ({ folder, times, bytes }) => syncs(folder, times, bytes),
  },
  async () => {
    bare.close()
    await room.close()
  },
)
