import type { ReplicaId } from '../../core/index.js'
import { MAX_REGISTERED, type Roster, type SecretChange } from '../../state/index.js'
import type { Storage } from '../../storage/index.js'
import { type GroupKey, type KeyRing, Listeners } from '../../transport/index.js'
import {
  bytesToHex,
  decodeHex,
  decodeMemberKeys,
  decodeWrappedSecret,
  encodeHex,
  encodeMemberKeys,
  encodeWrappedSecret,
  hexToBytes,
  type Invite,
  MAX_SECRETS,
  WireError,
} from '../../wire/index.js'
import { type KeyPair, newKeyPair, newSalt, storedKeyPair, unwrapSecret, wrapSecret } from './key-pair.js'

const SECRET_BYTES = 16
const PUBLIC_KEY_BYTES = 65
const WRAPPED_BYTES = 32
const NOTHING = new Uint8Array()

/** What becomes of a member's keys. */
export interface RoomKeysPorts {
  /** What is replicated of keys; undefined while this member has no state. */
  readonly roster: () => Pick<Roster, 'change'> | undefined
  /** The group has a new secret, and there is none for this member: it was removed. */
  readonly removed: () => void
  /** Somebody who knows a later secret has none for this member. */
  readonly refused: (by: ReplicaId) => void
  readonly failed: (cause: unknown) => void
}

/** The keys of one member: its own pair, and the secrets of its group, the later of which come by the roster or from peers. */
export class RoomKeys implements KeyRing {
  readonly group: string
  readonly #self: ReplicaId
  readonly #storage: Storage
  readonly #pair: KeyPair
  readonly #storedPrivateKey: Uint8Array
  readonly #listeners = new Listeners<[]>()
  /** Those that stand in an invite, or in the replicated log. */
  #secrets: readonly GroupKey[]
  /**
   * A later one, of which only a peer has told. Whoever was removed can make one up, so it is not stored until the log has it:
   * a member that was misled comes back with what it knew before, and one that was not is told again.
   */
  #told: GroupKey | undefined
  /** Of the roster that was looked at last. */
  #seen = 0
  #ports: RoomKeysPorts | undefined
  /** One change after the other: the last one written is the last one there was. */
  #following: Promise<void> = Promise.resolve()

  private constructor(
    group: string,
    self: ReplicaId,
    storage: Storage,
    pair: KeyPair,
    storedPrivateKey: Uint8Array,
    secrets: readonly GroupKey[],
  ) {
    this.group = group
    this.#self = self
    this.#storage = storage
    this.#pair = pair
    this.#storedPrivateKey = storedPrivateKey
    this.#secrets = secrets
  }

  /**
   * What the storage holds, and what the invite brings; a new pair where there is none.
   * @throws Unsupported, StorageError, StorageCorrupt
   */
  static async open(storage: Storage, self: ReplicaId, { group, key, secret }: Invite): Promise<RoomKeys> {
    const bytes = await storage.readKeys()
    const stored = bytes === undefined ? undefined : decodeMemberKeys(bytes)
    const invited: GroupKey = { number: key, secret: hexToBytes(secret) }
    const known = stored?.secrets ?? []
    const isNews = !known.some(({ number }) => number === key)
    const secrets = isNews ? inOrder([...known, invited]) : known
    if (stored !== undefined) {
      const pair = await storedKeyPair(stored.privateKey, stored.publicKey)
      const keys = new RoomKeys(group, self, storage, pair, stored.privateKey, secrets)
      if (isNews) await keys.#write(secrets)
      return keys
    }
    const made = await newKeyPair()
    const keys = new RoomKeys(group, self, storage, made.pair, made.stored, secrets)
    await keys.#write(secrets)
    return keys
  }

  get current(): GroupKey {
    return this.#told ?? this.#confirmed
  }

  get #confirmed(): GroupKey {
    return this.#secrets.at(-1) as GroupKey
  }

  get publicKey(): Uint8Array {
    return this.#pair.publicKey
  }

  key(number: number): GroupKey | undefined {
    return number === this.#told?.number ? this.#told : this.#secrets.find((secret) => secret.number === number)
  }

  /** To be called once, in the turn in which the member is made. */
  attend(ports: RoomKeysPorts): void {
    this.#ports = ports
    this.look()
  }

  /** Brings the secret of an invite up to date. */
  invite(invite: Invite): Invite {
    const { number, secret } = this.current
    return { ...invite, key: number, secret: bytesToHex(secret) }
  }

  changeFor(member: ReplicaId, since: number): Uint8Array | undefined {
    const change = this.#ports?.roster()?.change
    // Not executed here yet.
    if (change === undefined || change.number < this.current.number || change.number <= since) return undefined
    const wrapped = wrappedFor(change, member)
    if (wrapped === undefined) return NOTHING
    const { number, by, salt } = change
    return encodeWrappedSecret({
      number,
      by: decodeHex(by, PUBLIC_KEY_BYTES),
      salt: hexToBytes(salt),
      wrapped: decodeHex(wrapped, WRAPPED_BYTES),
    })
  }

  async change(bytes: Uint8Array): Promise<boolean> {
    try {
      const { number, by, salt, wrapped } = decodeWrappedSecret(bytes)
      if (number <= this.current.number) return false
      const secret = await this.#unwrap(number, by, salt, wrapped)
      if (secret === undefined || number <= this.current.number) return false
      this.#told = { number, secret }
      this.#listeners.tell()
      return true
    } catch (error) {
      if (!(error instanceof WireError)) this.#ports?.failed(error)
      return false
    }
  }

  refused(by: ReplicaId): void {
    this.#ports?.refused(by)
  }

  onChange(listener: () => void): () => void {
    return this.#listeners.add(listener)
  }

  /** To be called when something was executed: the group may have another secret by now. */
  look(): void {
    const change = this.#ports?.roster()?.change
    if (change === undefined || change.number <= Math.max(this.#seen, this.#confirmed.number)) return
    this.#seen = change.number
    const wrapped = wrappedFor(change, this.#self)
    if (wrapped === undefined) return this.#ports?.removed()
    this.#following = this.#following
      .then(() => this.#follow(change, wrapped))
      .catch((cause: unknown) => this.#ports?.failed(cause))
  }

  /** A new secret for these members, this one among them. @param members public keys, by id; those that are none are left out */
  async prepare(number: number, members: ReadonlyMap<ReplicaId, Uint8Array>): Promise<SecretChange> {
    const secret = crypto.getRandomValues(new Uint8Array(SECRET_BYTES))
    const salt = newSalt()
    const wrapped: [ReplicaId, string][] = []
    const all = new Map(
      [[this.#self, this.publicKey], ...members].slice(0, MAX_REGISTERED) as [ReplicaId, Uint8Array][],
    )
    for (const [to, publicKey] of all) {
      const purpose = { group: this.group, number, to }
      const one = await wrapSecret(secret, this.#pair, publicKey, salt, purpose).catch(() => undefined)
      if (one !== undefined) wrapped.push([to, encodeHex(one)])
    }
    wrapped.sort(([a], [b]) => (a < b ? -1 : 1))
    return { number, by: encodeHex(this.publicKey), salt: encodeHex(salt), wrapped }
  }

  async #follow({ number, by, salt }: SecretChange, wrapped: string): Promise<void> {
    const [key, bytes] = [decodeHex(by, PUBLIC_KEY_BYTES), decodeHex(wrapped, WRAPPED_BYTES)]
    const secret = await this.#unwrap(number, key, hexToBytes(salt), bytes)
    // Wrapped for another key than the one that this member has: as good as none.
    if (secret === undefined) this.#ports?.removed()
    else await this.#adopt({ number, secret })
  }

  #unwrap(number: number, by: Uint8Array, salt: Uint8Array, wrapped: Uint8Array): Promise<Uint8Array | undefined> {
    return unwrapSecret(wrapped, this.#pair, by, salt, { group: this.group, number, to: this.#self })
  }

  /** From the moment on at which it is durable: who has forgotten it would be one of those left behind. */
  async #adopt(secret: GroupKey): Promise<void> {
    const secrets = inOrder([...this.#secrets, secret])
    await this.#write(secrets)
    this.#secrets = secrets
    const before = this.#told
    if (before !== undefined && before.number <= secret.number) this.#told = undefined
    const isKnown = before !== undefined && (before.number > secret.number || isSame(before, secret))
    if (!isKnown && this.current.number === secret.number) this.#listeners.tell()
  }

  #write(secrets: readonly GroupKey[]): Promise<void> {
    return this.#storage.writeKeys(
      encodeMemberKeys({
        privateKey: this.#storedPrivateKey,
        publicKey: this.publicKey,
        secrets,
      }),
    )
  }
}

const inOrder = (secrets: readonly GroupKey[]): readonly GroupKey[] =>
  [...secrets].sort((a, b) => a.number - b.number).slice(-MAX_SECRETS)

const isSame = (a: GroupKey, b: GroupKey): boolean =>
  a.number === b.number && bytesToHex(a.secret) === bytesToHex(b.secret)

const wrappedFor = ({ wrapped }: SecretChange, member: ReplicaId): string | undefined =>
  wrapped.find(([to]) => to === member)?.[1]
