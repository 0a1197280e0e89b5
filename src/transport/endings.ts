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

/** `tokensChange`: the next attempt may come with another token. */
export const endOf = (reason: LinkReason, tokensChange: boolean): Ending => {
  if (FINAL.has(reason)) return 'final'
  if (!REFUSED.has(reason)) return 'soon'
  return tokensChange ? 'later' : 'final'
}
