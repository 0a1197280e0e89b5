import type { Address, Link, LinkStatus } from '../../transport/index.js'
import { ContractBroken } from '../contract-broken.js'
import { isSame } from '../same.js'
import { shown } from '../shown.js'

export interface Packet {
  readonly from: Address
  readonly bytes: Uint8Array
}

/** What gets lost is said again, this often. */
const AGAIN_MS = 100

const LOOK_MS = 10

/** A link, and all that it has told since it was opened. */
export class Ear {
  readonly link: Link
  readonly self: Address
  readonly packets: Packet[] = []
  /** `+b1`: incarnation 1 of the replica whose id begins with b has come; `-b1`: it has gone. */
  readonly peers: string[] = []
  readonly statuses: LinkStatus[] = []
  readonly #deadlineMs: number
  #changed = (): void => {}

  constructor(link: Link, self: Address, deadlineMs: number) {
    this.link = link
    this.self = self
    this.#deadlineMs = deadlineMs
    link.onMessage((from, bytes) => {
      this.packets.push({ from, bytes })
      this.#changed()
    })
    link.onPeer((peer, here) => {
      this.peers.push(`${here ? '+' : '-'}${shortOf(peer)}`)
      this.#changed()
    })
    link.onStatus((status) => {
      this.statuses.push(status)
      this.#changed()
    })
  }

  /** Whom it says it reaches: `b1`. */
  get reached(): readonly string[] {
    return this.link.status().peers.map(shortOf)
  }

  /** Resolves once it is so. @param what has to become so, as a sentence */
  async until(what: string, holds: () => boolean): Promise<void> {
    if (holds()) return
    let timer: ReturnType<typeof setTimeout> | undefined
    await new Promise<void>((resolve, reject) => {
      this.#changed = () => {
        if (holds()) resolve()
      }
      timer = setTimeout(() => {
        const { state, reason } = this.link.status()
        const found = shown({ state, reason, reached: this.reached, peers: this.peers, packets: this.packets.length })
        reject(
          new ContractBroken(`${what}: it is not so after ${this.#deadlineMs} ms, at ${shortOf(this.self)}: ${found}`),
        )
      }, this.#deadlineMs)
    }).finally(() => {
      clearTimeout(timer)
      this.#changed = () => {}
    })
  }

  /** The same for what the link tells nobody of: it is looked at again and again. */
  async untilSeen(what: string, holds: () => boolean): Promise<void> {
    const again = setInterval(() => this.#changed(), LOOK_MS)
    await this.until(what, holds).finally(() => clearInterval(again))
  }

  /** Resolves once it reaches these, and no others. */
  reaches(...others: readonly Ear[]): Promise<void> {
    const names = others.map(({ self }) => shortOf(self))
    return this.until(`it reaches ${names.join(', ') || 'nobody'}`, () => isSame(this.reached, names))
  }

  /** Resolves once the packet has arrived at each of them, sent to all at once; to some others as well. */
  async sayAll(to: readonly Ear[], bytes: Uint8Array, others: readonly Address[] = []): Promise<void> {
    const send = (): void => this.link.sendAll([...to.map(({ self }) => self), ...others], bytes.slice())
    send()
    const again = setInterval(send, AGAIN_MS)
    try {
      await Promise.all(
        to.map((ear) =>
          ear.until(
            `${bytes.length} bytes for several arrive from ${shortOf(this.self)}`,
            () => ear.#packet(this, bytes) !== undefined,
          ),
        ),
      )
    } finally {
      clearInterval(again)
    }
  }

  /** Resolves once the packet has arrived there: as datagrams may be lost, it is sent again and again. */
  async say(to: Ear, bytes: Uint8Array): Promise<Packet> {
    const arrived = (): Packet | undefined => to.#packet(this, bytes)
    const send = (): boolean => this.link.send(to.self, bytes.slice())
    if (!send())
      throw new ContractBroken(`${bytes.length} bytes for ${shortOf(to.self)}, who is here, are not accepted`)
    const again = setInterval(send, AGAIN_MS)
    try {
      await to.until(`${bytes.length} bytes arrive from ${shortOf(this.self)}`, () => arrived() !== undefined)
    } finally {
      clearInterval(again)
    }
    return arrived() as Packet
  }

  #packet(from: Ear, bytes: Uint8Array): Packet | undefined {
    return this.packets.find((packet) => isSame(packet.bytes, bytes) && isSame(packet.from, from.self))
  }
}

const shortOf = ({ replica, incarnation }: Address): string => `${replica[0]}${incarnation}`
