import type { Configuration } from '../../core/index.js'
import type { MemberMessage, Standing } from '../../member/index.js'

/** What one end of a link says of itself to the other. */
export interface Greeting {
  readonly kind: 'greeting'
  readonly standing: Standing
  readonly configuration: Configuration | undefined
  /** An answer is not answered. */
  readonly answer: boolean
}

export type Mail = MemberMessage | Greeting
