import { monitorEventLoopDelay } from 'node:perf_hooks'
import { parseArgs } from 'node:util'
import { startRelay } from 'epaxos/relay/node'
import { redisElsewhere } from 'epaxos/relay/redis'
import type { Measures } from './relay-process.js'

// A relay in a process of its own; see relay-process.ts.

const { redis, namespace, sockets } = parseArgs({
  options: {
    redis: { type: 'string' },
    namespace: { type: 'string', default: 'default' },
    sockets: { type: 'string', default: '4096' },
  },
}).values

const elsewhere = redis === undefined ? {} : { elsewhere: await redisElsewhere({ url: redis, namespace }) }
// All of them have the same address here, and come at once.
const most = Number(sockets)
const limits = { sockets: most, socketsPerAddress: most, joinsPerSecondPerAddress: most }
const relay = await startRelay({ ...elsewhere, limits })
const lag = monitorEventLoopDelay({ resolution: 10 })
lag.enable()
const startBytes = process.memoryUsage.rss()
let cpu = process.cpuUsage()
let sinceMs = performance.now()

/** Since the last call, and as it is now. */
const measure = (): Measures => {
  const { user, system } = process.cpuUsage(cpu)
  const passedMs = performance.now() - sinceMs
  const measures = {
    cpuShare: (user + system) / 1000 / passedMs,
    // What a timer of 10 ms is late by.
    lagP99Ms: lag.percentile(99) / 1e6 - 10,
    lagMaxMs: lag.max / 1e6 - 10,
    grownBytes: process.memoryUsage.rss() - startBytes,
    counters: relay.counters(),
  }
  cpu = process.cpuUsage()
  sinceMs = performance.now()
  lag.reset()
  return measures
}

process.on('message', () => process.send?.(measure()))
process.on('disconnect', () => process.exit())
process.send?.(relay.url)
