import { once } from 'node:events'
import { isDeepStrictEqual } from 'node:util'
import { openRoom, type ReplicatedMap, type Room, replicatedMap } from 'epaxos'
import { memory } from 'epaxos/storage/memory'
import { webSocket } from 'epaxos/transport/websocket'

// A process of observers and nothing else, which observers.ts starts: so that what it takes is theirs. Arguments: the
// invite, and how many there are.

/** So many come at once, and then the next. */
const AT_ONCE = 20

/** Who has not got there by then never will. */
const PATIENCE_MS = 180_000

export interface Usage {
  /** Since the process began. */
  readonly cpuMs: number
  /** Of what is alive, and of what the process holds of the machine. */
  readonly heapBytes: number
  readonly residentBytes: number
}

export type Asked = { readonly kind: 'come' | 'usage' } | { readonly kind: 'expect'; readonly contents: unknown }

export interface Settled {
  /** When the last of those that changed did so, on the wall clock. */
  readonly changedAtMs: number
  /** How many never came to the expected contents. */
  readonly astray: number
}

/** `come` and `usage` are answered with the usage then, `expect` with how it ended. */
export type Answer = Usage | Settled

const [, , invite = '', count] = process.argv
const rooms: Room<ReplicatedMap>[] = []
let changedAtMs = 0

const come = async (): Promise<void> => {
  while (rooms.length < Number(count)) {
    const opening = Array.from({ length: Math.min(AT_ONCE, Number(count) - rooms.length) }, () =>
      openRoom(invite, { state: replicatedMap(), storage: memory(), transport: webSocket() }),
    )
    rooms.push(...(await Promise.all(opening)))
    while (rooms.some(({ status }) => status.get().role !== 'observer')) await pause()
  }
  for (const room of rooms) {
    room.executed.subscribe(() => {
      changedAtMs = Date.now()
    })
  }
}

const usage = (): Usage => {
  globalThis.gc?.()
  const { user, system } = process.cpuUsage()
  const { heapUsed, rss } = process.memoryUsage()
  return { cpuMs: (user + system) / 1000, heapBytes: heapUsed, residentBytes: rss }
}

const expected = async (contents: unknown): Promise<Answer> => {
  const patience = AbortSignal.timeout(PATIENCE_MS)
  let astray = rooms
  for (;;) {
    astray = astray.filter(({ executed }) => !isDeepStrictEqual(Object.fromEntries(executed.get().scan()), contents))
    if (astray.length === 0 || patience.aborted) return { changedAtMs, astray: astray.length }
    await pause()
  }
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20))

const answerTo = async (asked: Asked): Promise<Answer> => {
  if (asked.kind === 'expect') return expected(asked.contents)
  if (asked.kind === 'come') await come()
  return usage()
}

process.on('message', async (asked: Asked) => {
  process.send?.(await answerTo(asked))
})
await once(process, 'disconnect')
await Promise.all(rooms.map((room) => room.close()))
