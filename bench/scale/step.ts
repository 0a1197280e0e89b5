import type { Step } from './costs.js'
import { withInFlight, withKeys, withObservers, withRanges, withVoters } from './in-core.js'
import { withKeysInMap, withSnapshot } from './in-map.js'
import { withArrival, withValue } from './in-rooms.js'

// A process for one step: its arguments are what is varied, how far, and how many values there are to be.

const axes = {
  observers: withObservers,
  voters: withVoters,
  keys: withKeys,
  map: withKeysInMap,
  ranges: withRanges,
  window: withInFlight,
  values: withValue,
  snapshot: withSnapshot,
  arrival: withArrival,
} as const

export type AxisName = keyof typeof axes

const [, , name, size, repeats] = process.argv
const step: Step = await axes[name as AxisName](Number(size), Number(repeats))
process.stdout.write(JSON.stringify(step))
