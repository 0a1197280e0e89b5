import { CommandTooLarge } from '../../core/index.js'
import { QueueFull } from '../../member/index.js'
import { type Codec, variants } from '../../wire/index.js'
import { LastVoter, NotAMember } from '../errors.js'
import { count, words } from './values.js'

/** Why the tab that holds the member has not done what another one has asked for. */
export type Fault =
  | { readonly kind: 'full'; readonly proposals: number; readonly bytes: number }
  | { readonly kind: 'large'; readonly bytes: number; readonly maxBytes: number }
  | { readonly kind: 'last'; readonly reason: string }
  | { readonly kind: 'ended'; readonly reason: string }

export const fault: Codec<Fault> = variants<Fault>({
  full: [0, { proposals: count, bytes: count }],
  large: [1, { bytes: count, maxBytes: count }],
  last: [2, { reason: words }],
  ended: [3, { reason: words }],
})

export const faultOf = (error: unknown): Fault => {
  if (error instanceof QueueFull) return { kind: 'full', proposals: error.proposals, bytes: error.bytes }
  if (error instanceof CommandTooLarge) return { kind: 'large', bytes: error.bytes, maxBytes: error.maxBytes }
  if (error instanceof LastVoter) return { kind: 'last', reason: error.reason }
  if (error instanceof NotAMember) return { kind: 'ended', reason: error.reason }
  return { kind: 'ended', reason: error instanceof Error ? error.message : String(error) }
}

/** The error that it was there. */
export const errorOfFault = (it: Fault): Error => {
  switch (it.kind) {
    case 'full':
      return new QueueFull(it.proposals, it.bytes)
    case 'large':
      return new CommandTooLarge(it.bytes, it.maxBytes)
    case 'last':
      return new LastVoter(it.reason)
    case 'ended':
      return new NotAMember(it.reason)
  }
}
