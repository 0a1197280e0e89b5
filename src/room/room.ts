import { type ReplicaId, readRange, type Span, type TraceCell } from '../core/index.js'
import type { Answer, Draft } from '../member/index.js'
import {
  type AnyState,
  type CallsOf,
  type Circumstances,
  type ExportedState,
  exportOf,
  type Mutation,
  Overlay,
  type Proposal,
  type Reading,
  rehearse,
  type ValueOf,
} from '../state/index.js'
import type { ChannelStats } from '../transport/index.js'
import type { Backend, BackendPorts } from './backend.js'
import { Computed, Current } from './cell.js'
import type { Diagnosis, Observable, Presence, Room, RoomOptions, RoomStatus } from './contract.js'
import { isDevelopment } from './development.js'
import type { Environment } from './environment.js'
import { errorOf, NoStateYet, NotAMember, OutcomeUnknown } from './errors.js'
import { readPayload } from './executed-state.js'
import { OpenMutation } from './open-mutation.js'
import { reporterOf } from './reporter.js'
import type { Reporter } from './reporting.js'
import { RoomPresence } from './room-presence.js'

/** Of each mutator so many calls are rehearsed with a moment in between, in development. */
const PATIENT_CALLS = 8

/** Some milliseconds, at most: a clock of a test may stand still. */
const MAX_LOOKS = 100_000

const letTheClockGoOn = (): void => {
  const now = Date.now()
  for (let looks = 0; looks < MAX_LOOKS && Date.now() === now; looks++);
}

/** It goes into every command. */
const MAX_AUTHOR_LENGTH = 256

export const checkAuthor = (author: string | undefined): void => {
  if (author === undefined) return
  if (typeof author !== 'string' || author === '')
    throw new TypeError(`an author is a text, not ${JSON.stringify(author)}`)
  if (/\p{Surrogate}/u.test(author)) throw new TypeError('an author holds half of a surrogate pair')
  if (author.length <= MAX_AUTHOR_LENGTH) return
  throw new TypeError(`an author of ${author.length} characters is too long: ${MAX_AUTHOR_LENGTH} are allowed`)
}

/** What was proposed here and has no answer yet. */
interface Open {
  readonly draft: Draft
  readonly mutation: OpenMutation
  /** When it was called, or found. */
  readonly sinceMs: number
  /** Of a read. */
  readonly query: ((reading: Reading) => void) | undefined
}

/** A room as applications see it. What carries it out is its backend's. */
export class LiveRoom<S extends AnyState> implements Room<S> {
  readonly ready: Promise<void>
  readonly mutate: CallsOf<S>
  readonly state: Observable<ValueOf<S>>
  readonly executed: Observable<ValueOf<S>>
  readonly pending: Observable<readonly Mutation<unknown>[]>
  readonly presence: Presence
  readonly status: Observable<RoomStatus>
  readonly #options: RoomOptions<S>
  readonly #environment: Environment
  readonly #isDevelopment: boolean
  readonly #reporter: Reporter | undefined
  /** By id, in the order in which they were called. */
  readonly #open = new Map<string, Open>()
  readonly #overlay: Overlay<ValueOf<S>>
  readonly #state: Current<ValueOf<S>>
  readonly #executed: Current<ValueOf<S>>
  readonly #pending: Current<readonly Mutation<unknown>[]>
  readonly #status: Computed<RoomStatus>
  readonly #presence: RoomPresence
  /** By the mutator's name, in development. */
  readonly #calls = new Map<string, number>()
  #isReady = false
  #tellReady: () => void = () => {}
  #tellOver: (error: Error) => void = () => {}
  #backend: Backend<S>

  /** @param backend what it stands on, which tells it everything by `ports` from now on */
  constructor(options: RoomOptions<S>, environment: Environment, backend: Backend<S>) {
    const { state } = options
    this.#options = options
    this.#environment = environment
    this.#reporter = reporterOf(options, backend.id)
    this.#isDevelopment = options.development ?? isDevelopment()
    this.#overlay = new Overlay(() => this.#backend.machine)
    this.#state = new Current(() => this.#overlay.value)
    this.#executed = new Current(() => this.#backend.machine.value)
    this.#pending = new Current(() => Array.from(this.#mutations()))
    this.#status = new Computed(() => this.#backend.status())
    this.#presence = new RoomPresence(
      (value) => this.#backend.show(value),
      () => this.#backend.present(),
    )
    this.state = this.#state
    this.executed = this.#executed
    this.pending = this.#pending
    this.status = this.#status
    this.presence = this.#presence
    this.#backend = backend
    this.#adopt()
    this.ready = new Promise<void>((resolve, reject) => {
      this.#tellReady = resolve
      this.#tellOver = reject
    })
    // Who does not wait for it learns of the end otherwise.
    this.ready.catch(() => {})
    this.#lookWhetherReady()
    this.mutate = state.calls({ propose: (name, args, make) => this.#call(name, args, make) })
  }

  get id(): ReplicaId {
    return this.#backend.id
  }

  get backend(): Backend<S> {
    return this.#backend
  }

  /** What a backend is to tell this room by. */
  readonly ports: BackendPorts = {
    kept: (id) => this.#open.get(id)?.mutation.kept(),
    committed: (id) => {
      const open = this.#open.get(id)
      if (open === undefined) return
      this.#reporter?.committed(this.#environment.now() - open.sinceMs)
      open.mutation.commit()
    },
    settled: (id, answer) => this.#settle(id, answer),
    refused: (id, error) => this.#fail(id, error),
    executed: () => this.#changed(),
    statusChanged: () => {
      this.#status.changed()
      this.#lookWhetherReady()
    },
    presentChanged: () => this.#presence.changed(),
    ended: (reason) => {
      for (const [id, { mutation }] of this.#open) {
        // It was called and left alone: that the room ends is no reason to end the program.
        mutation.catch(() => {})
        this.#fail(id, new OutcomeUnknown(reason))
      }
    },
  }

  /** Stands on another backend from now on. What has no answer is proposed there again: by its id it is known. */
  standOn(backend: Backend<S>): void {
    this.#backend = backend
    for (const [id, { draft, query }] of this.#open) {
      if (query !== undefined) backend.machine.expect(id, query)
      this.#attempt(draft)
    }
    this.#adopt()
    this.#presence.renew()
    this.#changed()
    this.#status.changed()
  }

  async read<R>(touches: readonly Span[], query: (reading: Reading) => R): Promise<R> {
    if (touches.some(({ write }) => write)) throw new TypeError('a read touches by read(…) and readRange(…) only')
    const id = this.#environment.id()
    return new Promise<R>((resolve, reject) => {
      const run = (reading: Reading): void => {
        try {
          const result = query(reading)
          if (result instanceof Promise) {
            result.catch(() => {})
            throw new TypeError('the query of a read is asynchronous: it has to be done when it returns')
          }
          resolve(result)
        } catch (error) {
          reject(error)
        }
      }
      const mutation = new OpenMutation(id, 'read', undefined)
      // Its answer is what `run` has resolved with; what else there is, is why it never ran.
      mutation.catch(reject)
      this.#backend.machine.expect(id, run)
      const draft = { id, spans: touches, payload: readPayload(id), lasting: false }
      this.#open.set(id, { draft, mutation, query: run, sinceMs: this.#environment.now() })
      this.#attempt(draft)
    })
  }

  export(): ExportedState {
    if (!this.#isReady) throw new NoStateYet()
    return exportOf(this.#backend.machine.reading([readRange('')]), this.#backend.stateVersion)
  }

  invite(): string {
    return this.#backend.invite()
  }

  trace(length: number): readonly (readonly TraceCell[])[] {
    return this.#backend.trace(length)
  }

  channelStats(peer: ReplicaId): Promise<ChannelStats | undefined> {
    return this.#backend.channelStats(peer)
  }

  async remove(member: ReplicaId): Promise<void> {
    await this.#backend.remove(member)
  }

  async diagnose(): Promise<Diagnosis> {
    return this.#backend.diagnose()
  }

  async leave({ force = false }: { readonly force?: boolean } = {}): Promise<void> {
    await this.#backend.leave(force)
    this.#clear()
  }

  async close(): Promise<void> {
    await this.#backend.close()
    this.#clear()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #call(name: string, args: unknown, make: (circumstances: Circumstances) => Proposal): Mutation<unknown> {
    const mutation = new OpenMutation(this.#environment.id(), name, args)
    try {
      const { spans, payload } = make({
        now: this.#environment.today(),
        seed: Math.floor(this.#environment.random() * 2 ** 32),
        author: this.#options.author ?? this.id,
      })
      const draft = { id: mutation.id, spans, payload, lasting: true }
      this.#rehearse(name, draft)
      this.#backend.propose(draft)
      this.#show(draft, mutation)
      this.#reporter?.proposed()
    } catch (error) {
      this.#reporter?.rejected(error)
      mutation.fail(error)
    }
    return mutation
  }

  #rehearse(name: string, draft: Draft): void {
    if (!this.#isDevelopment) return this.#rehearseOnce(name, draft)
    const { machine } = this.#overlay
    const calls = this.#calls.get(name) ?? 0
    this.#calls.set(name, calls + 1)
    // Two looks at a clock are mostly the same where nobody waits between them; and to wait always would be felt.
    rehearse(machine, draft, { name, twice: true, ...(calls < PATIENT_CALLS && { between: letTheClockGoOn }) })
  }

  /**
   * On what is executed: what is shown on top of it need not be made for that, where nobody looks. What seems to be a mistake
   * there may be none on top of the others.
   */
  #rehearseOnce(name: string, draft: Draft): void {
    try {
      rehearse(this.#backend.machine, draft, { name, twice: false })
    } catch {
      rehearse(this.#overlay.machine, draft, { name, twice: false })
    }
  }

  /** Those of earlier lives, and of closed tabs. */
  #adopt(): void {
    for (const draft of this.#backend.drafts) {
      if (this.#open.has(draft.id) || !draft.lasting) continue
      const { name, args } = this.#options.state.describe(draft.payload)
      const mutation = new OpenMutation(draft.id, name, args)
      mutation.kept()
      // Whoever called it is gone.
      mutation.catch(() => {})
      this.#show(draft, mutation)
    }
  }

  #show(draft: Draft, mutation: OpenMutation): void {
    this.#open.set(draft.id, { draft, mutation, query: undefined, sinceMs: this.#environment.now() })
    this.#overlay.add(draft)
    this.#state.changed()
    this.#pending.changed()
  }

  #attempt(draft: Draft): void {
    try {
      this.#backend.propose(draft)
    } catch (error) {
      this.#fail(draft.id, error)
    }
  }

  #settle(id: string, answer: Answer): void {
    const open = this.#open.get(id)
    if (open !== undefined && open.query === undefined) {
      this.#reporter?.answered(answer.kind, this.#environment.now() - open.sinceMs)
    }
    if (answer.kind !== 'done') return this.#fail(id, errorOf(answer))
    this.#take(id)?.execute(answer.result)
  }

  #fail(id: string, error: unknown): void {
    this.#backend.machine.forget(id)
    this.#take(id)?.fail(error)
  }

  #take(id: string): OpenMutation | undefined {
    const open = this.#open.get(id)
    this.#open.delete(id)
    if (open === undefined || open.query !== undefined) return open?.mutation
    this.#overlay.remove(id)
    this.#state.changed()
    this.#pending.changed()
    return open.mutation
  }

  #lookWhetherReady(): void {
    if (this.#isReady) return
    const { role, reason } = this.#backend.status()
    if (role === 'joining') return
    if (role === 'stopped' || role === 'closed') return this.#tellOver(new NotAMember(reason ?? 'the room was closed'))
    this.#isReady = true
    this.#tellReady()
  }

  #changed(): void {
    this.#overlay.changed()
    this.#executed.changed()
    this.#state.changed()
  }

  *#mutations(): Generator<Mutation<unknown>> {
    for (const { mutation, query } of this.#open.values()) if (query === undefined) yield mutation
  }

  /** By now all have heard that it is closed. */
  #clear(): void {
    for (const each of [this.#state, this.#executed, this.#pending, this.#status, this.#presence]) each.clear()
  }
}
