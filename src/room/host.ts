import {
  type Command,
  CommandTooLarge,
  type Configuration,
  defaultTuning,
  InvalidCommand,
  type ReplicaId,
  ReplicaStopped,
  type TraceCell,
} from '../core/index.js'
import {
  type Draft,
  type KeptProposal,
  type KnownLife,
  Member,
  type MemberReady,
  type MemberStatus,
} from '../member/index.js'
import { type AnyState, ExactlyOnce, type Json, type ValueOf } from '../state/index.js'
import type { ChannelStats, LinkStatus, Unsubscribe } from '../transport/index.js'
import { encodeInvite, packetBytesFor } from '../wire/index.js'
import type { Backend } from './backend.js'
import type { Diagnosis, Present, RoomOptions, RoomStatus } from './contract.js'
import { Departure } from './departure.js'
import { Driver, type Failure } from './driver.js'
import type { Environment } from './environment.js'
import { NotAMember } from './errors.js'
import { eventually } from './eventually.js'
import { ExecutedState } from './executed-state.js'
import { onPageGone } from './farewell.js'
import type { HostListener } from './host-listener.js'
import type { Membership } from './keys/membership.js'
import { following } from './late/parts.js'
import { lateAutopilot } from './late-autopilot.js'
import { LateExchange } from './late-exchange.js'
import type { Parts } from './parts.js'
import { PresenceBoard } from './presence.js'
import { Queue } from './queue.js'
import { queueBounds } from './queue-bounds.js'
import { reporterOf } from './reporter.js'
import type { Reporter } from './reporting.js'
import { type Ended, statusOf } from './status.js'
import { keptOf, type Stored } from './stored.js'
import { atEndOfTask, atEndOfTurn } from './turn.js'

/** The status is told this often at most while only its numbers move: people read it. */
const STATUS_MS = 100

/** What arrives tells the member the time this often at most: no timer of its is shorter, and packets come by the thousand. */
const TOLD_MS = 5

/** On their way at once: enough for ten thousand a second at a round trip of 50 ms. */
const WINDOW = 512

/** The replica in this tab, with all that it lives on. */
export class Host<S extends AnyState> implements Backend<S> {
  readonly machine: ExecutedState<ValueOf<S>>
  readonly #parts: Parts
  readonly #environment: Environment
  readonly #executor: ExactlyOnce
  readonly #member: Member
  readonly #driver: Driver
  readonly #exchange: LateExchange
  readonly #departure: Departure
  readonly #queue: Queue
  readonly #presence: PresenceBoard
  readonly #reporter: Reporter | undefined
  /** The name of this tab, for as long as it is open. */
  readonly #tab: string
  readonly #listeners = new Set<HostListener>()
  readonly #endings: readonly Unsubscribe[]
  readonly #startedAtMs: number
  /** Undefined while its program is being loaded. */
  #membership: Membership | undefined
  #ended: Ended | undefined
  #storageError: string | undefined
  /** One that knows a later secret of the group, and none for this member. */
  #refusedBy: ReplicaId | undefined
  /** Whom the link was asked to reach directly. */
  #near = ''
  #statusAtMs = 0
  /** When the member was told the time last. */
  #toldAtMs = Number.NEGATIVE_INFINITY
  #closing: Promise<void> | undefined

  /**
   * @param stored is read here, and not kept: it is as large as all that the storage holds
   * @throws what making or restoring the state throws; ForeignState where it is not this replica's own
   */
  constructor(options: RoomOptions<S>, parts: Parts, stored: Stored, environment: Environment) {
    const { invite, identity, storage, introduction, standing, link, keys } = parts
    const { state, tuning } = options
    // What is brought within the process comes all at once: nothing is to be gathered.
    const soon = options.transport.withinProcess ? atEndOfTask : atEndOfTurn
    const policy = options.autopilot === false ? undefined : (options.autopilot ?? lateAutopilot())
    const { checkpoint, cut, floor, records, lives, batches } = stored
    this.#parts = parts
    this.#environment = environment
    this.#startedAtMs = environment.now()
    this.#tab = environment.id()
    this.#reporter = reporterOf(options, identity.id)
    this.#reporter?.started(introduction.start.count, standing.durable)
    for (const replica of parts.quarantined) this.#reporter?.quarantined(replica)
    this.machine = new ExecutedState(state.create(), (happening) => {
      for (const { happened } of this.#listeners) happened?.(happening)
    })
    this.#executor = new ExactlyOnce(this.machine, { versions: state.versions })
    if (checkpoint !== undefined) this.#executor.restore(checkpoint.chunks, checkpoint.configuration.stateVersion)
    this.#member = new Member({
      id: identity.id,
      group: invite.group,
      standing,
      configuration: checkpoint?.configuration,
      records,
      ...(floor && { floor }),
      ...(checkpoint && { executed: checkpoint.executed }),
      ...(cut && { cut: keptOf(cut) }),
      machine: this.#executor,
      durable: options.storage.durable,
      random: environment.random,
      ...(tuning && { tuning }),
      policy,
    })
    const maxCommandBytes = tuning?.maxCommandBytes ?? defaultTuning.maxCommandBytes
    const maxPacketBytes = packetBytesFor(maxCommandBytes)
    this.#exchange = new LateExchange(
      { group: invite.group, self: identity.id, introduction, lives, link, maxPacketBytes, reporter: this.#reporter },
      {
        now: () => this.#now(),
        standing: () => ({ ...standing, ageMs: this.#now() }),
        batches: () => this.#driver.batches,
        remember: (known) => this.#remember(known),
        met: (peer, greeting) => {
          this.#driver.tell(() => this.#member.met(peer, greeting.standing, greeting.configuration))
          this.#reporter?.met(peer)
        },
        cutOff: () => this.#member.status().quorum === 'none',
        came: (peer) => this.#presence.came(peer),
        went: (peer) => {
          this.#driver.tell(() => this.#member.went(peer))
          this.#presence.went(peer)
          this.#reporter?.went(peer)
        },
        presence: (from, entries) => this.#presence.heard(from, entries),
        messages: (from, messages) => {
          // Timers of hidden pages are late: what arrives tells the time as well.
          const now = this.#now()
          if (now - this.#toldAtMs >= TOLD_MS) this.#tellTheTime(now)
          this.#driver.step(from, messages)
        },
        superseded: (starts) => this.#onSuperseded(starts),
      },
      parts.onLink,
    )
    this.#presence = new PresenceBoard(
      { self: identity.id, tab: this.#tab },
      {
        send: (to, entries) => this.#exchange.show(to, entries),
        changed: () => this.#each(({ presentChanged }) => presentChanged()),
      },
    )
    this.#driver = new Driver(
      this.#member,
      {
        ...{ group: invite.group, incarnation: introduction.start.count, batches, storage },
        ...{ now: environment.now, reporter: this.#reporter, durable: standing.durable, soon },
      },
      {
        send: (envelopes) => this.#exchange.send(envelopes),
        unwritten: () => this.#exchange.unwritten(),
        handled: (ready) => this.#onHandled(ready),
        entered: (configuration) => this.#exchange.entered(configuration),
        impossible: (from) => this.#exchange.broke(from),
        failed: (failure) => this.#fail(failure),
      },
    )
    this.#queue = new Queue(
      {
        random: environment.random,
        sweeps: () => this.#executor.sweeps,
        kept: parts.proposals,
        ...queueBounds(options),
        maxCommandBytes,
        window: Math.min(WINDOW, tuning?.maxPending ?? defaultTuning.maxPending),
        soon,
      },
      {
        write: (put, removed) => {
          if (removed.length > 0) this.#each(({ forgetting }) => forgetting?.())
          return storage.writeProposals(put, removed)
        },
        propose: (command) => this.#propose(command),
        proposed: () => this.#driver.run(),
        kept: (id) => this.#each(({ kept }) => kept(id)),
        committed: (id) => this.#each(({ committed }) => committed(id)),
        settled: (id, answer) => this.#each(({ settled }) => settled(id, answer)),
        failed: (cause) => this.#driver.fail('write', cause),
      },
    )
    this.#departure = new Departure({
      member: this.#member,
      policy,
      durable: standing.durable,
      exchange: this.#exchange,
      after: environment.after,
      tell: (action) => this.#driver.tell(action),
    })
    keys?.onChange(() => {
      this.#refusedBy = undefined
    })
    keys?.attend({
      roster: () => this.image?.roster,
      removed: () => this.#wasRemoved(),
      refused: (by) => {
        this.#refusedBy = by
        this.#statusChanged()
      },
      failed: (cause) => this.#driver.fail('write', cause),
    })
    if (checkpoint !== undefined) this.#exchange.entered(checkpoint.configuration)
    this.#endings = [
      link.onStatus((status) => this.#onLinkStatus(status)),
      environment.startTicker(() => this.#tick()),
      onPageGone(() => this.#sayGoodbye()),
      eventually(following, environment, ({ Membership }) => {
        this.#membership ??= this.#membershipBy(Membership)
      }),
    ]
    // Whoever founds alone can go on at once.
    queueMicrotask(() => this.#tick())
  }

  get id(): ReplicaId {
    return this.#parts.identity.id
  }

  get stateVersion(): number {
    return this.#executor.stateVersion
  }

  /** The state with its session table; undefined while there is none. Not to be changed. */
  get image(): ExactlyOnce | undefined {
    return this.#member.replica === undefined ? undefined : this.#executor
  }

  /** What has no answer yet, in order: also what earlier lives have left. */
  get drafts(): readonly Draft[] {
    return this.#queue.drafts
  }

  /** The same as it is stored. */
  get kept(): readonly KeptProposal[] {
    return this.#queue.kept
  }

  listen(listener: HostListener): Unsubscribe {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** @param careful whoever proposes may bring it again, to the next host of this storage */
  propose(draft: Draft, careful: boolean = false): void {
    if (this.#ended !== undefined) throw new NotAMember(this.#ended.reason)
    this.#queue.add(draft, careful)
  }

  status(): RoomStatus {
    return statusOf({
      id: this.id,
      parts: this.#parts,
      member: this.#member.status(),
      ended: this.#ended,
      exchange: this.#exchange,
      invalid: this.#driver.invalid,
      queue: this.#queue,
      refusedBy: this.#refusedBy,
      storageError: this.#storageError,
    })
  }

  present(): readonly Present[] {
    return this.#presence.present()
  }

  /** @param tab another one's name, where it is that one which shows this */
  show(value: Json | undefined, tab: string = this.#tab): void {
    this.#presence.show(tab, value)
  }

  invite(): string {
    const { invite, keys } = this.#parts
    return encodeInvite(keys?.invite(invite) ?? invite)
  }

  trace(length: number): readonly (readonly TraceCell[])[] {
    return this.#member.replica?.trace(length) ?? []
  }

  async channelStats(peer: ReplicaId): Promise<ChannelStats | undefined> {
    const address = this.#exchange.peer(peer)?.address
    return address === undefined ? undefined : this.#parts.link.channelStats?.(address)
  }

  async remove(member: ReplicaId): Promise<void> {
    const { Membership } = await following.load()
    this.#membership ??= this.#membershipBy(Membership)
    await this.#membership.remove(member)
  }

  async diagnose(): Promise<Diagnosis> {
    const { diagnosisOf } = await following.load()
    const { link, sealed } = this.#parts
    const peers = [...this.#exchange.peers]
    return diagnosisOf({
      status: this.status(),
      reports: link.report?.() ?? [],
      handshakes: sealed?.handshakes(),
      peers,
    })
  }

  async leave(force: boolean): Promise<void> {
    if (this.#closing === undefined && this.#ended === undefined) {
      // Who goes at once tells at least that it goes for good: nobody is to make it a voter any more.
      if (force) this.#driver.tell(() => this.#member.leave())
      else await this.#departure.handOver()
    }
    this.#closing ??= this.#leave('this member has left the room')
    await this.#closing
  }

  close(): Promise<void> {
    this.#closing ??= this.#closeGently()
    return this.#closing
  }

  #leave(reason: string): Promise<void> {
    this.#exchange.ended()
    this.#each(({ left }) => left?.(reason))
    return this.#close(reason)
  }

  async #closeGently(): Promise<void> {
    // It may end, while it hands over, of what would have ended it anyway.
    if (this.#ended === undefined) await this.#departure.handOverBriefly().catch(() => {})
    await this.#close('the room was closed here')
  }

  async #close(reason: string): Promise<void> {
    const { storage, identity, link } = this.#parts
    this.#sayGoodbye()
    for (const end of this.#endings) end()
    this.#exchange.end()
    this.#end('closed', reason)
    try {
      await Promise.all([this.#driver.stop(reason), this.#queue.stop()])
      await storage.close()
    } finally {
      // Last: the goodbye is on its way meanwhile.
      link.close()
      identity.release()
      this.#listeners.clear()
    }
  }

  #sayGoodbye(): void {
    this.#driver.attempt(() => this.#member.goodbye())
    this.#driver.run()
  }

  #now(): number {
    return this.#environment.now() - this.#startedAtMs
  }

  // What becomes of it.

  #onHandled(ready: MemberReady): void {
    this.#reporter?.handled(ready)
    const { executed, events } = ready
    for (const event of events) if (event.kind === 'epoch') this.#onEpoch(event.configuration)
    this.#queue.happened(ready)
    // Members that were told of a new secret, or whose voters are others now.
    if (executed.length > 0 || events.length > 0) this.#membership?.look(this.#now())
    if (executed.length > 0 || events.some(({ kind }) => kind === 'installed')) this.#each(({ executed }) => executed())
    this.#queue.executed(ready)
  }

  /** @returns what is wrong with it: what waits since an earlier life may be larger than this one's options allow */
  #propose(command: Command): string | undefined {
    let refusal: string | undefined
    this.#driver.attempt(() => {
      try {
        this.#member.propose(command)
      } catch (error) {
        if (error instanceof InvalidCommand || error instanceof CommandTooLarge) refusal = error.message
        // The room is told of its end in a moment.
        else if (!(error instanceof ReplicaStopped)) throw error
      }
    })
    return refusal
  }

  #onEpoch(configuration: Configuration): void {
    this.#exchange.heardOf(configuration)
    // What is not written down is as durable as it will be.
    if (!this.#parts.standing.durable) this.#exchange.entered(configuration)
  }

  #onLinkStatus(status: LinkStatus): void {
    this.#reporter?.link(status)
    const { state, reason } = status
    // For good, and not by this room: somebody else has this identity, or the relay will have none of it.
    if (state === 'closed') this.#stop(`the link was closed for good: ${reason}`)
    this.#statusChanged()
  }

  #onSuperseded(starts: number): void {
    this.#stop(
      `others know another start ${starts} of this replica, or promises that it has forgotten: its storage is an older ` +
        'copy, or was in part; open the room again, as a new replica',
    )
  }

  /** The others go on without this member, which is to have no part in it any more. */
  #wasRemoved(): void {
    this.#exchange.ended()
    this.#stop('this member was removed from the room: to come back, as a new one, it takes a new invite')
  }

  /** Of those who are here. */
  #publicKeys(): ReadonlyMap<ReplicaId, Uint8Array> {
    const keys = new Map<ReplicaId, Uint8Array>()
    for (const { peer, publicKey } of this.#parts.sealed?.handshakes() ?? []) {
      if (publicKey !== undefined) keys.set(peer.replica, publicKey)
    }
    return keys
  }

  #membershipBy(Program: typeof Membership): Membership {
    const { identity, standing, keys } = this.#parts
    const membership = new Program(
      { self: identity.id, durable: standing.durable, random: this.#environment.random, keys },
      {
        executed: () => this.#executor,
        configuration: () => this.#member.status().configuration,
        online: () => this.#member.online,
        propose: (command) => this.#driver.tell(() => this.#member.propose(command)),
        present: () => this.#publicKeys(),
        removed: () => this.#wasRemoved(),
        failed: (cause) => this.#driver.fail('assertion', cause),
      },
    )
    if (this.#ended !== undefined) membership.ended(this.#ended.reason)
    return membership
  }

  #remember(lives: readonly KnownLife[]): void {
    this.#parts.storage.writeLives(lives).catch((cause: unknown) => this.#driver.fail('write', cause))
  }

  #fail({ kind, reason }: Failure): void {
    if (kind === 'write') {
      this.#storageError = reason
      this.#reporter?.storageFailed(reason)
    }
    this.#stop(reason)
  }

  /** Votes no more, and has nothing to say: the others see that it is gone. */
  #stop(reason: string): void {
    this.#exchange.end()
    this.#parts.link.close()
    this.#end('stopped', reason)
    // Its writes under way may still fail: that changes nothing any more.
    void this.#driver.stop(reason)
    void this.#queue.stop()
  }

  /** From now on nothing can be proposed, and what is under way can't be told of any more. */
  #end(role: Ended['role'], reason: string): void {
    if (this.#ended !== undefined && role === 'stopped') return
    this.#ended = { role, reason }
    this.#reporter?.role(role, reason)
    this.#departure.ended(reason)
    this.#membership?.ended(reason)
    this.#each(({ ended }) => ended(reason))
    this.#statusChanged()
  }

  #tick(): void {
    if (this.#ended !== undefined) return
    const now = this.#now()
    this.#tellTheTime(now)
    this.#driver.attempt(() => this.#exchange.tick(now))
    this.#parts.link.tick?.()
    this.#presence.tick(now)
    if (now < this.#statusAtMs) return
    this.#statusAtMs = now + STATUS_MS
    this.#queue.tick()
    this.#membership?.look(now)
    this.#look(this.#member.status())
    this.#statusChanged()
  }

  #tellTheTime(now: number): void {
    this.#toldAtMs = now
    this.#driver.tell(() => this.#member.tick(now))
    this.#queue.setOnline(this.#member.online)
  }

  #look(status: MemberStatus): void {
    const { role, reason, configuration, following } = status
    this.#reporter?.role(role, reason)
    if (role === 'stopped') this.#stop(reason ?? 'it has stopped')
    this.#departure.look(status)
    const others = configuration?.voters.filter((id) => id !== this.id) ?? []
    const near = role === 'voter' ? others : others.filter((id) => id === following)
    if (near.join() === this.#near) return
    this.#near = near.join()
    this.#parts.link.direct?.(near)
  }

  #statusChanged(): void {
    this.#each(({ statusChanged }) => statusChanged())
  }

  #each(tell: (listener: HostListener) => void): void {
    for (const listener of this.#listeners) tell(listener)
  }
}
