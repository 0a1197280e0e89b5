import type { Hello } from './hello.js'
import { type Nonce, newNonce, type RandomBytes } from './nonce.js'

/** What of a hello follows from how the meeting stands. */
export type Words = Pick<Hello, 'nonce' | 'echo' | 'session'>

/** The two nonces that a session is made of, and the tags that its frames carry. */
interface Agreement {
  readonly own: Nonce
  readonly theirs: Nonce
  readonly toPeer: number
  readonly fromPeer: number
}

/**
 * How one life meets another: each makes a nonce and echoes the other's. Who hears its own nonce echoed knows that the
 * other is there now, and with which nonce. A nonce is used for one session only, so a hello that was recorded leads
 * nowhere, and no session comes twice. While a session lasts, a hello of another meeting makes a second nonce, and
 * ends nothing before that is echoed in turn.
 */
export class Handshake {
  readonly #random: RandomBytes
  /** Not echoed yet. */
  #nonce: Nonce | undefined
  /** The peer's, as heard last, and whether it was told so together with the current own one. */
  #heard: { readonly nonce: Nonce; told: boolean } | undefined
  #agreed: Agreement | undefined

  constructor(random: RandomBytes) {
    this.#random = random
  }

  /** What was said with it may be answered. */
  isCurrent(nonce: Nonce): boolean {
    return nonce === this.#nonce
  }

  /** A second session is under way, whose frames may come before this end knows of it. */
  get renewing(): boolean {
    return this.#heard?.told === true
  }

  /** For a hello that begins or repeats a meeting. */
  greeting(): Words {
    this.#nonce ??= newNonce(this.#random)
    if (this.#heard !== undefined) this.#heard.told = true
    return { nonce: this.#nonce, echo: this.#heard?.nonce, session: this.#agreed?.toPeer }
  }

  /** For a hello that answers one of a peer which lacks the last word of the session. */
  confirmation(): Words | undefined {
    if (this.#agreed === undefined) return undefined
    const { own, theirs, toPeer } = this.#agreed
    return { nonce: own, echo: theirs, session: toPeer }
  }

  /**
   * What to do about a hello. `greet`, `confirm`: answer it so. `agree`: make the session with its nonce and `own`, then
   * call `agreed`.
   */
  hear({ nonce, echo, session }: Hello): { readonly next: 'nothing' | 'greet' | 'confirm' } | { readonly own: Nonce } {
    if (this.#agreed !== undefined && session === this.#agreed.fromPeer) return { next: 'nothing' }
    if (this.#agreed?.theirs === nonce) return { next: 'confirm' }
    if (this.#heard?.nonce !== nonce) this.#heard = { nonce, told: false }
    if (echo === undefined || echo !== this.#nonce) return { next: 'greet' }
    return { own: echo }
  }

  /**
   * @param theirs the nonce of the hello that was heard
   * @returns whether the peer can't know yet that it was heard: it is to be confirmed
   */
  agreed(own: Nonce, theirs: Nonce, toPeer: number, fromPeer: number): boolean {
    const told = this.#heard?.nonce === theirs && this.#heard.told
    this.#agreed = { own, theirs, toPeer, fromPeer }
    this.#nonce = undefined
    this.#heard = undefined
    return !told
  }
}
