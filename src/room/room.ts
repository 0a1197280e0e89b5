import { type Configuration, defaultTuning, type ReplicaId, ReplicaStopped, type TraceCell } from '../core/index.js'
import { autopilot, type KnownLife, Member, type MemberReady, type MemberStatus } from '../member/index.js'
import { ExactlyOnce, type Proposal } from '../state/index.js'
import type { ChannelStats, LinkStatus, Unsubscribe } from '../transport/index.js'
import { encodeInvite, packetBytesFor } from '../wire/index.js'
import { Computed, Notifier } from './cell.js'
import { SteadyClock } from './clock.js'
import type { Observable, Room, RoomOptions, RoomStatus } from './contract.js'
import { Departure } from './departure.js'
import { Driver, type Failure } from './driver.js'
import { NotAMember, OutcomeUnknown } from './errors.js'
import { Exchange } from './exchange.js'
import { onPageGone } from './farewell.js'
import type { Parts } from './parts.js'
import { Pending } from './pending.js'
import { type Ended, statusOf } from './status.js'
import { keptOf, type Stored } from './stored.js'
import { startTicker } from './ticker.js'

/** The status is told this often at most while only its numbers move: people read it. */
const STATUS_MS = 100

export class LiveRoom<Api> implements Room<Api> {
  readonly state: Api
  readonly status: Observable<RoomStatus>
  readonly #parts: Parts
  readonly #machine: ExactlyOnce
  readonly #member: Member
  readonly #driver: Driver
  readonly #exchange: Exchange
  readonly #departure: Departure
  readonly #pending = new Pending(() => this.#machine.sweeps)
  readonly #clock = new SteadyClock()
  readonly #executed = new Notifier()
  readonly #status = new Computed(() => this.#statusNow())
  readonly #endings: readonly Unsubscribe[]
  #ended: Ended | undefined
  #storageError: string | undefined
  /** Whom the link was asked to reach directly. */
  #near = ''
  #statusAtMs = 0
  #closing: Promise<void> | undefined

  /**
   * @param stored is read here, and not kept: it is as large as all that the storage holds
   * @throws what making or restoring the state throws; ForeignState where it is not this replica's own
   */
  constructor(options: RoomOptions<Api>, parts: Parts, stored: Stored) {
    const { invite, identity, storage, introduction, standing, link } = parts
    const { state, tuning } = options
    const policy = options.autopilot === false ? undefined : (options.autopilot ?? autopilot())
    const { checkpoint, cut, floor, records, lives, batches } = stored
    this.#parts = parts
    const { machine, api } = state.create((proposal) => this.propose(proposal))
    this.#machine = new ExactlyOnce(machine, { versions: state.versions })
    if (checkpoint !== undefined) this.#machine.restore(checkpoint.chunks, checkpoint.configuration.stateVersion)
    this.state = api
    this.status = this.#status
    this.#member = new Member({
      id: identity.id,
      group: invite.group,
      standing,
      configuration: checkpoint?.configuration,
      records,
      ...(floor && { floor }),
      ...(checkpoint && { executed: checkpoint.executed }),
      ...(cut && { cut: keptOf(cut) }),
      machine: this.#machine,
      durable: options.storage.durable,
      random: Math.random,
      ...(tuning && { tuning }),
      policy,
    })
    const maxPacketBytes = packetBytesFor(tuning?.maxCommandBytes ?? defaultTuning.maxCommandBytes)
    this.#exchange = new Exchange(
      { group: invite.group, self: identity.id, introduction, lives, link, maxPacketBytes },
      {
        standing: () => ({ ...standing, ageMs: this.#clock.now() }),
        batches: () => this.#driver.batches,
        remember: (known) => this.#remember(known),
        met: (peer, greeting) =>
          this.#driver.tell(() => this.#member.met(peer, greeting.standing, greeting.configuration)),
        cutOff: () => this.#member.status().quorum === 'none',
        went: (peer) => this.#driver.tell(() => this.#member.went(peer)),
        messages: (from, messages) => {
          // Timers of hidden pages are late: what arrives tells the time as well.
          this.#driver.tell(() => this.#member.tick(this.#clock.now()))
          this.#driver.step(from, messages)
        },
        superseded: (starts) => this.#onSuperseded(starts),
      },
    )
    this.#driver = new Driver(
      this.#member,
      { group: invite.group, incarnation: introduction.start.count, batches, storage },
      {
        send: (envelopes) => this.#exchange.send(envelopes),
        unwritten: () => this.#exchange.unwritten(),
        handled: (ready) => this.#onHandled(ready),
        entered: (configuration) => this.#exchange.entered(configuration),
        failed: (failure) => this.#fail(failure),
      },
    )
    this.#departure = new Departure({
      member: this.#member,
      policy,
      durable: standing.durable,
      exchange: this.#exchange,
      tell: (action) => this.#driver.tell(action),
    })
    if (checkpoint !== undefined) this.#exchange.entered(checkpoint.configuration)
    this.#endings = [
      link.onStatus((status) => this.#onLinkStatus(status)),
      startTicker(() => this.#tick()),
      onPageGone(() => this.#sayGoodbye()),
    ]
    this.#driver.schedule()
  }

  get id(): ReplicaId {
    return this.#parts.identity.id
  }

  /** The state and its session table; undefined while there is none. Not to be changed. */
  get machine(): ExactlyOnce | undefined {
    return this.#member.replica === undefined ? undefined : this.#machine
  }

  invite(): string {
    return encodeInvite(this.#parts.invite)
  }

  propose(proposal: Proposal): Promise<unknown> {
    return this.#pending.open(proposal, (command) => {
      if (this.#ended !== undefined) throw new NotAMember(this.#ended.reason)
      try {
        this.#member.propose(command)
      } catch (error) {
        throw error instanceof ReplicaStopped ? new NotAMember(error.reason) : error
      }
      this.#driver.schedule()
    })
  }

  subscribe(listener: () => void): Unsubscribe {
    return this.#executed.add(listener)
  }

  trace(length: number): readonly (readonly TraceCell[])[] {
    return this.#member.replica?.trace(length) ?? []
  }

  async channelStats(peer: ReplicaId): Promise<ChannelStats | undefined> {
    const address = this.#exchange.peer(peer)?.address
    return address === undefined ? undefined : this.#parts.link.channelStats?.(address)
  }

  async leave({ force = false }: { readonly force?: boolean } = {}): Promise<void> {
    if (this.#closing === undefined && this.#ended === undefined && !force) await this.#departure.handOver()
    if (this.#closing === undefined) this.#exchange.ended()
    this.#closing ??= this.#close('this member has left the room')
    await this.#closing
  }

  close(): Promise<void> {
    this.#closing ??= this.#closeGently()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
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
      await this.#driver.stop(reason)
      await storage.close()
    } finally {
      // Last: the goodbye is on its way meanwhile.
      link.close()
      identity.release()
      // By now they have heard that it is closed.
      this.#executed.clear()
      this.#status.clear()
    }
  }

  #sayGoodbye(): void {
    this.#driver.attempt(() => this.#member.goodbye())
    this.#driver.run()
  }

  // What becomes of it.

  #onHandled({ executed, events }: MemberReady): void {
    for (const event of events) {
      if (event.kind === 'epoch') this.#onEpoch(event.configuration)
      if (event.kind !== 'installed') continue
      this.#pending.skipped()
      this.#executed.changed()
    }
    for (const { outcomes } of executed) {
      for (const { command, outcome } of outcomes) this.#pending.settle(command, outcome)
    }
    if (executed.length > 0) this.#executed.changed()
  }

  #onEpoch(configuration: Configuration): void {
    this.#exchange.heardOf(configuration)
    // What is not written down is as durable as it will be.
    if (!this.#parts.standing.durable) this.#exchange.entered(configuration)
  }

  #onLinkStatus({ state, reason }: LinkStatus): void {
    // For good, and not by this room: somebody else has this identity, or the relay will have none of it.
    if (state === 'closed') this.#stop(`the link was closed for good: ${reason}`)
    this.#status.changed()
  }

  #onSuperseded(starts: number): void {
    this.#stop(
      `others know another start ${starts} of this replica, or promises that it has forgotten: its storage is an older ` +
        'copy, or was in part; open the room again, as a new replica',
    )
  }

  #remember(lives: readonly KnownLife[]): void {
    this.#parts.storage.writeLives(lives).catch((cause: unknown) => this.#driver.fail('write', cause))
  }

  #fail({ kind, reason }: Failure): void {
    if (kind === 'write') this.#storageError = reason
    this.#stop(reason)
  }

  /** Votes no more, and has nothing to say: the others see that it is gone. */
  #stop(reason: string): void {
    this.#end('stopped', reason)
    this.#exchange.end()
    this.#parts.link.close()
    // Its writes under way may still fail: that changes nothing any more.
    void this.#driver.stop(reason)
  }

  /** From now on nothing can be proposed, and what is under way can't be told of any more. */
  #end(role: Ended['role'], reason: string): void {
    if (this.#ended !== undefined && role === 'stopped') return
    this.#ended = { role, reason }
    this.#departure.ended(reason)
    this.#pending.failed(new OutcomeUnknown(reason))
    this.#status.changed()
  }

  #tick(): void {
    if (this.#ended !== undefined) return
    const now = this.#clock.now()
    this.#driver.tell(() => this.#member.tick(now))
    this.#driver.attempt(() => this.#exchange.tick(now))
    if (now < this.#statusAtMs) return
    this.#statusAtMs = now + STATUS_MS
    this.#look(this.#member.status())
    this.#status.changed()
  }

  #look(status: MemberStatus): void {
    const { role, reason, configuration, following } = status
    if (role === 'stopped') this.#stop(reason ?? 'it has stopped')
    this.#departure.look(status)
    const others = configuration?.voters.filter((id) => id !== this.id) ?? []
    const near = role === 'voter' ? others : others.filter((id) => id === following)
    if (near.join() === this.#near) return
    this.#near = near.join()
    this.#parts.link.direct?.(near)
  }

  #statusNow(): RoomStatus {
    return statusOf({
      id: this.id,
      parts: this.#parts,
      member: this.#member.status(),
      ended: this.#ended,
      exchange: this.#exchange,
      invalid: this.#driver.invalid,
      pending: this.#pending.size,
      storageError: this.#storageError,
    })
  }
}
