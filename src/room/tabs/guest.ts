import { defaultTuning, type ReplicaId, type TraceCell } from '../../core/index.js'
import type { Draft } from '../../member/index.js'
import type { AnyState, Json, ValueOf } from '../../state/index.js'
import { encodeInvite, type Invite } from '../../wire/index.js'
import type { Backend, BackendPorts } from '../backend.js'
import type { Diagnosis, Present, RoomOptions, RoomStatus } from '../contract.js'
import type { Environment } from '../environment.js'
import { NotAMember } from '../errors.js'
import type { ExecutedState } from '../executed-state.js'
import { presenceBytes } from '../presence.js'
import { queueBounds } from '../queue-bounds.js'
import type { Ended } from '../status.js'
import { proposalBytes } from './bare-command.js'
import { TabChannel } from './channel.js'
import { Copy, type DraftEvent } from './copy.js'
import { errorOfFault } from './fault.js'
import { Gathering } from './gathering.js'
import { MAX_GATHERED, type TabMessage } from './messages.js'
import { OpenDrafts } from './open-drafts.js'
import { type Reply, type Request, Requests } from './requests.js'
import { unheardOf } from './unheard-of.js'
import { Watch } from './watch.js'

/** Who closes a tab does not wait for longer until what was called there is durable with another. */
const CLOSING_MS = 1000

const SILENT = 'the tab that holds the member does not answer'
const FOREIGN = 'another tab runs another version of this program: reload all tabs of this page'

export interface GuestOptions<S extends AnyState> {
  readonly room: RoomOptions<S>
  readonly invite: Invite
  /** The name of this tab. */
  readonly tab: string
  /** The member's id, as far as can be told before it was heard of. */
  readonly id: ReplicaId
  readonly environment: Environment
}

/** The member in another tab of this origin. Whichever tab holds it: this one goes on when another takes over. */
export class Guest<S extends AnyState> implements Backend<S> {
  readonly #options: GuestOptions<S>
  readonly #channel: TabChannel
  readonly #copy: Copy<S>
  readonly #watch: Watch
  readonly #open: OpenDrafts
  readonly #outgoing: Gathering<Draft>
  readonly #requests: Requests
  readonly #gone = new AbortController()
  /** Called when something was heard, or has changed, that somebody here waits for. */
  readonly #waiting = new Set<() => void>()
  /** Undefined: nobody listens yet, and nothing can be told. */
  #ports: BackendPorts | undefined
  /** The tab that holds the member. */
  #host: string | undefined
  #id: ReplicaId
  #status: RoomStatus
  #present: readonly Present[] = []
  #shown: Json | undefined
  #invite: string
  #isForeign = false
  #ended: Ended | undefined
  #successor: Backend<S> | undefined

  constructor(options: GuestOptions<S>) {
    const { room, invite, tab, id, environment } = options
    this.#options = options
    this.#id = id
    this.#invite = encodeInvite(invite)
    this.#status = unheardOf(id, invite, room.storage.durable)
    this.#open = new OpenDrafts({
      ...queueBounds(room),
      maxCommandBytes: room.tuning?.maxCommandBytes ?? defaultTuning.maxCommandBytes,
    })
    this.#copy = new Copy(room.state, {
      follow: (transfer) => this.#toHost({ kind: 'follow', transfer }),
      more: (transfer) => this.#toHost({ kind: 'more', transfer }),
      changed: () => this.#ports?.executed(),
      told: (event) => this.#told(event),
      lost: () => this.#lost(),
      foreign: () => this.#foreign(),
    })
    this.#outgoing = new Gathering(MAX_GATHERED, (drafts) => this.#toHost({ kind: 'propose', drafts }))
    this.#requests = new Requests((id, request) => this.#toHost({ kind: 'ask', id, request }))
    this.#channel = new TabChannel(invite.group, tab, {
      heard: (from, message) => this.#heard(from, message),
      foreign: () => this.#foreign(),
    })
    this.#watch = new Watch(environment, {
      isAwaited: () => !this.#copy.isThere || this.#open.size > 0 || this.#requests.size > 0,
      ask: () => this.#channel.send(undefined, { kind: 'hello' }),
      changed: () => this.#ports?.statusChanged(),
    })
    this.#channel.send(undefined, { kind: 'hello' })
    this.#watch.begin()
  }

  get id(): ReplicaId {
    return this.#id
  }

  get machine(): ExecutedState<ValueOf<S>> {
    return this.#copy.machine
  }

  /** What closed tabs have left is shown by the one that holds the member. */
  get drafts(): readonly Draft[] {
    return []
  }

  get stateVersion(): number {
    return this.#copy.version
  }

  /** Aborted when this tab's room has ended. */
  get gone(): AbortSignal {
    return this.#gone.signal
  }

  listen(ports: BackendPorts): void {
    this.#ports = ports
  }

  /** Resolves when all has been heard that the tab has said which held the member until now. */
  caughtUp(): Promise<void> {
    return this.#channel.caughtUp()
  }

  /** Resolves when the state has come, or this tab has ended, or knows why none comes. */
  ready(): Promise<void> {
    return this.#until(() => this.#copy.isThere || this.#isForeign || this.gone.aborted)
  }

  propose(draft: Draft): void {
    const { role, reason = 'the member has stopped' } = this.#ended ?? this.#status
    if (this.#ended !== undefined || role === 'stopped') throw new NotAMember(reason)
    if (!this.#open.add(draft)) return
    if (this.#host !== undefined) this.#outgoing.add(draft, proposalBytes(draft))
    this.#watch.begin()
  }

  status(): RoomStatus {
    const told: RoomStatus = { ...this.#status, id: this.#id, tab: 'guest' }
    if (this.#ended !== undefined) return { ...told, ...this.#ended, quorum: 'none', survives: 0 }
    if (this.#isForeign) return { ...told, reason: FOREIGN, advice: `${FOREIGN}.` }
    const status: RoomStatus = this.#copy.isThere ? told : { ...told, role: 'joining' }
    return this.#watch.isSilent ? { ...status, pending: this.#open.size, waiting: SILENT } : status
  }

  show(value: Json | undefined): void {
    if (value !== undefined) presenceBytes(value)
    this.#shown = value
    this.#toHost({ kind: 'show', value })
  }

  present(): readonly Present[] {
    return this.#present
  }

  invite(): string {
    return this.#invite
  }

  trace(): readonly (readonly TraceCell[])[] {
    return []
  }

  async channelStats(): Promise<undefined> {}

  async remove(member: ReplicaId): Promise<void> {
    if (member === this.#id) throw new TypeError('a member goes by itself: call leave()')
    await this.#ask({ kind: 'remove', member })
  }

  async diagnose(): Promise<Diagnosis> {
    const reply = await this.#ask({ kind: 'diagnose' })
    return reply.kind === 'diagnosis' ? reply.diagnosis : { findings: [], peers: [] }
  }

  async leave(force: boolean): Promise<void> {
    if (this.#ended === undefined) await this.#ask({ kind: 'leave', force })
  }

  /** What was called here is executed all the same: so it waits, for a moment, until that can be relied on. */
  async close(): Promise<void> {
    const end = (): void => this.#stop({ role: 'closed', reason: 'the room was closed here' })
    const cancel = this.#options.environment.after(CLOSING_MS, end)
    await this.#until(() => this.gone.aborted || this.#successor !== undefined || this.#open.areKept)
    cancel()
    if (this.#successor === undefined) end()
    else await this.#successor.close()
  }

  /** This tab holds the member from now on. */
  retire(successor: Backend<S>): void {
    this.#successor = successor
    this.#watch.end()
    this.#channel.close()
    this.#copy.tellHeld()
    this.#look()
    this.#requests.handTo(successor)
  }

  /** This tab was to hold the member, and could not. */
  fail(reason: string): void {
    this.#stop({ role: 'stopped', reason })
  }

  // What the tab that holds the member says.

  #heard(from: string, message: TabMessage): void {
    if (message.kind === 'here') this.#meet(from, message)
    if (from !== this.#host) return
    this.#watch.heard()
    switch (message.kind) {
      case 'state':
        this.#copy.take(message)
        break
      case 'events':
        for (const event of message.events) if (event.kind === 'settled') this.#open.answer(event.id)
        this.#copy.hear(message.first, message.events)
        break
      case 'refused':
        if (this.#open.delete(message.id)) this.#ports?.refused(message.id, errorOfFault(message.fault))
        break
      case 'status':
        this.#hearStatus(message.status)
        break
      case 'presence':
        this.#present = message.present.map((one) => ({ ...one, self: one.tab === this.#channel.tab }))
        this.#ports?.presentChanged()
        break
      case 'answered':
        this.#requests.answer(message.id, message.reply)
        break
      case 'left':
        this.#stop({ role: 'closed', reason: message.reason })
        break
    }
    this.#look()
  }

  #meet(host: string, { replica, invite }: Extract<TabMessage, { readonly kind: 'here' }>): void {
    this.#invite = invite
    if (this.#host === host) return
    this.#host = host
    this.#id = replica
    this.#isForeign = false
    this.#copy.begin()
    // By its id each is taken once: what the one before has kept, this one has.
    for (const draft of this.#open.unanswered) this.#outgoing.add(draft, proposalBytes(draft))
    if (this.#shown !== undefined) this.#toHost({ kind: 'show', value: this.#shown })
    this.#requests.askAgain()
    this.#watch.begin()
  }

  #hearStatus(status: RoomStatus): void {
    const hasStopped = status.role === 'stopped' && this.#status.role !== 'stopped'
    this.#status = status
    if (hasStopped) this.#abandonAll(status.reason ?? 'the member has stopped')
    this.#ports?.statusChanged()
  }

  #told(event: DraftEvent): void {
    const draft = this.#open.get(event.id)
    if (draft === undefined) return
    switch (event.kind) {
      case 'kept':
        this.#open.keep(event.id)
        return this.#ports?.kept(event.id)
      case 'committed':
        return this.#ports?.committed(event.id)
      case 'settled':
        this.#open.delete(event.id)
        // A read that was executed before the state came that is here: it sees that one, which is later.
        if (!draft.lasting && event.answer.kind === 'done') this.machine.apply(draft)
        return this.#ports?.settled(event.id, event.answer)
    }
  }

  #lost(): void {
    for (const { id } of this.#open.unanswered) {
      this.#open.delete(id)
      this.#ports?.settled(id, { kind: 'unknown', reason: 'what the other tab has said of it was lost' })
    }
  }

  #foreign(): void {
    this.#isForeign = true
    this.#ports?.statusChanged()
    this.#look()
  }

  // What this tab does.

  /** To nobody while nobody is known: whoever comes is told then. */
  #toHost(message: TabMessage): void {
    if (this.#host !== undefined && this.#successor === undefined) this.#channel.send(this.#host, message)
  }

  #ask(request: Request): Promise<Reply> {
    if (this.#ended !== undefined) return Promise.reject(new NotAMember(this.#ended.reason))
    this.#watch.begin()
    return this.#requests.ask(this.#options.environment.id(), request)
  }

  #look(): void {
    for (const look of this.#waiting) look()
  }

  #until(fits: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!fits()) return
        this.#waiting.delete(look)
        resolve()
      }
      this.#waiting.add(look)
      look()
    })
  }

  /** For good. */
  #stop(ended: Ended): void {
    if (this.#ended !== undefined || this.#successor !== undefined) return
    this.#ended = ended
    this.#watch.end()
    this.#outgoing.flush()
    this.#toHost({ kind: 'bye' })
    this.#host = undefined
    this.#channel.close()
    this.#abandonAll(ended.reason)
    this.#gone.abort()
    this.#requests.end(ended.reason)
    this.#ports?.statusChanged()
    this.#look()
  }

  #abandonAll(reason: string): void {
    this.#open.clear()
    this.#ports?.ended(reason)
  }
}
