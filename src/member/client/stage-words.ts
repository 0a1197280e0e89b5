import {
  type Command,
  commandsInterfere,
  read,
  readRange,
  type Span,
  spansInterfere,
  write,
  writeRange,
} from '../../core/index.js'
import { ExactlyOnce, encodeJson, type Json, type Outcome, type Proposal, seededRandom } from '../../state/index.js'
import { Notes } from '../stage.js'

/** Test equipment: what a client promises, and a replica that executes what it sends. */

export const PROMISES = {
  once: 'what writes is executed once at most',
  order: 'what interferes is executed in the order in which it was taken',
  same: 'what is sent again is the same to the last byte',
  durable: 'what was sent is found by a next life in the same place, or not at all where nobody brings it again',
  window: 'no more than a window is on its way, and of each one no more than one',
  answer: 'no life answers a draft twice',
  truth: 'an answer is true, and says that something is unknown only where it can be',
  lost: 'what was durable when the client died is answered by a later life',
  end: 'nothing waits for ever once all that is sent arrives',
  empty: 'nothing is left in the storage once all is answered',
  replicas: 'replicas that execute in other orders answer alike, and are the same at every sweep',
} as const
export type PromiseName = keyof typeof PROMISES

export class Broken extends Error {
  override readonly name = 'Broken'
  constructor(
    readonly promise: PromiseName,
    what: string,
    readonly seed: number,
    story: readonly string[],
  ) {
    const replay = `SEEDS=${seed} npx vitest run src/member/client-always.test.ts`
    super(`not so: ${PROMISES[promise]}\nseed ${seed}: ${what}\n${story.join('\n')}\nreplay: ${replay}`)
  }
}

const KEYS = ['a', 'b', 'c']

/** All chance of a run, by its seed. */
export class Dice {
  readonly random: () => number

  constructor(seed: number) {
    this.random = seededRandom(seed)
  }

  chance(probability: number): boolean {
    return this.random() < probability
  }

  below(limit: number): number {
    return Math.floor(this.random() * limit)
  }

  oneOf<T>(from: readonly T[]): T | undefined {
    return from[this.below(from.length)]
  }

  /** As often as its weight says. */
  oneOfWeighted<T>(from: readonly (readonly [weight: number, one: T])[]): T {
    let left = this.random() * from.reduce((sum, [weight]) => sum + weight, 0)
    const chosen = from.find(([weight]) => {
      left -= weight
      return left < 0
    })
    return (chosen ?? (from[0] as readonly [number, T]))[1]
  }

  /** Any one of them, which is not there any more. */
  takenFrom<T>(from: T[]): T | undefined {
    return from.splice(this.below(from.length), 1)[0]
  }

  key(): string {
    return this.oneOf(KEYS) as string
  }

  /** Most are of one key. */
  span(): Span {
    const kind = this.random()
    if (kind < 0.6) return write(this.key())
    if (kind < 0.75) return read(this.key())
    const from = this.key()
    const to = this.chance(0.5) ? undefined : String.fromCharCode(from.charCodeAt(0) + 1 + this.below(KEYS.length))
    return kind < 0.9 ? writeRange(from, to) : readRange(from, to)
  }
}

export const numberOf = ({ payload: [high = 0, low = 0] }: Proposal): number => high * 256 + low
export const payloadOf = (number: number): Uint8Array => Uint8Array.of(number >> 8, number & 255)

interface Executed {
  readonly command: Command
  readonly outcome: Outcome
}

/** Everything interferes with it: so it has one place in all orders. */
interface Swept {
  readonly sweep: Uint8Array
  /** State and session table after it. */
  readonly snapshot: string
}

/** Each key has the numbers of those that wrote there: another order is another state. */
class Journal extends Notes {
  /** The last that was applied. */
  applied: number | undefined

  override apply(command: Proposal): Json {
    this.applied = numberOf(command)
    for (const key of KEYS) {
      if (!command.spans.some((span) => spansInterfere(span, read(key)))) continue
      this.notes.set(key, [...(this.notes.get(key) ?? []), `${this.applied}`])
    }
    return this.applied
  }
}

/** No voter waits so little: whatever came since the last sweep, or nothing, the next one is due. */
const IMPATIENT = -1_000_000
/** That often the second replica dies, and begins anew with a snapshot. */
const RESTARTS = 0.05
/** Neighbours change places so often, for each that there is: enough to come from one end to the other. */
const SWAPS = 6

/** A replica, which remembers what it has executed. */
export class Chronicle {
  readonly #journal = new Journal(1)
  readonly #state = new ExactlyOnce(this.#journal)
  readonly #past: (Executed | Swept)[] = []

  get sweeps(): number {
    return this.#state.sweeps
  }

  /** @returns also whether it was applied, rather than answered from the session table */
  execute(command: Command): { readonly outcome: Outcome; readonly isApplied: boolean } {
    this.#journal.applied = undefined
    const outcome = outcomeOf(this.#state, command)
    this.#past.push({ command, outcome })
    return { outcome, isApplied: this.#journal.applied !== undefined }
  }

  /** A sweep that may be executed now or later, with all that there is to be named. */
  get nextSweep(): Uint8Array {
    return this.#state.sweepDue(IMPATIENT) ?? encodeJson([this.sweeps, []])
  }

  sweep(sweep: Uint8Array): void {
    this.#state.execute({ kind: 'sweep', payload: sweep })
    this.#past.push({ sweep, snapshot: snapshotOf(this.#state) })
  }

  /**
   * A second replica executes the same up to the last sweep, what does not interfere in another order.
   * @returns what differs there; undefined: nothing
   */
  contradiction(random: () => number): string | undefined {
    let other = new ExactlyOnce(new Journal(1))
    let stretch: Executed[] = []
    for (const one of this.#past) {
      if (!('sweep' in one)) {
        stretch.push(one)
        continue
      }
      for (const { command, outcome } of reordered(stretch, random)) {
        const there = outcomeOf(other, command)
        if (JSON.stringify(there) !== JSON.stringify(outcome)) {
          return `${numberOf(command)} is ${there.kind} there, ${outcome.kind} here, after ${other.sweeps} sweeps`
        }
        if (random() < RESTARTS) other = restored(other)
      }
      stretch = []
      other.execute({ kind: 'sweep', payload: one.sweep })
      if (snapshotOf(other) !== one.snapshot) return `there is another state after ${other.sweeps} sweeps`
    }
    return undefined
  }
}

const outcomeOf = (state: ExactlyOnce, command: Command): Outcome => {
  const [executed] = state.execute({ kind: 'commands', commands: [command] })
  return (executed as Executed).outcome
}

const snapshotOf = (state: ExactlyOnce): string =>
  Array.from(state.snapshot(), (chunk) => new TextDecoder().decode(chunk)).join('')

const restored = (state: ExactlyOnce): ExactlyOnce => {
  const fresh = new ExactlyOnce(new Journal(1))
  fresh.restore([...state.snapshot()], 1)
  return fresh
}

const reordered = (stretch: readonly Executed[], random: () => number): readonly Executed[] => {
  const list = [...stretch]
  for (let swaps = list.length * SWAPS; swaps > 0 && list.length > 1; swaps--) {
    const at = Math.floor(random() * (list.length - 1))
    const [one, next] = list.slice(at, at + 2) as [Executed, Executed]
    if (!commandsInterfere(one.command, next.command)) list.splice(at, 2, next, one)
  }
  return list
}
