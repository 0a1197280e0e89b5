import type { ReplicaId } from '../core/index.js'
import type { Introduction, KeptProposal, Standing } from '../member/index.js'
import type { Storage } from '../storage/index.js'
import type { HandshakeReport, Link } from '../transport/index.js'
import type { Invite } from '../wire/index.js'
import type { Identity } from './identity.js'
import type { RoomKeys } from './keys/room-keys.js'

/** A link that is sealed, as far as it can be asked of that. */
export interface Sealed {
  handshakes(): readonly HandshakeReport[]
}

/** What a room lives on. */
export interface Parts {
  readonly invite: Invite
  readonly identity: Identity
  readonly storage: Storage
  readonly introduction: Introduction
  /** At the start. */
  readonly standing: Standing
  /** Whether the browser has promised not to evict what is stored; undefined while it has not answered, or can't be asked. */
  readonly persisted: () => boolean | undefined
  /** Earlier identities whose storage could not be trusted any more. */
  readonly quarantined: readonly ReplicaId[]
  readonly link: Link
  /** Calls back when the link is opened, before it says anything; never where it is open already. */
  readonly onLink: (opened: () => void) => void
  /** The same link, and the keys that it seals with; undefined where nothing leaves the process. */
  readonly sealed: Sealed | undefined
  readonly keys: RoomKeys | undefined
  /** What earlier lives have left without an answer, in order. */
  readonly proposals: readonly KeptProposal[]
}
