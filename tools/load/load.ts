import { randomBytes } from 'node:crypto'
import { createHistogram, monitorEventLoopDelay, type RecordableHistogram } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import { atRate } from '../../bench/pace.js'
import { type Measures, RelayProcess } from '../relays/relay-process.js'
import { Guest } from './guest.js'
import { Reader } from './reader.js'

export interface LoadOptions {
  /** Of both halves together. */
  readonly seconds: number
  readonly sockets: number
  readonly rooms: number
  /** Of each socket. */
  readonly messagesPerSecond: number
}

export interface Half {
  /** In microseconds, from one socket to another of this process, through the relay. */
  readonly latencies: RecordableHistogram
  readonly relay: Measures
  /** By how much this process, which measures, was late at the worst: no latency means anything below that. */
  readonly lateMs: number
}

export interface LoadResult {
  /** Each message counts once for each of its receivers. */
  readonly sent: number
  readonly arrived: number
  /** All read what they are sent. */
  readonly reading: Half
  /** Some have stopped to. */
  readonly stalled: Half
  readonly readers: number
  readonly failures: readonly string[]
}

/** To all others of the room, as observers hear from a voter; the rest to one of them. */
const CAST_SHARE = 0.1
/** Of the sockets: they are sent more than they could keep up with. */
const READER_SHARE = 0.01
const BURDENS_PER_SECOND = 60
const BURDEN = new Uint8Array(16_000)
/** The relay closes who reads nothing for ten seconds; then it comes again, and reads nothing again. */
const REJOIN_MS = 15_000
/** Of each half: until everything is compiled, nothing is measured. */
const WARM_UP_SHARE = 0.1
/** What has not arrived by then never will. */
const PATIENCE_MS = 10_000
const LOOK_MS = 20
/** Sockets that connect at once. */
const CONNECTING = 50

/** A relay in a process of its own, sockets in this one; first all of them read, then some of them stop. */
export const runLoad = async (options: LoadOptions, say: (line: string) => void): Promise<LoadResult> => {
  const { sockets, rooms, seconds } = options
  const relay = await RelayProcess.start({ sockets: 2 * sockets })
  const crowd = new Crowd(relay.url, options)
  try {
    await crowd.gather()
    say(`${sockets} sockets in ${rooms} rooms`)
    const reading = await crowd.half(relay, (seconds * 1000) / 2)
    say(`all read: ${shown(reading)}`)
    crowd.stall()
    const stalled = await crowd.half(relay, (seconds * 1000) / 2)
    say(`some do not read: ${shown(stalled)}`)
    await crowd.settle()
    return { reading, stalled, ...crowd.result() }
  } finally {
    crowd.leave()
    await relay.kill()
  }
}

export const percentileMs = ({ latencies }: Half, percent: number): number => latencies.percentile(percent) / 1000

export const shown = (half: Half): string => {
  const { cpuShare, grownBytes, lagP99Ms, lagMaxMs } = half.relay
  const ms = (value: number): string => `${value.toFixed(1)} ms`
  return (
    `p50 ${ms(percentileMs(half, 50))}, p99 ${ms(percentileMs(half, 99))}; relay at ${(cpuShare * 100).toFixed(0)} % ` +
    `of a core, ${(grownBytes / 2 ** 20).toFixed(0)} MiB more than idle, late by ${ms(lagP99Ms)} (p99), ${ms(lagMaxMs)} at most; who measures, by ${ms(half.lateMs)}`
  )
}

class Crowd {
  readonly #url: string
  readonly #options: LoadOptions
  /** Room by room. */
  readonly #tables: Guest[][]
  readonly #readers: Reader[] = []
  readonly #failures = new Set<string>()
  #rejoining: ReturnType<typeof setInterval> | undefined
  /** Undefined: nothing is measured now. */
  #latencies: RecordableHistogram | undefined
  #sent = 0
  #arrived = 0

  constructor(url: string, options: LoadOptions) {
    this.#url = url
    this.#options = options
    this.#tables = Array.from({ length: options.rooms }, () => [])
  }

  /** Resolves once all have met. */
  async gather(): Promise<void> {
    const { sockets, rooms } = this.#options
    const events = {
      arrived: (latencyMs: number): void => {
        this.#arrived++
        this.#latencies?.record(Math.max(1, Math.round(latencyMs * 1000)))
      },
      failed: (problem: string): void => void this.#failures.add(problem),
    }
    for (let first = 0; first < sockets; first += CONNECTING) {
      const some = Array.from({ length: Math.min(CONNECTING, sockets - first) }, async (_, at) => {
        const room = (first + at) % rooms
        const guest = await Guest.join(this.#url, roomOf(room), { replica: newId(), incarnation: 1 }, events)
        this.#tables[room]?.push(guest)
      })
      await Promise.all(some)
    }
    await Promise.all(this.#tables.flatMap((table) => table.map((guest) => guest.company(table.length - 1))))
    const readers = Math.max(1, Math.round(sockets * READER_SHARE))
    for (let at = 0; at < readers; at++) {
      this.#readers.push(new Reader(this.#url, roomOf(at % rooms), newId(), this.#tables[at % rooms]?.[0]))
    }
    await Promise.all(this.#readers.map((reader) => reader.join()))
  }

  stall(): void {
    for (const reader of this.#readers) reader.stopReading()
    // One round after the other: on a busy machine the last one may still be connecting.
    let round = Promise.resolve()
    this.#rejoining = setInterval(() => {
      round = round
        .then(() => Promise.all(this.#readers.map((reader) => reader.join())))
        .then(() => {})
        .catch((error: unknown) => void this.#failures.add(`a reader can't join again: ${error}`))
    }, REJOIN_MS)
  }

  async half(relay: RelayProcess, milliseconds: number): Promise<Half> {
    await this.#talk(milliseconds * WARM_UP_SHARE)
    await relay.measure()
    const latencies = createHistogram()
    this.#latencies = latencies
    const delay = monitorEventLoopDelay({ resolution: 10 })
    delay.enable()
    await this.#talk(milliseconds * (1 - WARM_UP_SHARE))
    delay.disable()
    this.#latencies = undefined
    return { latencies, relay: await relay.measure(), lateMs: delay.max / 1e6 }
  }

  /** Resolves once everything has arrived, or never will. */
  async settle(): Promise<void> {
    const patience = AbortSignal.timeout(PATIENCE_MS)
    while (this.#arrived < this.#sent && !patience.aborted) await pause(LOOK_MS)
  }

  result(): Pick<LoadResult, 'sent' | 'arrived' | 'readers' | 'failures'> {
    const lost = this.#sent - this.#arrived
    const failures = [...this.#failures, ...(lost === 0 ? [] : [`${lost} of ${this.#sent} messages were lost`])]
    return { sent: this.#sent, arrived: this.#arrived, readers: this.#readers.length, failures }
  }

  leave(): void {
    clearInterval(this.#rejoining)
    for (const each of [...this.#tables.flat(), ...this.#readers]) each.leave()
  }

  async #talk(milliseconds: number): Promise<void> {
    const { sockets, messagesPerSecond } = this.#options
    await Promise.all([
      atRate(sockets * messagesPerSecond, milliseconds, (index) => this.#tell(index)),
      atRate(this.#readers.length * BURDENS_PER_SECOND, milliseconds, (index) => {
        this.#readers[index % this.#readers.length]?.burden(BURDEN)
      }),
    ])
  }

  /** One of each room after the other, to some of its room. */
  #tell(index: number): void {
    const table = this.#tables[index % this.#tables.length] ?? []
    const at = Math.floor(index / this.#tables.length) % table.length
    const guest = table[at]
    if (guest === undefined) return
    const others = table.filter((other) => other !== guest)
    const one = Math.floor(Math.random() * others.length)
    const to = Math.random() < CAST_SHARE ? others : others.slice(one, one + 1)
    this.#sent += to.length
    guest.tell(to.map(({ self }) => self))
  }
}

const roomOf = (index: number): string => `room ${index}`

const newId = (): string => randomBytes(16).toString('hex')
