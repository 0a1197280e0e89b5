import type { ReplicaId } from '../../wire/index.js'

/** A secret of the group. A new one, with the next number, begins whenever a member is removed. */
export interface GroupKey {
  /** 0 for the one that the group was founded with. */
  readonly number: number
  /** `SECRET_BYTES` of them, random. */
  readonly secret: Uint8Array
}

export const SECRET_BYTES = 16

/** A point of the curve P-256, uncompressed, as WebCrypto exports it raw. */
export const PUBLIC_KEY_BYTES = 65

/** What a member knows of the keys of its group, as a link needs it. It is the room that keeps it. */
export interface KeyRing {
  /** The group's id: part of whatever is derived. */
  readonly group: string
  /** The newest that is known. */
  readonly current: GroupKey
  /** That one, or an earlier one that this member has had: only to tell those who know no later one. */
  key(number: number): GroupKey | undefined
  /** The own one, `PUBLIC_KEY_BYTES`; told to whoever is met. */
  readonly publicKey: Uint8Array
  /**
   * What a member that knows no later key than this one needs to get to the current one, at most `MAX_CHANGE_BYTES`.
   * Empty: there is nothing for it, since it was removed, or was never known. Undefined: this member can't tell.
   */
  changeFor(member: ReplicaId, since: number): Uint8Array | undefined
  /** What another member's `changeFor` has returned for this one. False: it leads nowhere. Never rejects. */
  change(bytes: Uint8Array): Promise<boolean>
  /** There is nothing for this member at somebody who knows a later key. */
  refused(by: ReplicaId): void
  /** `current` is another one now. Returns what ends the subscription. */
  onChange(listener: () => void): () => void
}

/** A wrapped secret, and what unwraps it; with room for more. */
export const MAX_CHANGE_BYTES = 8192

/** What a sealed packet takes beside its content, at most. */
export const SEAL_OVERHEAD_BYTES = 128
