/**
 * All keys, by HKDF (SHA-256) from a secret of the group, the group's id as salt. What a key is for is spelt out in full
 * in HKDF's `info`: the purpose, the secret's number, who speaks, who listens, and the nonces of their meeting; each
 * field has a fixed length. So a key that fits proves all of that, and a frame that was moved fits nowhere.
 */
import { type Address, hexToBytes, ID_BYTES } from '../../wire/index.js'
import type { GroupKey } from './contract.js'
import type { Nonce } from './nonce.js'

/** A key of one direction, and a mark in clear by which its frames are told from those of other sessions. */
export interface StreamKey {
  readonly key: CryptoKey
  /** A u32, not 0. Says nothing about the key. */
  readonly tag: number
}

/** Of two ends, each speaks with a key of its own: what is sent back to its sender does not open. */
export interface TwoWays<Key> {
  readonly toPeer: Key
  readonly fromPeer: Key
}

const KEY_BYTES = 32
const TAG_BYTES = 4
const ADDRESS_BYTES = ID_BYTES + 4

/** The keys that follow from one secret of the group. */
export class KeySchedule {
  readonly number: number
  readonly #subtle: SubtleCrypto
  readonly #salt: Uint8Array<ArrayBuffer>
  readonly #root: Promise<CryptoKey>

  constructor(subtle: SubtleCrypto, group: string, { number, secret }: GroupKey) {
    this.number = number
    this.#subtle = subtle
    this.#salt = new TextEncoder().encode(group)
    // A copy: the ring may wipe its own.
    this.#root = subtle.importKey('raw', secret.slice(), 'HKDF', false, ['deriveBits'])
  }

  /** For all hellos between two lives: they can't know more of each other yet. */
  async greeting(self: Address, peer: Address): Promise<TwoWays<CryptoKey>> {
    const [ends, selfFirst] = ordered(self, peer)
    const bits = await this.#derive('greeting', ends, 2 * KEY_BYTES)
    const keys = await Promise.all([0, 1].map((place) => this.#keyAt(bits, place * KEY_BYTES)))
    return inOrder(keys, selfFirst)
  }

  /** For what two lives say to each other after both nonces were made and exchanged. */
  async session(self: Address, own: Nonce, peer: Address, theirs: Nonce): Promise<TwoWays<StreamKey>> {
    const [ends, selfFirst] = ordered(self, peer)
    const nonces = (selfFirst ? [own, theirs] : [theirs, own]).map(hexToBytes)
    const bits = await this.#derive('session', [...ends, ...nonces], 2 * (KEY_BYTES + TAG_BYTES))
    const keys = await Promise.all([0, 1].map((place) => this.#streamKeyAt(bits, place * (KEY_BYTES + TAG_BYTES))))
    return inOrder(keys, selfFirst)
  }

  /** For what a link says to everyone. */
  async cast(sender: Address, nonce: Nonce): Promise<StreamKey> {
    const bits = await this.#derive('cast', [addressBytes(sender), hexToBytes(nonce)], KEY_BYTES + TAG_BYTES)
    return this.#streamKeyAt(bits, 0)
  }

  async #derive(purpose: string, fields: readonly Uint8Array[], length: number): Promise<Uint8Array<ArrayBuffer>> {
    // The zero ends the purpose, so that no purpose is the beginning of another.
    const label = new TextEncoder().encode(`epaxos seal 1 ${purpose}\0`)
    const info = joined([label, u32(this.number), ...fields])
    const how = { name: 'HKDF', hash: 'SHA-256', salt: this.#salt, info }
    return new Uint8Array(await this.#subtle.deriveBits(how, await this.#root, 8 * length))
  }

  #keyAt(bits: Uint8Array<ArrayBuffer>, at: number): Promise<CryptoKey> {
    return this.#subtle.importKey('raw', bits.subarray(at, at + KEY_BYTES), 'AES-GCM', false, ['encrypt', 'decrypt'])
  }

  async #streamKeyAt(bits: Uint8Array<ArrayBuffer>, at: number): Promise<StreamKey> {
    return { key: await this.#keyAt(bits, at), tag: new DataView(bits.buffer).getUint32(at + KEY_BYTES) || 1 }
  }
}

/** Both ends have to name themselves in the same order; the second value: whether this end is the first. */
const ordered = (self: Address, peer: Address): readonly [ends: readonly Uint8Array[], selfFirst: boolean] => {
  const selfFirst = self.replica < peer.replica
  return [(selfFirst ? [self, peer] : [peer, self]).map(addressBytes), selfFirst]
}

/** The first key is the one that the first end speaks with. */
const inOrder = <Key>(keys: readonly Key[], selfFirst: boolean): TwoWays<Key> => {
  const [first, second] = keys as readonly [Key, Key]
  return selfFirst ? { toPeer: first, fromPeer: second } : { toPeer: second, fromPeer: first }
}

const addressBytes = ({ replica, incarnation }: Address): Uint8Array => {
  const bytes = new Uint8Array(ADDRESS_BYTES)
  bytes.set(hexToBytes(replica))
  bytes.set(u32(incarnation), ID_BYTES)
  return bytes
}

const u32 = (value: number): Uint8Array => {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value)
  return bytes
}

const joined = (parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> => {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}
