import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from '../../tools/entries.js'
import { randomId } from '../ids.js'
import { percentile } from '../statistics.js'
import type { RelayUsage, Seat, Usage } from './asked.js'
import { Asking } from './asking.js'

/** What was built. */
export interface Programs {
  readonly voter: string
  readonly relay: string
}

/** What one run under load has shown. */
export interface Throughput {
  /** Answered, of all clients; each was executed everywhere by the end. */
  readonly commands: number
  /** From the first call until all was executed everywhere. */
  readonly ms: number
  /** Of all voters together. */
  readonly voters: Usage
  readonly relay: RelayUsage
}

/** What one run of one client has shown, beside what was measured in the same moments. In milliseconds. */
export interface Latency {
  readonly p50: number
  readonly p99: number
  /** Medians. */
  readonly bareMs: number
  readonly syncMs: number
  /** Of a frame on its way to the relay, on average. */
  readonly frameBytes: number
}

/** Three voters and a relay, each in a process of its own. */
export class World {
  readonly #seats: readonly Seat[]
  readonly #voters: readonly Asking[]
  readonly #relay: Asking
  /** On the disk that a durable voter writes to. */
  readonly #folder: string

  private constructor(seats: readonly Seat[], voters: readonly Asking[], relay: Asking, folder: string) {
    this.#seats = seats
    this.#voters = voters
    this.#relay = relay
    this.#folder = folder
  }

  /** Has it used, and ends it. @param flags for the Nodes of the voters */
  static async with<T>(
    { voter, relay }: Programs,
    durable: boolean,
    flags: readonly string[],
    use: (world: World) => Promise<T>,
  ): Promise<T> {
    // Inside the checkout: where the system keeps what is temporary there may be no disk.
    const folder = await mkdtemp(join(root, '.bench', 'node-'))
    const processes: Asking[] = []
    const start = (...of: ConstructorParameters<typeof Asking>): Asking => {
      const process = new Asking(...of)
      processes.push(process)
      return process
    }
    try {
      const middle = start('the relay', relay, [], flags)
      const { url } = await middle.ask('relay', {})
      const ids = Array.from({ length: VOTERS }, randomId).sort()
      const common = { relay: url, group: randomId(), voters: ids }
      const seats = ids.map((id) => ({ ...common, id, folder: durable ? join(folder, id) : undefined }))
      const voters = seats.map((seat, slot) => start(`voter ${slot}`, voter, [JSON.stringify(seat)], flags))
      await Promise.all(voters.map((each) => each.ask('open', {})))
      return await use(new World(seats, voters, middle, folder))
    } finally {
      await Promise.all(processes.map((each) => each.end()))
      await rm(folder, { recursive: true, force: true })
    }
  }

  /** So many clients at each voter, for so long. */
  async throughput(clients: number, ms: number): Promise<Throughput> {
    const before = await this.#usages()
    const relayBefore = await this.#relay.ask('relay', {})
    const loads = await Promise.all(this.#voters.map((voter) => voter.ask('load', { clients, ms })))
    const contents = Object.assign({}, ...loads.map((load) => load.contents))
    const executed = await Promise.all(this.#voters.map((voter) => voter.ask('expect', { contents })))
    const relay = between(relayBefore, await this.#relay.ask('relay', {}))
    const after = await this.#usages()
    const sum = (of: (usage: Usage) => number): number =>
      after.reduce((all, usage, slot) => all + of(usage) - of(before[slot] as Usage), 0)
    return {
      commands: loads.reduce((all, { commands }) => all + commands, 0),
      ms: Math.max(...executed.map(({ atMs }) => atMs)) - Math.min(...loads.map(({ startMs }) => startMs)),
      voters: { cpuMs: sum(({ cpuMs }) => cpuMs), applyMs: sum(({ applyMs }) => applyMs) },
      relay,
    }
  }

  /** One client, at the first voter; and before and after it what the machine can do. */
  async latency(commands: number): Promise<Latency> {
    const [first] = this.#voters as [Asking]
    const to = (this.#seats[1] as Seat).id
    const before = await this.#relay.ask('relay', {})
    const took = await first.ask('latency', { commands })
    const { framesIn, bytesIn } = between(before, await this.#relay.ask('relay', {}))
    const bytes = Math.round(bytesIn / framesIn)
    const bare = await first.ask('ping', { to, times: commands, bytes })
    const sync = await first.ask('sync', { folder: this.#folder, times: SYNCS, bytes })
    return {
      p50: percentile(took, 0.5),
      p99: percentile(took, 0.99),
      bareMs: percentile(bare, 0.5),
      syncMs: percentile(sync, 0.5),
      frameBytes: bytes,
    }
  }

  #usages(): Promise<readonly Usage[]> {
    return Promise.all(this.#voters.map((voter) => voter.ask('usage', {})))
  }
}

const VOTERS = 3
/** The disk's answers differ. */
const SYNCS = 100

const between = (before: RelayUsage, after: RelayUsage): RelayUsage => ({
  cpuMs: after.cpuMs - before.cpuMs,
  framesIn: after.framesIn - before.framesIn,
  bytesIn: after.bytesIn - before.bytesIn,
  framesOut: after.framesOut - before.framesOut,
  bytesOut: after.bytesOut - before.bytesOut,
})
