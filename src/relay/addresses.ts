import { TokenBucket } from '../wire/index.js'
import type { RelayLimits } from './limits.js'

type AddressLimits = Pick<RelayLimits, 'socketsPerAddress' | 'joinsPerSecondPerAddress' | 'burstSeconds'>

interface Visitors {
  sockets: number
  readonly joins: TokenBucket
  sinceMs: number
}

/** How many sockets each network address has, and how fast they join. */
export class Addresses {
  readonly #limits: AddressLimits
  readonly #visitors = new Map<string, Visitors>()

  constructor(limits: AddressLimits) {
    this.#limits = limits
  }

  came(network: string, nowMs: number): void {
    const { joinsPerSecondPerAddress: perSecond, burstSeconds } = this.#limits
    let visitors = this.#visitors.get(network)
    if (visitors === undefined) {
      visitors = { sockets: 0, joins: new TokenBucket(perSecond, perSecond * burstSeconds, nowMs), sinceMs: nowMs }
      this.#visitors.set(network, visitors)
    }
    visitors.sockets++
  }

  /** False: it has more sockets than it may, the one that came last included. */
  hasRoomFor(network: string): boolean {
    return (this.#visitors.get(network)?.sockets ?? 0) <= this.#limits.socketsPerAddress
  }

  /** False: too soon after the others. */
  joins(network: string, nowMs: number): boolean {
    const visitors = this.#visitors.get(network)
    if (visitors === undefined || !visitors.joins.isOpen(nowMs)) return false
    visitors.joins.spend(1)
    return true
  }

  left(network: string, nowMs: number): void {
    const visitors = this.#visitors.get(network)
    if (visitors === undefined) return
    visitors.sockets--
    visitors.sinceMs = nowMs
  }

  /** Who left is remembered until its bucket is full again: leaving would else be the way to a new one. */
  forget(nowMs: number): void {
    for (const [network, { sockets, sinceMs }] of this.#visitors) {
      if (sockets === 0 && nowMs - sinceMs >= this.#limits.burstSeconds * 1000) this.#visitors.delete(network)
    }
  }
}

/**
 * What an address counts as: itself, or of IPv6 the /64 that it is in, all of which one customer may use. An IPv4 address
 * in IPv6 clothes is one of IPv4. What is no address counts as itself.
 */
export const networkOf = (address: string): string => {
  const bare = address.replace(/%.*$/, '').toLowerCase()
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(bare)?.[1]
  if (mapped !== undefined) return mapped
  if (!bare.includes(':')) return bare
  const [head = '', tail] = bare.split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const groups =
    tail === undefined
      ? before
      : [...before, ...Array(Math.max(0, 8 - before.length - after.length)).fill('0'), ...after]
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`
}
