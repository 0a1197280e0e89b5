import { Backoff } from './backoff.js'
import { type Attempt, isStale, NEW_ATTEMPT, patienceWith, SILENT_TICKS } from './channel-attempt.js'
import { decodeSignal, encodeSignal } from './channel-signal.js'
import type { Clock } from './clock.js'
import type { ConnectionFactory } from './connection.js'
import type { ChannelStats, DirectFault } from './contract.js'
import type { DirectPath, DirectPathEvents } from './direct-path.js'
import type { Waking } from './page-life.js'

export interface PeerChannelOptions {
  readonly initiator: boolean
  readonly connect: ConnectionFactory
  readonly clock: Clock
  readonly random: () => number
}

const BACKOFF = {
  // The relay carries the traffic meanwhile: no hurry.
  firstMs: 1000,
  // Where no direct way exists, looking for one costs battery.
  longestMs: 60_000,
}
/** Enough for the other end to hear that nobody wants the channel, to leave it, and for what it has sent to arrive. */
const LEAVING_TICKS = 3
/** Shorter than any fragment's header, which is how it is told from one. */
const HEARTBEAT_BYTES = 1
/** Sent every tick, and when it changes whether this end wants the channel, which is what it says. */
const HEARTBEATS = { wanted: Uint8Array.of(1), unwanted: Uint8Array.of(0) }

/**
 * A data channel to one life of one peer, built anew whenever it fails while this end wants it. Only the initiator
 * makes offers, and the other end drops what it has for a newer one, so that the two can't get in each other's way;
 * an end that makes no offers asks for one.
 */
export class PeerChannel implements DirectPath {
  readonly #options: PeerChannelOptions
  readonly #events: DirectPathEvents
  readonly #backoff: Backoff
  #wanted = false
  #attempt: Attempt | undefined
  /** Why the last attempt has failed. */
  #fault: DirectFault | undefined
  /** Attempts that have failed since it was open last. */
  #failures = 0
  /** Whether there is a request that the other end has not followed. */
  #requesting = false
  /** Undefined unless waiting for the next attempt. */
  #cancelSeek: (() => void) | undefined

  constructor(options: PeerChannelOptions, events: DirectPathEvents) {
    this.#options = options
    this.#events = events
    this.#backoff = new Backoff(BACKOFF, options.random)
  }

  get open(): boolean {
    return (this.#attempt?.open ?? false) && this.#wantedByOne
  }

  get writable(): boolean {
    return this.open && (this.#attempt?.writable ?? false)
  }

  get busy(): boolean {
    return this.#wanted || this.#attempt !== undefined
  }

  get fault(): DirectFault | undefined {
    if (this.open) return undefined
    return this.busy ? (this.#fault ?? 'connecting') : 'unwanted'
  }

  get attempts(): number {
    const underWay = this.#requesting || (this.#attempt !== undefined && !this.#attempt.open)
    return this.#failures + (underWay ? 1 : 0)
  }

  want(wanted: boolean): void {
    if (wanted === this.#wanted) return
    this.#change(() => {
      this.#wanted = wanted
    })
    if (this.#attempt?.open) this.#sayWish(this.#attempt)
    if (!wanted) {
      this.#stopSeeking()
      this.#backoff.reset()
      this.#forgive()
    } else if (this.#attempt === undefined) this.#seek()
  }

  send(frame: Uint8Array): void {
    if (this.#attempt?.writable) this.#write(this.#attempt, frame)
  }

  signalled(body: Uint8Array): void {
    const signal = decodeSignal(body)
    if (signal === undefined) return
    const { session, description } = signal
    const { initiator } = this.#options
    if (description.type === 'request') {
      if (initiator) this.#requested()
      return
    }
    if (!initiator && description.type === 'offer' && session !== this.#attempt?.session) {
      this.#abandon()
      this.#start(session, true)
    }
    if (session !== this.#attempt?.session) return
    if (description.type === 'answer' || description.type === 'offer') {
      this.#attempt.answered = true
      this.#attempt.ticksSilent = 0
    }
    this.#attempt.connection.signal(description)
  }

  unsent(): void {
    // What comes after it is open is of no account.
    if (this.#attempt !== undefined && !this.#attempt.open) this.#fail()
  }

  async stats(): Promise<ChannelStats | undefined> {
    return this.#attempt?.open ? this.#attempt.connection.stats() : undefined
  }

  tick(): void {
    const attempt = this.#attempt
    if (attempt === undefined) return
    attempt.ticksUnwanted = this.#wantedByOne ? 0 : attempt.ticksUnwanted + 1
    if (attempt.ticksUnwanted >= LEAVING_TICKS) {
      this.#abandon()
      return
    }
    attempt.ticksSilent++
    if (attempt.ticksSilent >= patienceWith(attempt)) {
      this.#fail()
      return
    }
    if (!attempt.open) return
    attempt.ticksOpen++
    // It held for longer than it takes to notice silence: its end starts a new row of attempts.
    if (attempt.ticksOpen > 2 * SILENT_TICKS) this.#backoff.reset()
    this.#sayWish(attempt)
  }

  wake(waking: Waking): void {
    this.#backoff.reset()
    // What it has learned of addresses may hold no more; the other end follows.
    if (waking === 'network' && this.#options.initiator && this.#attempt?.open === false) this.#fail()
    if (this.#cancelSeek === undefined) return
    this.#stopSeeking()
    this.#seek()
  }

  close(): void {
    this.#wanted = false
    this.#stopSeeking()
    this.#abandon()
  }

  get #wantedByOne(): boolean {
    return this.#wanted || (this.#attempt?.wantedThere ?? false)
  }

  #change(step: () => void): void {
    const wasOpen = this.open
    step()
    if (this.open !== wasOpen) this.#events.onChange()
  }

  /** For who wants a channel and has none. */
  #seek(): void {
    if (this.#options.initiator) this.#start(this.#newSession(), false)
    else {
      if (this.#requesting) this.#note('no-answer')
      this.#requesting = true
      this.#seekLater()
      this.#signal(this.#newSession(), { type: 'request' })
    }
  }

  #seekLater(): void {
    this.#cancelSeek = this.#options.clock.after(this.#backoff.nextMs(), () => {
      this.#cancelSeek = undefined
      this.#seek()
    })
  }

  #stopSeeking(): void {
    this.#cancelSeek?.()
    this.#cancelSeek = undefined
    this.#requesting = false
  }

  #note(fault: DirectFault): void {
    this.#fault = fault
    this.#failures++
  }

  #forgive(): void {
    this.#fault = undefined
    this.#failures = 0
  }

  #requested(): void {
    const attempt = this.#attempt
    if (attempt !== undefined && !isStale(attempt)) {
      this.#change(() => {
        attempt.wantedThere = true
      })
      return
    }
    if (attempt?.open) this.#fault = 'lost'
    this.#abandon()
    this.#start(this.#newSession(), true)
  }

  #newSession(): number {
    return Math.floor(this.#options.random() * 2 ** 32)
  }

  #signal(session: number, description: unknown): void {
    const body = encodeSignal(session, description)
    if (body !== undefined) this.#events.onSignal(body)
  }

  #start(session: number, wantedThere: boolean): void {
    this.#stopSeeking()
    const attempt: Attempt = {
      session,
      connection: this.#options.connect(this.#options.initiator, {
        onSignal: (description) => {
          if (!attempt.asking) attempt.ticksSilent = 0
          attempt.asking = true
          this.#signal(session, description)
        },
        onOpen: () => {
          attempt.writable = true
          attempt.ticksSilent = 0
          this.#forgive()
          this.#change(() => {
            attempt.open = true
          })
        },
        onMessage: (message) => this.#hear(attempt, message),
        onDrain: () => {
          attempt.writable = true
          this.#events.onDrain()
        },
        onEnd: () => this.#fail(),
      }),
      ...NEW_ATTEMPT,
      wantedThere,
    }
    this.#attempt = attempt
  }

  #hear(attempt: Attempt, message: Uint8Array): void {
    attempt.ticksSilent = 0
    this.#events.onSign()
    if (message.length !== HEARTBEAT_BYTES) {
      this.#events.onFrame(message)
      return
    }
    this.#change(() => {
      attempt.wantedThere = message[0] !== 0
    })
  }

  #sayWish(attempt: Attempt): void {
    if (attempt.writable) this.#write(attempt, this.#wanted ? HEARTBEATS.wanted : HEARTBEATS.unwanted)
  }

  #write(attempt: Attempt, message: Uint8Array): void {
    attempt.writable = attempt.connection.write(message)
  }

  #fail(): void {
    const attempt = this.#attempt
    if (attempt?.open) this.#fault = 'lost'
    else if (attempt !== undefined) {
      this.#note(attempt.connection.fault ?? (attempt.answered ? 'unreachable' : 'no-answer'))
    }
    if (this.#wanted) this.#seekLater()
    this.#abandon()
  }

  #abandon(): void {
    this.#change(() => {
      this.#attempt?.connection.destroy()
      this.#attempt = undefined
    })
  }
}
