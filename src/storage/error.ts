import { EpaxosError } from '../core/index.js'

/** Why a write did not become durable, or a storage can't be opened. */
export type StorageErrorCode =
  /** This place has no such storage: an old browser's private mode, a server. */
  | 'unavailable'
  /** The origin or the disk is full. */
  | 'quota'
  /** The transaction was given up, by the browser or by a page's script. */
  | 'aborted'
  /** The storage was closed, by its owner or by the browser, and could not be reopened. */
  | 'closed'
  /** The database was deleted while it was in use: what this replica promised is forgotten. */
  | 'lost'
  /** A second live copy of this replica writes to the same database. */
  | 'shared'
  /** The value breaks a limit of the wire format. */
  | 'unwritable'
  /** An earlier write failed; nothing is accepted since. */
  | 'stopped'
  /** The caller broke the contract, for example by writing before `load`. */
  | 'misused'
  /** Anything else the database says: see `cause`. */
  | 'failed'

/** Nothing of the rejected write may be relied upon: the replica stops voting, and says why. */
export class StorageError extends EpaxosError {
  override readonly name = 'StorageError'

  constructor(
    readonly code: StorageErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}

/** What is wrong with what a storage holds. */
export type Corruption =
  /** Something that must be there is not. */
  | 'missing'
  /** Its bytes are not those that were written. */
  | 'checksum'
  /** Written by a newer version of this library. */
  | 'newer-version'
  /** Written by an older version of this library, in a layout that this one does not read any more. */
  | 'older-version'
  /** The bytes are as written, and make no sense. */
  | 'unreadable'

/** What there is to do about it. */
const CURES: Readonly<Record<Corruption, string>> = {
  missing: 'join again as a new member',
  checksum: 'join again as a new member',
  unreadable: 'join again as a new member',
  'newer-version': 'update this program',
  'older-version': 'open it with the version of this library that wrote it, or join again as a new member',
}

/** A storage holds something that can't be trusted, or not be read by this program: it must not vote under this id. */
export class StorageCorrupt extends EpaxosError {
  override readonly name = 'StorageCorrupt'

  constructor(
    readonly corruption: Corruption,
    /** Which of the stored values: a batch's number, or a name. */
    readonly key: string | number,
    options?: ErrorOptions,
  ) {
    super(`stored value ${JSON.stringify(key)}: ${corruption}; ${CURES[corruption]}`, options)
  }

  /** Not so: another version of this library can read it. */
  get isDamage(): boolean {
    return this.corruption !== 'newer-version' && this.corruption !== 'older-version'
  }
}
