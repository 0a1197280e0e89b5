import { Cluster, replicasOf } from './cluster.js'
import { Echo, recorded, type Tape } from './echo.js'
import { compactedHeapBytes, heapBytes } from './heap.js'
import { Lap, secondsOf } from './processor.js'
import { type Weighted, weightedPercentile } from './weighted.js'
import { commandOf, type Load } from './workload.js'

// A process that measures one load and nothing else: what others leave in the compiler and in the heap is not in its figures.
// Arguments: voters, interference in hundredths, window, 1 for one command per instance.

/** Until the code that is measured is compiled, in seconds of processor time. */
const WARM_UP_SECONDS = 1
/** Of each figure so many values, each of so much processor time, and of no fewer windows than these. */
const STRETCHES = 5
const STRETCH_SECONDS = 0.5
const MIN_WINDOWS = 5
/** Clusters whose heap is looked at, after so many commands, in no fewer instances than these: a few are not dropped. */
const HEAPS = 3
const HEAP_COMMANDS = 10_000
const MIN_HEAP_INSTANCES = 1000
/** What the yardstick repeats. */
const TAPE_COMMANDS = 3000

/** Each value is of one stretch. */
export interface CellFigures {
  /** Commands per second of processor time; and of an echo that says the same, and does nothing. */
  readonly rates: readonly number[]
  readonly echoRates: readonly number[]
  /** Processor time of a command, in microseconds: half, and 99 of 100, take no more. */
  readonly p50Micros: readonly number[]
  readonly p99Micros: readonly number[]
  /** Per command, of all replicas together, while they hold all records, and once they have dropped them. */
  readonly heapBefore: readonly number[]
  readonly heapAfter: readonly number[]
  /** Of instances that held commands. */
  readonly commandsPerInstance: readonly number[]
  readonly messagesPerCommand: readonly number[]
  /** Of the processor time of a command, from 0 to 1: its client's. */
  readonly clientShare: readonly number[]
}

const stretches = <T>(measure: () => T): readonly T[] => Array.from({ length: STRETCHES }, measure)

/** Until it is compiled. @returns commands of a stretch */
const warmUp = (cluster: Cluster, { window }: Load): number => {
  const least = MIN_WINDOWS * window
  let commands = 0
  let seconds = 0
  let rate = 0
  while (seconds < WARM_UP_SECONDS) {
    const took = secondsOf(() => cluster.run(least))
    commands += least
    seconds += took
    rate = commands / seconds
  }
  return Math.max(least, Math.round(rate * STRETCH_SECONDS))
}

const latencies = (cluster: Cluster, commands: number): { readonly p50: number; readonly p99: number } => {
  const seen: Weighted[] = []
  const lap = new Lap()
  cluster.watch(commands, (weight) => seen.push({ value: lap.next() / weight, weight }))
  return { p50: weightedPercentile(seen, 0.5), p99: weightedPercentile(seen, 0.99) }
}

/** Per command. */
const heapOf = (load: Load, commands: number): { readonly before: number; readonly after: number } => {
  const replicas = replicasOf(load)
  const cluster = new Cluster(load, replicas)
  const empty = heapBytes()
  cluster.hoard()
  cluster.run(commands)
  const before = heapBytes() - empty
  const after = compactedHeapBytes(cluster, replicas) - empty
  return { before: before / commands, after: after / commands }
}

const echoRates = (load: Load): readonly number[] => {
  const tapes: Tape[] = Array.from({ length: load.voters }, () => [])
  const original = new Cluster(
    load,
    replicasOf(load).map((replica, slot) => recorded(replica, tapes[slot] as Tape)),
  )
  original.run(TAPE_COMMANDS)
  const echo = new Cluster(
    load,
    tapes.map((tape) => new Echo(tape)),
  )
  const rate = (): number => {
    let commands = 0
    let seconds = 0
    while (seconds < STRETCH_SECONDS) {
      seconds += secondsOf(() => echo.run(TAPE_COMMANDS))
      commands += TAPE_COMMANDS
    }
    return commands / seconds
  }
  rate()
  return stretches(rate)
}

/** Makes commands as the cluster's clients do, and keeps as many as are on their way. */
const clientSeconds = ({ voters, interference, window }: Load, commands: number): number => {
  const kept = Array.from({ length: window }, () => commandOf(1, 0, 0))
  return secondsOf(() => {
    for (let i = 1; i <= commands; i++) kept[i % window] = commandOf(i, i % voters, interference)
  })
}

const [voters = 0, interference = 0, window = 0, apart] = process.argv.slice(2).map(Number)
const load: Load = { voters, interference, window, apart: apart === 1 }
const cluster = new Cluster(load)
const commands = warmUp(cluster, load)
const runs = stretches(() => {
  const { instances, messages } = cluster
  const seconds = secondsOf(() => cluster.run(commands))
  return {
    seconds,
    perInstance: commands / (cluster.instances - instances),
    messages: (cluster.messages - messages) / commands,
  }
})
const laps = stretches(() => latencies(cluster, commands))
const heapCommands = Math.max(HEAP_COMMANDS, MIN_HEAP_INSTANCES * Math.ceil(runs[0]?.perInstance ?? 1))
const heaps = Array.from({ length: HEAPS }, () => heapOf(load, heapCommands))
clientSeconds(load, commands)
const figures: CellFigures = {
  rates: runs.map(({ seconds }) => commands / seconds),
  echoRates: echoRates(load),
  p50Micros: laps.map(({ p50 }) => p50),
  p99Micros: laps.map(({ p99 }) => p99),
  heapBefore: heaps.map(({ before }) => before),
  heapAfter: heaps.map(({ after }) => after),
  commandsPerInstance: runs.map(({ perInstance }) => perInstance),
  messagesPerCommand: runs.map(({ messages }) => messages),
  clientShare: runs.map(({ seconds }) => clientSeconds(load, commands) / seconds),
}
process.stdout.write(JSON.stringify(figures))
