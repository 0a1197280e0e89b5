import type { Authorize } from '../authorize.js'
import type { Elsewhere, ElsewhereEvents } from '../elsewhere.js'
import type { RelayLimits } from '../limits.js'
import type { RelayLogger } from './log.js'

/** The other relays of a service, as a process of Node has them. */
export interface RunningElsewhere extends Elsewhere {
  counters(): ElsewhereCounters
  close(): Promise<void>
}

export interface ElsewhereCounters {
  /** The others can be reached. */
  readonly up: boolean
  /** How many of them were heard from lately. */
  readonly relays: number
  readonly published: number
  readonly received: number
  readonly dropped: number
  readonly malformed: number
  readonly unplaced: number
}

/** How a relay treats those who come. */
export interface ServingOptions {
  /**
   * Who may come into which room, asked for every join. While it throws or rejects, which is logged, nobody comes in: the
   * sockets are closed as `unavailable`, and links try again. Default: everybody may.
   */
  readonly authorize?: Authorize
  /**
   * The pages that may connect, by their exact origins, `https://example.org`. Programs that are no browsers send none,
   * could send any, and are not asked: that is what `authorize` is for. Default: all pages.
   */
  readonly origins?: readonly string[]
  readonly limits?: Partial<RelayLimits>
  /**
   * The header in which the proxy in front of this relay says who connects to it, `x-forwarded-for` for example: of several
   * addresses the last one counts. Only where nobody gets past the proxy: a header can say anything. Default: there is no
   * proxy, and the address is the connection's.
   */
  readonly trustProxy?: string
  /** The other relays of a service, `await redisElsewhere({ url })` for example. Default: there are none. */
  readonly elsewhere?: (events: ElsewhereEvents) => RunningElsewhere
  /** Default: nothing is logged. */
  readonly logger?: RelayLogger
}

/** Throws a `TypeError` for what no browser would ever send as its origin. */
export const checkOrigins = (origins: readonly string[] = []): void => {
  for (const origin of origins) {
    const known = URL.canParse(origin) ? new URL(origin).origin : undefined
    if (known === origin) continue
    const meant = known === undefined || known === 'null' ? 'https://example.org' : known
    throw new TypeError(`${JSON.stringify(origin)} is no origin: scheme, host and port alone, as in ${meant}`)
  }
}
