import { createRoom, type ReplicatedMap, type Room, replicatedMap } from 'epaxos'
import { indexedDb } from 'epaxos/storage/indexeddb'
import { webSocket } from 'epaxos/transport/websocket'

/**
 * A voter on a disk that is started again and again: in Node and, the same module, in a page. Three voters are listed; the
 * last one never comes, so that whatever was committed stays in the log.
 */

export interface Seat {
  readonly relay: string
  readonly group: string
  readonly voters: readonly string[]
  readonly id: string
}

/** Milliseconds, one after the other, that one start took. */
export interface Parts {
  /** Until the database had delivered what it holds … */
  readonly read: number
  /** … and all that was checked, and made into records and chunks again. */
  readonly decode: number
  /** The state of the checkpoint. */
  readonly restore: number
  /** The records, put in order, and those executed that the checkpoint lacks. */
  readonly replay: number
  /** Until a first command of its own was answered, with the vote of another. */
  readonly vote: number
}

/** Commands at a time that wait for an answer: enough to keep everybody busy. */
const AT_ONCE = 256

/** A new voter's life in which so many commands are executed, each of a key of its own: so many at a time, as in a busy room. */
export const fill = async (seat: Seat, commands: number): Promise<void> => {
  const room = await open(seat, replicatedMap(), { checkpoints: false })
  let next = 0
  const type = async (): Promise<void> => {
    while (next < commands) {
      const number = next++
      await room.mutate.set({ key: `key/${number}`, value: number })
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, type))
  await room.close()
}

/** A life that writes a checkpoint of all that was executed, and nothing else. */
export const writeCheckpoint = async (seat: Seat): Promise<void> => {
  let written = (): void => {}
  const done = new Promise<void>((resolve) => {
    written = resolve
  })
  const room = await open(seat, replicatedMap(), { checkpoints: true, written })
  await done
  await room.close()
}

/** Starts it, to its first answer, and closes it. */
export const restart = async (seat: Seat, commands: number): Promise<Parts> => {
  let restore = 0
  const state = timedRestore((ms) => {
    restore += ms
  })
  const readMs = timeReads()
  const start = performance.now()
  let loaded = Number.NaN
  const room = await open(seat, state, {
    checkpoints: false,
    loaded: () => {
      loaded = performance.now()
    },
  })
  await new Promise<void>((resolve) => {
    const look = (): void => {
      if (room.executed.get().size >= commands) resolve()
    }
    room.executed.subscribe(look)
    look()
  })
  const replayed = performance.now()
  await room.mutate.set({ key: 'started', value: start })
  const answered = performance.now()
  await room.close()
  const read = readMs()
  return {
    read,
    decode: loaded - start - read,
    restore,
    replay: replayed - loaded - restore,
    vote: answered - replayed,
  }
}

interface Hooks {
  /** False: the log is all that is ever written, as if each life had ended just before its first checkpoint. */
  readonly checkpoints: boolean
  /** Everything that was stored is read. */
  readonly loaded?: () => void
  /** The checkpoint is. */
  readonly written?: () => void
}

const open = (
  { relay, group, voters, id }: Seat,
  state: ReplicatedMap,
  { checkpoints, loaded, written }: Hooks,
): Promise<Room<ReplicatedMap>> => {
  const disk = indexedDb()
  const storage = {
    ...disk,
    open: async (...names: Parameters<typeof disk.open>) => {
      const opened = await disk.open(...names)
      const { writeStart, writeCheckpoint } = opened
      opened.writeStart = (life) => {
        loaded?.()
        return writeStart.call(opened, life)
      }
      opened.writeCheckpoint = async (checkpoint, cut) => {
        if (!cut && !checkpoints) return
        await writeCheckpoint.call(opened, checkpoint, cut)
        if (!cut) written?.()
      }
      return opened
    },
  }
  return createRoom({ relay, group, voters, id, state, storage, transport: webSocket() })
}

const timedRestore = (took: (ms: number) => void): ReplicatedMap => {
  const definition = replicatedMap()
  return {
    ...definition,
    create: () => {
      const machine = definition.create()
      const { restore } = machine
      machine.restore = (...state) => {
        const start = performance.now()
        restore.apply(machine, state)
        took(performance.now() - start)
      }
      return machine
    },
  }
}

/** Times what is read from databases from now on; the result ends that, and tells how long it took. */
const timeReads = (): (() => number) => {
  let total = 0
  const { prototype } = IDBDatabase
  const { transaction } = prototype
  prototype.transaction = function (...args) {
    const made = transaction.apply(this, args)
    const start = performance.now()
    if (args[1] === 'readonly') made.addEventListener('complete', () => (total += performance.now() - start))
    return made
  }
  return () => {
    prototype.transaction = transaction
    return total
  }
}
