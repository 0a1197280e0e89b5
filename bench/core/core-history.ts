import { Cluster, replicasOf } from './cluster.js'
import { compactedHeapBytes } from './heap.js'
import { secondsOf } from './processor.js'
import type { Load } from './workload.js'

// A process that measures what a long history costs, and nothing else. Arguments: voters, interference in hundredths, window,
// and of how many commands the short history is, the middle one and the long one.

/** Of each figure. One stretch goes half of that before, and half of it behind. */
const STRETCHES = 31
const STRETCH_COMMANDS = 10_000
/** Young clusters that are not counted: until the code is compiled. */
const WARM_UP = 12
const HEAPS = 3

export interface HistoryFigures {
  /** Commands per second of processor time: each of the young ones is of a cluster of its own. */
  readonly young: readonly number[]
  /** Of one that has compacted many times. */
  readonly grown: readonly number[]
  readonly old: readonly number[]
  /** Of all replicas, after a compaction, in bytes. */
  readonly youngHeap: readonly number[]
  readonly oldHeap: readonly number[]
}

const [voters = 0, interference = 0, window = 0, short = 0, middle = 0, long = 0] = process.argv.slice(2).map(Number)
const load: Load = { voters, interference, window, apart: false }

const rateOf = (cluster: Cluster): number => STRETCH_COMMANDS / secondsOf(() => cluster.run(STRETCH_COMMANDS))

const young: number[] = []
const youngHeap: number[] = []
let replicas = replicasOf(load)
let cluster = new Cluster(load, replicas)
for (let i = 0; i < WARM_UP + STRETCHES; i++) {
  replicas = replicasOf(load)
  cluster = new Cluster(load, replicas)
  cluster.run(short - STRETCH_COMMANDS / 2)
  const rate = rateOf(cluster)
  if (i < WARM_UP) continue
  young.push(rate)
  if (youngHeap.length < HEAPS) youngHeap.push(compactedHeapBytes(cluster, replicas))
}
// The last of them grows old.
const ratesAt = (commands: number): readonly number[] => {
  cluster.run(Math.max(0, commands - (STRETCHES * STRETCH_COMMANDS) / 2 - cluster.finished))
  return Array.from({ length: STRETCHES }, () => rateOf(cluster))
}
const grown = ratesAt(middle)
const old = ratesAt(long)
const oldHeap = Array.from({ length: HEAPS }, () => {
  cluster.run(STRETCH_COMMANDS)
  return compactedHeapBytes(cluster, replicas)
})
const figures: HistoryFigures = { young, grown, old, youngHeap, oldHeap }
process.stdout.write(JSON.stringify(figures))
