import { type Address, bytesToHex } from '../../wire/index.js'
import type { SealCounters } from '../contract.js'
import { ManualClock } from '../manual-clock.js'
import { type GroupKey, type KeyRing, PUBLIC_KEY_BYTES } from './contract.js'
import { HostileRelay, isSame, type TappedLink } from './hostile.js'
import { sealedLink } from './seal.js'
import type { SealedLink } from './sealed-link.js'

/** A ring whose changes are the new secret and whom it is for: to wrap it really is the room's business. */
export class TestRing implements KeyRing {
  readonly group: string
  readonly publicKey: Uint8Array
  /** Who is given nothing. */
  readonly removed = new Set<string>()
  readonly refusals: string[] = []
  readonly #keys: GroupKey[]
  readonly #owner: number
  readonly #listeners = new Set<() => void>()

  /** @param owner who can unwrap what is for it, whatever the link's address says */
  constructor(group: string, key: GroupKey, owner: Address) {
    this.group = group
    this.#keys = [key]
    this.#owner = firstByteOf(owner.replica)
    this.publicKey = new Uint8Array(PUBLIC_KEY_BYTES).fill(this.#owner)
    this.publicKey[0] = 4
  }

  get current(): GroupKey {
    return this.#keys.at(-1) as GroupKey
  }

  key(number: number): GroupKey | undefined {
    return this.#keys.find((key) => key.number === number)
  }

  learn(key: GroupKey): void {
    this.#keys.push(key)
    for (const listener of this.#listeners) listener()
  }

  changeFor(member: string): Uint8Array | undefined {
    if (this.removed.has(member)) return new Uint8Array()
    return Uint8Array.of(firstByteOf(member), this.current.number, ...this.current.secret)
  }

  async change(bytes: Uint8Array): Promise<boolean> {
    const [owner, number = 0, ...secret] = bytes
    if (owner !== this.#owner || number <= this.current.number) return false
    this.learn({ number, secret: Uint8Array.from(secret) })
    return true
  }

  refused(by: string): void {
    this.refusals.push(by)
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}

const firstByteOf = (replica: string): number => Number.parseInt(replica.slice(0, 2), 16)

/** The platform's WebCrypto, of which is known when it has nothing left to do. */
class CountedCrypto {
  readonly subtle: SubtleCrypto
  readonly getRandomValues: Crypto['getRandomValues'] = (bytes) => crypto.getRandomValues(bytes)
  pending = 0

  constructor() {
    this.subtle = new Proxy(crypto.subtle, {
      get: (subtle, name) => {
        const method: unknown = Reflect.get(subtle, name)
        if (typeof method !== 'function') return method
        return (...args: unknown[]) => {
          this.pending++
          const work = method.apply(subtle, args) as Promise<unknown>
          return work.finally(() => this.pending--)
        }
      },
    })
  }
}

/** One end, and all that was told there. */
export interface Member {
  readonly self: Address
  readonly link: SealedLink
  readonly ring: TestRing
  readonly inner: TappedLink
  /** `b1: text` for what was heard, `+b1` and `-b1` for who came and went. */
  readonly told: string[]
}

export const GROUP = 'f'.repeat(32)
export const FIRST_KEY: GroupKey = { number: 0, secret: new Uint8Array(16).fill(1) }
export const SECOND_KEY: GroupKey = { number: 1, secret: new Uint8Array(16).fill(2) }

/** @param name for example `b2`: the second life of the replica whose id consists of b */
export const addressOf = (name: string): Address => ({
  replica: (name[0] ?? '').repeat(32),
  incarnation: Number(name.slice(1)),
})

const nameOf = ({ replica, incarnation }: Address): string => `${replica[0]}${incarnation}`

/** What a test of sealed links plays on. */
export class Stage {
  readonly clock = new ManualClock()
  readonly relay = new HostileRelay()
  readonly #members: Member[] = []
  readonly #crypto = new CountedCrypto()

  /** Opens a link, which meets the others of its room by itself. @param owner who it really is */
  open(name: string, { group = GROUP, key = FIRST_KEY, room = 'room', owner = name } = {}): Member {
    const self = addressOf(name)
    const ring = new TestRing(group, key, addressOf(owner))
    const options = { clock: this.clock, crypto: this.#crypto }
    const link = sealedLink(this.relay.transport, { relay: undefined, room, self }, ring, options)
    const told: string[] = []
    link.onPeer((peer, here) => told.push(`${here ? '+' : '-'}${nameOf(peer)}`))
    link.onMessage((from, bytes) => told.push(`${nameOf(from)}: ${textOf(bytes)}`))
    const member = { self, link, ring, inner: this.relay.links.at(-1) as TappedLink, told }
    this.#members.push(member)
    return member
  }

  /** Several who have met, whose comings are forgotten. */
  async met(...names: readonly string[]): Promise<Member[]> {
    const members = names.map((name) => this.open(name))
    await this.settled()
    for (const { told } of members) told.length = 0
    return members
  }

  /** Resolves once nothing is under way any more: all that is left needs the clock to go on. */
  async settled(): Promise<void> {
    for (let quietTurns = 0; quietTurns < 2; quietTurns++) {
      await new Promise<void>((resolve) => setImmediate(resolve))
      if (this.#crypto.pending > 0) quietTurns = -1
    }
  }

  /** A second at a time, and what comes of each. */
  async pass(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second++) {
      this.clock.advance(1000)
      await this.settled()
    }
  }

  close(): void {
    for (const { link } of this.#members) link.close()
  }
}

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

export const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

/** What a link has refused, without the zeros. */
export const refusedBy = ({ link }: Member): Partial<SealCounters> =>
  Object.fromEntries(Object.entries(link.status().sealed ?? {}).filter(([, count]) => count > 0))

/** The frames of one kind that were carried from one to another. */
export const framesOf = (relay: HostileRelay, kind: number, from: Member, to?: Member): Uint8Array[] =>
  relay.carried
    .filter((carried) => carried.bytes[0] === kind && isSame(carried.from, from.self))
    .filter((carried) => to === undefined || carried.to.some((address) => isSame(address, to.self)))
    .map(({ bytes }) => bytes)

/** As a relay would look for it in what it has seen. */
export const hexOf = (bytes: Uint8Array): string => {
  let hex = ''
  for (let at = 0; at < bytes.length; at += 16) {
    const part = new Uint8Array(16)
    part.set(bytes.subarray(at, at + 16))
    hex += bytesToHex(part)
  }
  return hex.slice(0, 2 * bytes.length)
}
