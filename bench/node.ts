import { built } from './child.js'
import { type Latency, type Throughput, World } from './node/world.js'
import { atLeast, atMost, type Bench, type Measure, type Target } from './report.js'
import { median } from './statistics.js'

/** Of each voter: what a room has on its way at once, as shipped. */
const CLIENTS = 512
const LOAD_MS = 3000
const WARM_UP_MS = 1500
const RUNS = 5
/** Of one client. */
const COMMANDS = 300

const VOTERS = 3

const RATES = { memory: atLeast(30_000, 60_000), durable: atLeast(20_000, 40_000) }

/** Beside the round trip, and what has to be on disks. */
const OWN_MS = 1
/** One after the other: the coordinator's proposal, the others' votes, the coordinator's commit. */
const SYNCS_IN_A_ROW = 3

/** Three voters in three processes, and a relay in a fourth, over WebSocket on this machine. */
export const node: Bench = async (count = CLIENTS, say) => {
  const programs = { voter: await built('node/voter.ts'), relay: await built('node/relay.ts') }
  const seen = async (durable: boolean): Promise<Seen> =>
    World.with(programs, durable, [], async (world) => {
      const where = durable ? 'on disks' : 'in memory'
      const latencies: Latency[] = []
      // The first is not counted: it is as long as all that runs for the first time takes.
      for (let run = 0; run <= RUNS; run++) {
        const latency = await world.latency(COMMANDS)
        if (run > 0) latencies.push(latency)
        say(`${where}, one client: ${JSON.stringify(latency)}`)
      }
      const throughputs: Throughput[] = []
      await world.throughput(count, WARM_UP_MS)
      for (let run = 0; run < RUNS; run++) {
        const throughput = await world.throughput(count, LOAD_MS)
        throughputs.push(throughput)
        say(`${where}: ${rateOf(throughput).toFixed(0)} commands/s`)
      }
      return { latencies, throughputs }
    })
  const memory = await seen(false)
  const durable = await seen(true)
  return {
    about: [
      'Three voters and the relay, each a process of its own on this machine, over WebSocket on loopback; replicated map, keys of 16 bytes, values of 64 in JSON.',
      `Throughput: ${count} clients in each voter's process, each with one command on its way, for ${LOAD_MS / 1000} s; a command counts when its client has its answer, and the clock stops when all is executed everywhere.`,
      'Commands of different clients write different keys, and travel as the library packs them: those that are called in one turn in one packet, each an instance of its own.',
      `Latency: one client, and nobody else, ${COMMANDS} commands a run. Bare round trip: a packet of the same size through the same relay to another voter's process and back, unsealed. Bare fsync: as many bytes at the end of a file on the same disk.`,
      'CPU is that of all threads, collector included.',
    ],
    measures: [
      ...measuresOf('memory', memory, RATES.memory, 0),
      ...measuresOf('on disks', durable, RATES.durable, SYNCS_IN_A_ROW),
    ],
    failures: [],
  }
}

interface Seen {
  readonly latencies: readonly Latency[]
  readonly throughputs: readonly Throughput[]
}

const measuresOf = (
  group: string,
  { latencies, throughputs }: Seen,
  rate: Target,
  syncs: number,
): readonly Measure[] => {
  const ofRuns = (name: string, unit: string, value: (run: Throughput) => number): Measure => ({
    ...{ group, name, unit },
    values: throughputs.map(value),
  })
  const ofLatencies = (name: string, value: (run: Latency) => number): Measure => ({
    ...{ group, name, unit: 'ms' },
    values: latencies.map(value),
  })
  const bound = ({ bareMs, syncMs }: Latency): number => bareMs + syncs * syncMs
  const yardstick = {
    what: syncs === 0 ? 'bare round trip' : `bare round trip and ${syncs} fsync`,
    values: latencies.map(bound),
  }
  return [
    { ...ofRuns('executed everywhere', 'commands/s', rateOf), target: rate },
    ofRuns('CPU per command and voter', 'µs', ({ voters, commands }) => (1000 * voters.cpuMs) / commands / VOTERS),
    ofRuns('  of it the state machine', 'µs', ({ voters, commands }) => (1000 * voters.applyMs) / commands / VOTERS),
    ofRuns('CPU per command, relay', 'µs', ({ relay, commands }) => (1000 * relay.cpuMs) / commands),
    ofRuns('to the relay, per command', 'bytes', ({ relay, commands }) => relay.bytesIn / commands),
    ofRuns('from the relay, per command', 'bytes', ({ relay, commands }) => relay.bytesOut / commands),
    ofRuns('commands per frame to the relay', 'commands', ({ relay, commands }) => commands / relay.framesIn),
    {
      ...ofLatencies('answer to one client, p50', ({ p50 }) => p50),
      target: atMost(rounded(median(latencies.map(bound)) + OWN_MS)),
      yardstick,
    },
    ofLatencies('answer to one client, p99', ({ p99 }) => p99),
    ofLatencies('bare round trip, p50', ({ bareMs }) => bareMs),
    ...(syncs === 0 ? [] : [ofLatencies('bare fsync, p50', ({ syncMs }) => syncMs)]),
  ]
}

/** To microseconds: it is measured, and is to be read. */
const rounded = (ms: number): number => Math.round(1000 * ms) / 1000

const rateOf = ({ commands, ms }: Throughput): number => (1000 * commands) / ms
