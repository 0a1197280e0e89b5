import type { ReplicaId } from '../core/index.js'
import { decodeJson, encodeJson, type Json } from '../state/index.js'
import { MAX_PRESENCE_BYTES, MAX_PRESENCE_TABS, type PresenceEntry, TokenBucket } from '../wire/index.js'
import type { Present } from './contract.js'

/** After a change, at the soonest: twenty a second are a cursor that moves smoothly. */
const SHOW_MS = 50

/** To all peers together: what a page, and a relay, take in without noticing. With more than ten peers a cursor jumps. */
const PACKETS_PER_SECOND = 200

/** What is shown is told again so often: who has lost it, or a packet that took it back, is not left with that for long. */
const AGAIN_MS = 5000

/** Three of those lost, and it has gone. */
const SILENT_MS = 15_000

/** As often as the silent ones are looked for. */
const LOOK_MS = 1000

/** Others, as many as a relay lets into a room. */
const MAX_MEMBERS = 512

/** Of one member: twice what it sends itself. The rest is dropped: what it shows is told again. */
const HEARD_PER_SECOND = 40

/** @throws TypeError for what JSON can't hold, and for more than 4096 bytes of it */
export const presenceBytes = (value: Json): Uint8Array => {
  const bytes = encodeJson(value)
  if (bytes.length <= MAX_PRESENCE_BYTES) return bytes
  throw new TypeError(
    `what is shown takes ${bytes.length} bytes as JSON, over the limit of ${MAX_PRESENCE_BYTES}: show less, and keep the ` +
      'rest in the state',
  )
}

export interface PresenceOptions {
  /** This replica. */
  readonly self: ReplicaId
  /** The tab that it is in. */
  readonly tab: string
}

export interface PresencePorts {
  /** All that the tabs of this member show now. It may be lost. */
  readonly send: (to: ReplicaId, entries: readonly PresenceEntry[]) => void
  /** `present` has changed. */
  readonly changed: () => void
}

interface Shown {
  readonly bytes: Uint8Array
  readonly value: Json
}

interface Member {
  readonly shown: Map<string, Shown>
  readonly rate: TokenBucket
  heardAtMs: number
}

/**
 * What members show of themselves, outside consensus: whoever hears of it last shows what they said last; who is silent is
 * taken away. A member tells all that its tabs show in one packet, so that whatever gets lost, the next one mends it.
 */
export class PresenceBoard {
  readonly #self: ReplicaId
  readonly #tab: string
  readonly #ports: PresencePorts
  /** By tab: what this member's tabs show. */
  readonly #own = new Map<string, Shown>()
  readonly #peers = new Set<ReplicaId>()
  readonly #others = new Map<ReplicaId, Member>()
  #present: readonly Present[] | undefined
  /** Something was shown, or taken back, that the peers were not told of. */
  #untold = false
  #toldAtMs = Number.NEGATIVE_INFINITY
  #lookAtMs = 0
  #now = 0

  constructor({ self, tab }: PresenceOptions, ports: PresencePorts) {
    this.#self = self
    this.#tab = tab
    this.#ports = ports
  }

  /** By member and tab; the same array until something has changed. Frozen. */
  present(): readonly Present[] {
    this.#present ??= this.#compute()
    return this.#present
  }

  /**
   * What this tab of this member shows from now on; undefined: nothing. The others see the first 16 tabs.
   * @throws TypeError, see `presenceBytes`
   */
  show(tab: string, value: Json | undefined): void {
    const before = this.#own.get(tab)
    const shown = value === undefined ? undefined : shownOf(presenceBytes(value), before)
    if (shown === before) return
    if (shown === undefined) this.#own.delete(tab)
    else this.#own.set(tab, shown)
    this.#untold = true
    this.#changed()
    this.#tell()
  }

  /** A peer is here; or a later life of it, whose tabs are others. */
  came(peer: ReplicaId): void {
    this.#peers.add(peer)
    this.#forget(peer)
    if (this.#own.size > 0) this.#ports.send(peer, this.#entries())
  }

  went(peer: ReplicaId): void {
    this.#peers.delete(peer)
    this.#forget(peer)
  }

  /** A peer has told what its tabs show. What can't be read of it is left out. */
  heard(from: ReplicaId, entries: readonly PresenceEntry[]): void {
    if (!this.#peers.has(from)) return
    const member = this.#others.get(from) ?? this.#enter(from)
    if (!member?.rate.isOpen(this.#now)) return
    member.rate.spend(1)
    member.heardAtMs = this.#now
    const tabs = new Set<string>()
    let changed = false
    for (const [tab, bytes] of entries) {
      const before = member.shown.get(tab)
      const shown = shownOf(bytes, before)
      if (shown === undefined) continue
      tabs.add(tab)
      if (shown === before) continue
      member.shown.set(tab, shown)
      changed = true
    }
    for (const tab of member.shown.keys()) if (!tabs.has(tab) && member.shown.delete(tab)) changed = true
    if (changed) this.#changed()
  }

  /** Often: what is shown between two ticks waits for the second. @param nowMs never decreasing */
  tick(nowMs: number): void {
    this.#now = nowMs
    this.#tell()
    if (nowMs < this.#lookAtMs) return
    this.#lookAtMs = nowMs + LOOK_MS
    for (const [id, { heardAtMs }] of this.#others) if (nowMs - heardAtMs >= SILENT_MS) this.#forget(id)
  }

  #tell(): void {
    const sinceMs = this.#now - this.#toldAtMs
    const again = this.#own.size > 0 && sinceMs >= AGAIN_MS
    const due = this.#untold && sinceMs >= Math.max(SHOW_MS, (this.#peers.size * 1000) / PACKETS_PER_SECOND)
    if (!again && !due) return
    this.#untold = false
    this.#toldAtMs = this.#now
    const entries = this.#entries()
    for (const peer of this.#peers) this.#ports.send(peer, entries)
  }

  #entries(): readonly PresenceEntry[] {
    const entries = Array.from(this.#own, ([tab, { bytes }]): PresenceEntry => [tab, bytes])
    return entries.slice(0, MAX_PRESENCE_TABS)
  }

  #enter(id: ReplicaId): Member | undefined {
    if (this.#others.size >= MAX_MEMBERS) return undefined
    const rate = new TokenBucket(HEARD_PER_SECOND, HEARD_PER_SECOND, this.#now)
    const member = { shown: new Map<string, Shown>(), rate, heardAtMs: this.#now }
    this.#others.set(id, member)
    return member
  }

  #forget(id: ReplicaId): void {
    const member = this.#others.get(id)
    this.#others.delete(id)
    if (member !== undefined && member.shown.size > 0) this.#changed()
  }

  #changed(): void {
    this.#present = undefined
    this.#ports.changed()
  }

  #compute(): readonly Present[] {
    const present: Present[] = []
    const add = (member: ReplicaId, shown: ReadonlyMap<string, Shown>): void => {
      for (const [tab, { value }] of shown) {
        const self = member === this.#self && tab === this.#tab
        present.push(Object.freeze({ tab, member, self, value }))
      }
    }
    add(this.#self, this.#own)
    for (const [id, { shown }] of this.#others) add(id, shown)
    return Object.freeze(present.sort(byMemberAndTab))
  }
}

const byMemberAndTab = (a: Present, b: Present): number => compared(a.member, b.member) || compared(a.tab, b.tab)

const compared = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** The same as before where the bytes are; undefined where they are not JSON. */
const shownOf = (bytes: Uint8Array, before: Shown | undefined): Shown | undefined => {
  if (before !== undefined && sameBytes(before.bytes, bytes)) return before
  const value = decodeJson(bytes)
  return value === undefined ? undefined : { bytes, value }
}

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, index) => byte === b[index])
