import type { Exhibit } from './exhibit.js'
import { memory } from './exhibits/memory.js'
import { order } from './exhibits/order.js'
import { votes } from './exhibits/votes.js'

/** In the order in which one walks past them. */
export const exhibits: readonly Exhibit[] = [...votes, ...memory, ...order]
