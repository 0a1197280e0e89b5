import type { Address, Link } from '../../transport/index.js'
import { Ear } from './ear.js'

/** Opens the link under test: the rest of what a `TransportFactory` takes is the caller's to add. */
export type OpenLink = (options: { readonly room: string; readonly self: Address }) => Link

/** What a link case works on: rooms that nobody else uses, whose links are closed at its end. */
export class Meeting {
  readonly #openLink: OpenLink
  readonly #room: string
  readonly #deadlineMs: number
  readonly #links: Link[] = []

  constructor(openLink: OpenLink, room: string, deadlineMs: number) {
    this.#openLink = openLink
    this.#room = room
    this.#deadlineMs = deadlineMs
  }

  open(self: Address): Ear {
    return this.#openIn(this.#room, self)
  }

  openElsewhere(self: Address): Ear {
    return this.#openIn(`${this.#room}/elsewhere`, self)
  }

  /** Whatever room and address these are. */
  openAs(room: string, self: Address): void {
    this.#links.push(this.#openLink({ room, self }))
  }

  /** Those who have met: each reaches all the others. */
  async met<const Selves extends readonly Address[]>(
    ...selves: Selves
  ): Promise<{ readonly [I in keyof Selves]: Ear }> {
    const ears = selves.map((self) => this.open(self))
    await Promise.all(ears.map((ear) => ear.reaches(...ears.filter((other) => other !== ear))))
    return ears as { readonly [I in keyof Selves]: Ear }
  }

  end(): void {
    for (const link of this.#links) link.close()
  }

  #openIn(room: string, self: Address): Ear {
    const link = this.#openLink({ room, self })
    this.#links.push(link)
    return new Ear(link, self, this.#deadlineMs)
  }
}

/** One of the link cases. */
export interface LinkCase {
  readonly name: string
  readonly run: (meeting: Meeting) => Promise<void>
}

/** @param digit that the replica's id is made of */
export const addressOf = (digit: string, incarnation: number = 1): Address => ({
  replica: digit.repeat(32),
  incarnation,
})

export const A: Address = addressOf('a')
export const B: Address = addressOf('b')
export const C: Address = addressOf('c')
export const D: Address = addressOf('d')
