import { createRoom, type ReplicatedMap, type Room, replicatedMap } from 'epaxos'
import { indexedDb } from 'epaxos/storage/indexeddb'
import { webRtc } from 'epaxos/transport/webrtc'
import { webSocket } from 'epaxos/transport/websocket'

/** One tab, a voter on a disk, and what is measured in it: in a page. */

export type Path = 'webrtc' | 'relay'

export interface Seat {
  readonly relay: string
  readonly group: string
  readonly voters: readonly string[]
  readonly id: string
  readonly path: Path
}

/** Milliseconds from the call, one entry a command. */
export interface Latencies {
  readonly commit: readonly number[]
  readonly execute: readonly number[]
}

/** Since the last look. */
export interface Progress {
  readonly ms: number
  readonly answered: number
  /** Milliseconds from one frame to the next. */
  readonly frames: readonly number[]
}

const KEY_LENGTH = 16
const VALUE = 'x'.repeat(64)
/** Of each tab: more than are under way at a time, so that nothing interferes; few, as a page's state is. */
const KEYS = 1000

let room: Room<ReplicatedMap> | undefined
let called = 0

const entered = (): Room<ReplicatedMap> => {
  if (room === undefined) throw new Error('this tab has no room')
  return room
}

export const enter = async ({ path, ...seat }: Seat): Promise<void> => {
  const transport = path === 'webrtc' ? webRtc() : webSocket()
  room = await createRoom({ ...seat, state: replicatedMap(), storage: indexedDb(), transport })
}

/** How it reaches each of the others that it has met, where it can commit by the fast path. */
export const paths = (): readonly Path[] => {
  const { quorum, link } = entered().status.get()
  return quorum === 'fast' ? link.peers.map(({ kind }) => kind as Path) : []
}

export const leave = async (): Promise<void> => {
  await room?.close()
  room = undefined
}

const next = (): ReturnType<Room<ReplicatedMap>['mutate']['set']> => {
  const { id, mutate } = entered()
  const number = called++ % KEYS
  return mutate.set({ key: `${id.slice(0, 8)}${number}`.padEnd(KEY_LENGTH, '.'), value: VALUE })
}

/** Of so many commands, one after the other. */
export const latencies = async (count: number): Promise<Latencies> => {
  const commit: number[] = []
  const execute: number[] = []
  while (execute.length < count) {
    const startMs = performance.now()
    const mutation = next()
    void mutation.committed.then(() => commit.push(performance.now() - startMs))
    await mutation
    execute.push(performance.now() - startMs)
  }
  return { commit, execute }
}

let works = false
let burst: Promise<unknown> = Promise.resolve()
let answered = 0
let frames: number[] = []
let lookedAtMs = 0

let lastFrameMs: number | undefined

const draw = (nowMs: number): void => {
  if (lastFrameMs !== undefined) frames.push(nowMs - lastFrameMs)
  lastFrameMs = works ? nowMs : undefined
  const output = document.querySelector('output')
  if (output !== null) output.textContent = String(called)
  if (works) requestAnimationFrame(draw)
}

/**
 * Calls again and again, with so many calls under way at any time.
 * @param draws shows in every frame how far it is
 */
export const begin = (window: number, draws: boolean): void => {
  works = true
  const work = async (): Promise<void> => {
    while (works) {
      await next()
      answered++
    }
  }
  burst = Promise.all(Array.from({ length: window }, work))
  if (draws) requestAnimationFrame(draw)
  look()
}

export const look = (): Progress => {
  const nowMs = performance.now()
  const progress = { ms: nowMs - lookedAtMs, answered, frames }
  lookedAtMs = nowMs
  answered = 0
  frames = []
  return progress
}

/** Resolves when all is answered. */
export const end = async (): Promise<void> => {
  works = false
  await burst
}
