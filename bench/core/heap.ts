import type { Replica } from 'epaxos/core'
import type { Cluster } from './cluster.js'

/** Fewer instances than these a voter does not care to drop. */
const MAX_HELD = 1000

/** Of what is alive, in bytes. @throws Error without --expose-gc */
export const heapBytes = (): number => {
  if (globalThis.gc === undefined) throw new Error('the heap can be measured with --expose-gc only')
  globalThis.gc()
  return process.memoryUsage().heapUsed
}

/** The same, once the replicas of the cluster have dropped what is in a checkpoint. @throws Error where they don't */
export const compactedHeapBytes = (cluster: Cluster, replicas: readonly Replica[]): number => {
  cluster.compact()
  const held = replicas.map((replica) => replica.status().held)
  if (held.some((instances) => instances > MAX_HELD))
    throw new Error(`after a compaction replicas hold ${held} instances`)
  return heapBytes()
}
