import { read, type Span, write } from '../../core/index.js'
import { type Mutator, type Reading, refuse, type Tx } from '../mutator.js'
import type { Composable } from './composable.js'
import { fields, text } from './fields.js'
import { folder } from './folder.js'

type Named = { readonly name: string }

export type ClaimResult = { readonly ok: true } | { readonly ok: false; readonly reason: 'taken'; readonly by: string }

export type UnclaimResult = ClaimResult | { readonly ok: false; readonly reason: 'free' }

export type ClaimsMutators = {
  /** Also fine where the caller has it already. */
  readonly claim: Mutator<Named, ClaimResult>
  readonly release: Mutator<Named, UnclaimResult>
}

/** Names that belong to whoever comes first, each to one author: seats, nicknames, addresses. */
export interface Claims extends Composable<ClaimsMutators, [name?: string]> {
  /** Whose it is. */
  of(from: Reading, name: string): string | undefined
  /** All that are taken, in order, and by whom. */
  all(from: Reading): Iterable<readonly [name: string, by: string]>
  claim(tx: Tx, name: string): ClaimResult
  release(tx: Tx, name: string): UnclaimResult
}

/** @param under the name that its keys begin with, before a slash */
export const claims = (under: string): Claims => {
  const { key, entries, ...all } = folder(under)
  const touches = (name?: string): Span => (name === undefined ? all.touches() : write(key(name)))
  const of = (from: Reading, name: string): string | undefined => from.get<string>(key(name))
  const claim = (tx: Tx, name: string): ClaimResult => {
    const by = of(tx, name)
    if (by !== undefined && by !== tx.author) return refuse('taken', { by })
    tx.set(key(name), tx.author)
    return { ok: true }
  }
  const release = (tx: Tx, name: string): UnclaimResult => {
    const by = of(tx, name)
    if (by === undefined) return refuse('free')
    if (by !== tx.author) return refuse('taken', { by })
    tx.delete(key(name))
    return { ok: true }
  }
  const args = fields<Named>({ name: text })
  return {
    reads: (name) => (name === undefined ? all.reads() : read(key(name))),
    touches,
    of,
    all: (from) => entries<string>(from),
    claim,
    release,
    mutators: {
      claim: { args, touches: ({ name }) => [touches(name)], run: (tx, { name }) => claim(tx, name) },
      release: { args, touches: ({ name }) => [touches(name)], run: (tx, { name }) => release(tx, name) },
    },
  }
}
