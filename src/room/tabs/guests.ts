import type { GroupId } from '../../core/index.js'
import type { Answer, Draft } from '../../member/index.js'
import type { AnyState, Json } from '../../state/index.js'
import type { Unsubscribe } from '../../transport/index.js'
import type { Environment } from '../environment.js'
import type { Happening } from '../executed-state.js'
import { hold } from '../hold.js'
import type { Host } from '../host.js'
import { proposalBytes } from './bare-command.js'
import { TabChannel } from './channel.js'
import { faultOf } from './fault.js'
import { FULL_BYTES, Gathering } from './gathering.js'
import { MAX_GATHERED, type StatePart, type TabEvent, type TabMessage } from './messages.js'
import { type Request, replyOf } from './requests.js'
import { MAX_JSON } from './values.js'

/** The status is told this often at most: people read it. */
const STATUS_MS = 100

/** Of an event without a payload, in bytes. */
const EVENT_BYTES = 64

/** Held by a tab for as long as it is open. */
export const tabLock = (group: GroupId, tab: string): string => `epaxos/${group}/tab/${tab}`

export interface GuestsOptions {
  readonly group: GroupId
  /** The name of this tab. */
  readonly tab: string
  readonly locks: LockManager
  readonly environment: Environment
}

/** A tab that uses this one's member. */
interface Follower {
  /** Ends the waiting for its end. */
  readonly gone: AbortController
  /** The state, on its way there. */
  parts: { readonly head: Omit<StatePart, 'pieces' | 'last'>; readonly pieces: Iterator<Uint8Array> } | undefined
}

/** Lets the other tabs of this origin use the member in this one. */
export class Guests<S extends AnyState> {
  readonly #host: Host<S>
  readonly #options: GuestsOptions
  readonly #channel: TabChannel
  readonly #followers = new Map<string, Follower>()
  /**
   * What waited here before: guests that are still open may bring it again, and it may have been executed by then. So they
   * are told of it in any case, and it is not taken from them.
   */
  readonly #inherited: ReadonlySet<string>
  /** Drafts whose answers others wait for. */
  readonly #told: Set<string>
  readonly #events: Gathering<TabEvent>
  readonly #unlisten: Unsubscribe
  /** The number of the next event. */
  #next = 0
  #ended = false
  #statusText = ''
  #statusAtMs = Number.NEGATIVE_INFINITY
  #cancelStatus: Unsubscribe | undefined
  #presenceDue = false
  /** As the others were told it last. */
  #invite = ''

  /**
   * Where others may have used the member before, to be made in the turn in which the host was: nothing has happened there yet.
   * @param inherited the ids of what waited there in that turn
   */
  constructor(host: Host<S>, inherited: ReadonlySet<string>, options: GuestsOptions) {
    this.#host = host
    this.#options = options
    this.#inherited = inherited
    this.#told = new Set(inherited)
    this.#channel = new TabChannel(options.group, options.tab, {
      heard: (from, message) => this.#heard(from, message),
      foreign: () => this.#sayHere(undefined),
    })
    this.#events = new Gathering(MAX_GATHERED, (events) => {
      this.#channel.send(undefined, { kind: 'events', first: this.#next, events })
      this.#next += events.length
    })
    this.#unlisten = host.listen({
      kept: (id) => this.#tellOf({ kind: 'kept', id }),
      committed: (id) => this.#tellOf({ kind: 'committed', id }),
      settled: (id, answer) => this.#settled(id, answer),
      happened: (happening) => this.#happened(happening),
      forgetting: () => this.#events.flush(),
      executed: () => {},
      statusChanged: () => this.#statusChanged(),
      presentChanged: () => this.#presentChanged(),
      left: (reason) => this.#channel.send(undefined, { kind: 'left', reason }),
      ended: () => this.#onEnded(),
    })
    this.#sayHere(undefined)
  }

  close(): void {
    this.#unlisten()
    this.#cancelStatus?.()
    for (const { gone } of this.#followers.values()) gone.abort()
    this.#channel.close()
  }

  #sayHere(to: string | undefined): void {
    this.#invite = this.#host.invite()
    this.#channel.send(to, { kind: 'here', replica: this.#host.id, invite: this.#invite })
  }

  #heard(from: string, message: TabMessage): void {
    switch (message.kind) {
      case 'hello':
        return this.#sayHere(from)
      case 'follow':
        return this.#follow(from, message.transfer)
      case 'more':
        return this.#sendPart(from, message.transfer)
      case 'propose':
        for (const draft of message.drafts) this.#propose(from, draft)
        return
      case 'show':
        return this.#show(from, message.value)
      case 'ask':
        void this.#answer(from, message.id, message.request)
        return
      case 'bye':
        return this.#went(from)
    }
  }

  // What the others ask for.

  #follower(tab: string): Follower {
    const known = this.#followers.get(tab)
    if (known !== undefined) return known
    const follower: Follower = { gone: new AbortController(), parts: undefined }
    this.#followers.set(tab, follower)
    const { locks, group } = this.#options
    // It holds that one for as long as it is open: however it ends, it is free then.
    hold(locks, tabLock(group, tab), { signal: follower.gone.signal }).then(
      (release) => {
        release?.()
        if (release !== undefined) this.#went(tab)
      },
      // It is this page that ends.
      () => {},
    )
    return follower
  }

  #went(tab: string): void {
    const follower = this.#followers.get(tab)
    if (follower === undefined) return
    this.#followers.delete(tab)
    follower.gone.abort()
    if (!this.#ended) this.#host.show(undefined, tab)
  }

  #follow(tab: string, transfer: number): void {
    const follower = this.#follower(tab)
    // What comes after it has a higher number.
    this.#events.flush()
    const head = { kind: 'state', transfer, version: this.#host.stateVersion, next: this.#next } as const
    follower.parts = { head, pieces: this.#host.machine.snapshot()[Symbol.iterator]() }
    this.#channel.send(tab, { kind: 'status', status: this.#host.status() })
    this.#channel.send(tab, { kind: 'presence', present: this.#host.present() })
    this.#sendPart(tab, transfer)
  }

  #sendPart(tab: string, transfer: number): void {
    const follower = this.#followers.get(tab)
    if (follower?.parts?.head.transfer !== transfer) return
    const { head, pieces } = follower.parts
    const part: Uint8Array[] = []
    let last = false
    for (let bytes = 0; !last && bytes < FULL_BYTES && part.length < MAX_GATHERED; ) {
      const { done, value } = pieces.next()
      last = done === true
      if (last) continue
      part.push(value)
      bytes += value.length
    }
    if (last) follower.parts = undefined
    this.#channel.send(tab, { ...head, pieces: part, last })
  }

  #propose(from: string, draft: Draft): void {
    const { id } = draft
    // The next one that holds the member takes it.
    if (this.#ended && this.#host.status().role === 'closed') return
    if (this.#inherited.has(id)) return this.#tellOf({ kind: 'kept', id })
    try {
      this.#host.propose(draft, true)
      this.#told.add(id)
    } catch (error) {
      this.#channel.send(from, { kind: 'refused', id, fault: faultOf(error) })
    }
  }

  async #answer(from: string, id: string, request: Request): Promise<void> {
    const reply = await replyOf(this.#host, request)
    if (!this.#ended) this.#channel.send(from, { kind: 'answered', id, reply })
  }

  #show(from: string, value: Json | undefined): void {
    this.#follower(from)
    try {
      this.#host.show(value, from)
    } catch (error) {
      // It has checked that itself: another program has sent this.
      if (!(error instanceof TypeError)) throw error
    }
  }

  // What they are told.

  #happened(happening: Happening): void {
    if (this.#followers.size === 0) return
    if (happening.kind === 'applied') return this.#events.add(happening, proposalBytes(happening))
    this.#events.add(happening, EVENT_BYTES)
  }

  #settled(id: string, answer: Answer): void {
    if (!this.#told.delete(id)) return
    const length = answer.kind === 'done' ? JSON.stringify(answer.result ?? null).length : 0
    const told = length > MAX_JSON ? TOO_LARGE : answer
    this.#events.add({ kind: 'settled', id, answer: told }, EVENT_BYTES + length)
  }

  #tellOf(event: Extract<TabEvent, { readonly id: string }>): void {
    if (this.#told.has(event.id)) this.#events.add(event, EVENT_BYTES)
  }

  #statusChanged(): void {
    if (this.#followers.size === 0 || this.#cancelStatus !== undefined || this.#ended) return
    const { environment } = this.#options
    const ms = Math.max(0, this.#statusAtMs + STATUS_MS - environment.now())
    this.#cancelStatus = environment.after(ms, () => {
      this.#cancelStatus = undefined
      this.#statusAtMs = environment.now()
      this.#sendStatus()
    })
  }

  #sendStatus(): void {
    // After a member was removed the old one leads nowhere.
    if (this.#host.invite() !== this.#invite) this.#sayHere(undefined)
    const status = this.#host.status()
    const text = JSON.stringify(status)
    if (text === this.#statusText) return
    this.#statusText = text
    this.#channel.send(undefined, { kind: 'status', status })
  }

  #presentChanged(): void {
    if (this.#followers.size === 0 || this.#presenceDue) return
    this.#presenceDue = true
    queueMicrotask(() => {
      this.#presenceDue = false
      if (!this.#ended) this.#channel.send(undefined, { kind: 'presence', present: this.#host.present() })
    })
  }

  #onEnded(): void {
    this.#events.flush()
    // Where it was closed another tab goes on; where it has stopped, they all have to know.
    if (this.#host.status().role === 'stopped') this.#sendStatus()
    this.#ended = true
  }
}

const TOO_LARGE: Answer = { kind: 'unknown', reason: 'its result is too large to go from one tab to another' }
