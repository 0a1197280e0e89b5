import { type Command, type CoreEvent, type Envelope, type Message, Replica, type Value, write } from 'epaxos/core'
import { seededRandom } from 'epaxos/state'
import type { Agenda } from './agenda.js'
import type { Load, Taken } from './load.js'

/** As often as a room's ticker. */
const TICK_MS = 25
/** History is dropped up to what is in a checkpoint. */
const CHECKPOINT_MS = 2000
/** Within this time all clients have begun. */
const BEGIN_MS = 500

const GROUP = '9'.repeat(32)
const PAYLOAD_BYTES = 64
const SHARED = 'shared'

/** What all sites have in common. */
export interface Surroundings {
  readonly load: Load
  readonly agenda: Agenda
  /** By slot. */
  readonly ids: readonly string[]
  readonly send: (from: number, to: number, message: Message) => void
}

/** A command under way, where it was proposed. */
interface Asked {
  readonly proposedMs: number
  committedMs: number
  fast: boolean
}

/** One voter on its machine, and the clients next to it. */
export class Site {
  readonly taken: Taken[] = []
  /** Instances committed here and not executed: the most there were, in the first and the second half of the run. */
  readonly lag: [number, number] = [0, 0]
  /** Commands executed here. */
  executed = 0
  /** Those that wrote the shared key, in the order in which they were executed here, as one number. */
  order = 0
  readonly #slot: number
  readonly #around: Surroundings
  readonly #replica: Replica
  readonly #random: () => number
  /** By sequence. */
  readonly #asked = new Map<number, Asked>()
  readonly #session: string
  #sequence = 0
  #behind = 0
  #scheduled = false

  constructor(slot: number, around: Surroundings) {
    const { load, ids, agenda } = around
    this.#slot = slot
    this.#around = around
    this.#random = seededRandom(load.seed * ids.length + slot)
    this.#session = String(slot).repeat(32)
    const configuration = { number: 0, voters: ids, wireVersion: 1, stateVersion: 1 }
    this.#replica = new Replica({ id: ids[slot] as string, group: GROUP, configuration, random: this.#random })
    agenda.after(this.#random() * TICK_MS, () => this.#tick())
    agenda.after((0.5 + this.#random()) * CHECKPOINT_MS, () => this.#checkpoint())
    for (let client = 0; client < load.clients; client++) agenda.after(this.#random() * BEGIN_MS, () => this.#ask())
  }

  /** Commands that have no answer yet. */
  get unanswered(): number {
    return this.#asked.size
  }

  receive(from: string, message: Message): void {
    this.#replica.step(from, message)
    this.#schedule()
  }

  #ask(): void {
    const { agenda, load } = this.#around
    if (agenda.nowMs > load.runMs) return
    const command = this.#command()
    this.#asked.set(command.sequence, { proposedMs: agenda.nowMs, committedMs: Number.NaN, fast: false })
    this.#replica.propose(command)
    this.#schedule()
  }

  #command(): Command {
    const shared = this.#random() * 100 < this.#around.load.interference
    const sequence = ++this.#sequence
    return {
      spans: [write(shared ? SHARED : `own/${this.#slot}/${sequence}`)],
      payload: new Uint8Array(PAYLOAD_BYTES),
      session: this.#session,
      sequence,
      acknowledged: 0,
      after: [],
    }
  }

  #tick(): void {
    const { agenda } = this.#around
    this.#replica.tick(agenda.nowMs)
    this.#schedule()
    agenda.after(TICK_MS, () => this.#tick())
  }

  #checkpoint(): void {
    this.#replica.checkpointed(this.#replica.executedSet())
    this.#around.agenda.after(CHECKPOINT_MS, () => this.#checkpoint())
  }

  /** What is said to the replica in one turn is answered in one go, as a room's driver does it. */
  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    this.#around.agenda.after(0, () => {
      this.#scheduled = false
      this.#drain()
    })
  }

  #drain(): void {
    const { agenda, load } = this.#around
    for (let ready = this.#replica.ready(); ready !== undefined; ready = this.#replica.ready()) {
      this.#send(ready.messages)
      for (const event of ready.events) this.#happened(event)
      for (const { instance, value } of ready.executable) this.#execute(instance.slot === this.#slot, value)
      this.#replica.applied(ready.executable.map(({ instance }) => instance))
      const written = ready
      const done = (): void => {
        this.#replica.written(written)
        this.#send(written.messagesAfterWrite)
      }
      if (load.writeMs === 0) done()
      else
        agenda.after(load.writeMs, () => {
          done()
          this.#schedule()
        })
    }
  }

  #send(envelopes: readonly Envelope[]): void {
    const { ids, send } = this.#around
    for (const { to, message } of envelopes) send(this.#slot, ids.indexOf(to), message)
  }

  #happened(event: CoreEvent): void {
    if (event.kind !== 'committed') return
    const { agenda, load } = this.#around
    this.#behind++
    const half = agenda.nowMs < load.runMs / 2 ? 0 : 1
    this.lag[half] = Math.max(this.lag[half], this.#behind)
    if (event.instance.slot !== this.#slot || event.value.kind !== 'commands') return
    for (const { sequence } of event.value.commands) {
      const asked = this.#asked.get(sequence)
      if (asked === undefined) continue
      asked.committedMs = agenda.nowMs
      asked.fast = event.path === 'fast'
    }
  }

  #execute(own: boolean, value: Value): void {
    this.#behind--
    if (value.kind !== 'commands') return
    for (const { sequence, session, spans } of value.commands) {
      this.executed++
      const [span] = spans
      if (span?.kind === 'key' && span.key === SHARED) {
        this.order = (Math.imul(this.order, 31) + Number(session[0]) + 9 * sequence) | 0
      }
      if (own) this.#answer(sequence)
    }
  }

  #answer(sequence: number): void {
    const { agenda, load } = this.#around
    const asked = this.#asked.get(sequence)
    if (asked === undefined) return
    this.#asked.delete(sequence)
    const { proposedMs, committedMs, fast } = asked
    if (proposedMs >= load.warmMs) {
      const [commitMs, executeMs] = [committedMs - proposedMs, agenda.nowMs - proposedMs]
      this.taken.push({ slot: this.#slot, commitMs, executeMs, fast })
    }
    agenda.after(0, () => this.#ask())
  }
}
