import { read, write } from '../../core/index.js'
import { type Mutator, type Reading, refuse, type Tx } from '../mutator.js'
import type { Composable } from './composable.js'

export type AcquireResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: 'held'; readonly owner: string }

export type ReleaseResult = AcquireResult | { readonly ok: false; readonly reason: 'free' }

export type LockMutators = {
  /** Also fine where the caller has it already. */
  readonly acquire: Mutator<unknown, AcquireResult>
  readonly release: Mutator<unknown, ReleaseResult>
}

/**
 * Held by one author at a time, from `acquire` until that author's `release`, however long that takes: nobody here can
 * tell whether they are gone. Who may end it for them is for a mutator of one's own to say, with `free`.
 */
export interface Lock extends Composable<LockMutators> {
  owner(from: Reading): string | undefined
  acquire(tx: Tx): AcquireResult
  release(tx: Tx): ReleaseResult
  /** Ends it, whoever holds it. */
  free(tx: Tx): void
}

/** @param key the one that holds its owner */
export const lock = (key: string): Lock => {
  const touches = () => write(key)
  const owner = (from: Reading): string | undefined => from.get<string>(key)
  const acquire = (tx: Tx): AcquireResult => {
    const holder = owner(tx)
    if (holder !== undefined && holder !== tx.author) return refuse('held', { owner: holder })
    tx.set(key, tx.author)
    return { ok: true }
  }
  const release = (tx: Tx): ReleaseResult => {
    const holder = owner(tx)
    if (holder === undefined) return refuse('free')
    if (holder !== tx.author) return refuse('held', { owner: holder })
    tx.delete(key)
    return { ok: true }
  }
  return {
    reads: () => read(key),
    touches,
    owner,
    acquire,
    release,
    free: (tx) => {
      tx.delete(key)
    },
    mutators: {
      acquire: { touches: () => [touches()], run: acquire },
      release: { touches: () => [touches()], run: release },
    },
  }
}
