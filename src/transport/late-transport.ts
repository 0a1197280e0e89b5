import type { Clock } from './clock.js'
import type { Link, LinkOptions, TransportFactory } from './contract.js'
import type { Late } from './late.js'
import { LateLink } from './late-link.js'
import { checkSeat, type Seat } from './seat.js'

export interface LateTransportOptions extends Pick<Seat, 'token'> {
  readonly clock: Clock
  readonly random: () => number
}

/** Links over a relay whose program is loaded with the first of them. What can't be is refused before. */
export const lateTransport = <Program>(
  program: Late<Program>,
  { token = '', clock, random }: LateTransportOptions,
  open: (program: Program, options: LinkOptions) => Link,
): TransportFactory =>
  Object.assign(
    (options: LinkOptions): Link => {
      checkSeat({ ...options, token })
      if (program.now !== undefined) return open(program.now, options)
      return new LateLink(program, (loaded) => open(loaded, options), { clock, random })
    },
    {
      prepare: (options: LinkOptions): void => {
        checkSeat({ ...options, token })
        // Where that fails, the link tries it again.
        program.load().catch(() => {})
      },
    },
  )
