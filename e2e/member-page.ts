/**
 * One member of a room of maps, inside a page of any browser. The tests call these functions from outside: what goes in
 * and comes out is JSON, so that every driver can carry it.
 */
import { createRoom, openRoom, type ReplicatedMap, type Room, replicatedMap } from 'epaxos'
import { indexedDb } from 'epaxos/storage/indexeddb'
import { webRtc } from 'epaxos/transport/webrtc'
import { webSocket } from 'epaxos/transport/websocket'

/** How a page enters a room. */
export interface Entry {
  /** Where to found one; else `invite` says which one to open. */
  readonly relay?: string
  readonly invite?: string
  /** Whether to try data channels. */
  readonly direct: boolean
  readonly maxCommandBytes?: number
  /** A way to the relay that this page alone goes: its host, `127.0.0.1:<port>`. */
  readonly via?: string
}

/** What a test wants to know of a member at any moment. */
export interface Snapshot {
  readonly role: string
  readonly tab: string
  readonly voters: number
  readonly quorum: string
  readonly suspected: readonly string[]
  readonly link: string
  readonly durable: boolean
  /** How each peer is reached, by its id. */
  readonly kinds: Readonly<Record<string, string>>
}

/** A change that a status has shown, at a time of the machine's clock. */
export interface Moment {
  readonly atMs: number
  /** The state of the link; or a peer's id and how it is reached, `gone`, `suspected`, or `suspected no more`. */
  readonly what: string
}

/** Calls of this page, one after the other. */
export interface Progress {
  readonly called: number
  readonly answered: number
  /** When the last answer came, by the machine's clock. */
  readonly lastAtMs: number
  /** What lay between two answers at most, since `begin` or the last `lap`. */
  readonly longestMs: number
}

/** Where there are data channels at all. */
const firewall = globalThis.RTCPeerConnection === undefined ? undefined : await import('./firewall.js')

let current: Room<ReplicatedMap> | undefined
const moments: Moment[] = []
const SUSPECTED = 'suspected'
/** `pauseFromMs`: since when no answer has come, as far as the present lap is concerned. */
const run = {
  isOver: true,
  called: 0,
  answered: 0,
  lastAtMs: 0,
  pauseFromMs: 0,
  longestMs: 0,
  burst: Promise.resolve(),
}

const room = (): Room<ReplicatedMap> => {
  if (current === undefined) throw new Error('this page has not entered a room')
  return current
}

/** Resolves with the member's id. */
export const enter = async ({ relay, invite, direct, maxCommandBytes, via }: Entry): Promise<string> => {
  if (via !== undefined) detour(via)
  const options = {
    state: replicatedMap(),
    storage: indexedDb(),
    transport: direct ? webRtc() : webSocket(),
    ...(maxCommandBytes !== undefined && { tuning: { maxCommandBytes } }),
  }
  current =
    invite === undefined
      ? await createRoom({ ...options, ...(relay !== undefined && { relay }) })
      : await openRoom(invite, options)
  watch(current)
  return current.id
}

/** The relay's address is part of the invite, which is the same for all. */
const detour = (host: string): void => {
  globalThis.WebSocket = class extends WebSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(Object.assign(new URL(url), { host }), protocols)
    }
  }
}

/** Keeps what the status shows of the link and the peers, whenever it changes. */
const watch = ({ status }: Room<ReplicatedMap>): void => {
  let before = new Map<string, string>()
  const look = (): void => {
    const { link, suspected } = status.get()
    const { state, peers } = link
    const now = new Map<string, string>(peers.map(({ replica, kind }) => [replica, kind]))
    now.set('', state)
    for (const replica of suspected) now.set(`${replica} ${SUSPECTED}`, '')
    for (const name of new Set([...before.keys(), ...now.keys()])) {
      const [was, is] = [before.get(name), now.get(name) ?? (name.endsWith(SUSPECTED) ? 'no more' : 'gone')]
      if (was !== is) moments.push({ atMs: Date.now(), what: `${name} ${is}`.trim() })
    }
    before = now
  }
  look()
  status.subscribe(look)
}

/** What has changed at this time or later. */
export const since = (atMs: number): readonly Moment[] => moments.filter((moment) => moment.atMs >= atMs)

export const invite = (): string => room().invite()

export const snapshot = (): Snapshot => {
  const { role, tab, voters, quorum, suspected, link, storage } = room().status.get()
  const kinds = Object.fromEntries(link.peers.map(({ replica, kind }) => [replica, kind]))
  return { role, tab, voters: voters.length, quorum, suspected, link: link.state, durable: storage.durable, kinds }
}

export const set = (key: string, value: string | number | boolean): Promise<void> => room().mutate.set({ key, value })

/** Adds 1 to a key so often, one after the other. */
export const add = async (key: string, times: number): Promise<void> => {
  for (let i = 0; i < times; i++) await room().mutate.add({ key, by: 1 })
}

/** All that is executed here, by key. */
export const contents = (): Readonly<Record<string, unknown>> =>
  Object.fromEntries([...room().executed.get().scan()].sort())

/** Sets a key to so many letters. */
export const fill = (key: string, letters: number): Promise<void> => room().mutate.set({ key, value: textOf(letters) })

/** Of a key that was filled: how many letters are here, and whether they are the ones it was filled with. */
export const filled = (key: string): { readonly letters: number; readonly intact: boolean } => {
  const value = room().executed.get().get(key)
  const letters = typeof value === 'string' ? value.length : 0
  return { letters, intact: value === textOf(letters) }
}

/** No two parts of it are alike. */
const textOf = (letters: number): string => {
  const parts: string[] = []
  for (let at = 0; at < letters; at += 8) parts.push(at.toString(36).padStart(8, '.'))
  return parts.join('').slice(0, letters)
}

/** Adds 1 to a key again and again, one after the other, until it is stopped. */
export const begin = (key: string): void => {
  Object.assign(run, { isOver: false, called: 0, answered: 0, pauseFromMs: Date.now(), longestMs: 0 })
  const work = async (): Promise<void> => {
    while (!run.isOver) {
      run.called++
      await room().mutate.add({ key, by: 1 })
      run.answered++
      run.lastAtMs = Date.now()
      run.longestMs = Math.max(run.longestMs, run.lastAtMs - run.pauseFromMs)
      run.pauseFromMs = run.lastAtMs
    }
  }
  run.burst = work()
}

export const progress = (): Progress => {
  const { called, answered, lastAtMs, longestMs, pauseFromMs } = run
  return { called, answered, lastAtMs, longestMs: Math.max(longestMs, Date.now() - pauseFromMs) }
}

/** The same; the longest pause is measured anew from here. */
export const lap = (): Progress => {
  const sofar = progress()
  run.longestMs = 0
  run.pauseFromMs = Date.now()
  return sofar
}

/** Resolves when the last call is answered, with how many there were. */
export const stop = async (): Promise<number> => {
  run.isOver = true
  await run.burst
  return run.answered
}

/** No data channel gets through any more: see firewall.ts. */
export const block = (): void => firewall?.raise()
export const unblock = (): void => firewall?.lower()

/** How the page is shown: hidden pages are slowed down. */
export const visibility = (): string => document.visibilityState

/** Goes for good. */
export const leave = (): Promise<void> => room().leave()
