import type { Introduction, KeptProposal, Standing } from '../member/index.js'
import type { Storage } from '../storage/index.js'
import type { Link } from '../transport/index.js'
import type { Invite } from '../wire/index.js'
import type { Identity } from './identity.js'

/** What a room lives on. */
export interface Parts {
  readonly invite: Invite
  readonly identity: Identity
  readonly storage: Storage
  readonly introduction: Introduction
  /** At the start. */
  readonly standing: Standing
  readonly persisted: boolean | undefined
  readonly link: Link
  /** What earlier lives have left without an answer, in order. */
  readonly proposals: readonly KeptProposal[]
}
