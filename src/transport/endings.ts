import type { LinkReason } from './contract.js'

/** What follows on the loss of a relay: `final`, nothing; `soon` and `later`, another attempt. */
export type Ending = 'final' | 'soon' | 'later'

/** Where another attempt would end the same way. */
const FINAL: ReadonlySet<LinkReason> = new Set<LinkReason>([
  'room-full',
  'replaced',
  'protocol-error',
  'unsupported-version',
  'frame-too-large',
])

/** Where it would, unless with another token. */
const REFUSED: ReadonlySet<LinkReason> = new Set<LinkReason>(['unauthorized', 'origin-refused'])

/** What follows from what others at the relay have said of themselves, be it true or not. */
const CLAIMED: ReadonlySet<LinkReason> = new Set<LinkReason>(['room-full', 'replaced', 'protocol-error'])

export interface Attempting {
  /** The next attempt may come with another token. */
  readonly tokensChange: boolean
  /**
   * Whoever is at the relay may give any name there, also that of this member, and a later life of it: where members know
   * each other by what is sealed, that ends nothing for good. A real copy is told by them [H14].
   */
  readonly sealed: boolean
}

export const endOf = (reason: LinkReason, { tokensChange, sealed }: Attempting): Ending => {
  if (sealed && CLAIMED.has(reason)) return 'later'
  if (FINAL.has(reason)) return 'final'
  if (!REFUSED.has(reason)) return 'soon'
  return tokensChange ? 'later' : 'final'
}
