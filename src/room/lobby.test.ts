import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Membership } from '../wire/index.js'
import { Lobby, type LobbyAction } from './lobby.js'

const group = 'f'.repeat(32)
const lobby = (self: string, membership?: Membership) => new Lobby(self, membership, () => group)
const bound = (...voters: string[]): Membership => ({ group, epoch: 0, voters, founded: false })

describe('a lobby', () => {
  it('names the three once the first to have come knows that two others have no group', () => {
    const first = lobby('b')
    expect(first.came('c', false)).toBeUndefined()
    expect(first.came('a', false)).toBeUndefined()
    expect(first.greeted('a', undefined)).toBeUndefined()
    expect(first.waitingFor).toBe('2 of 3 are here: the room begins when 3 have met')
    expect(first.greeted('c', undefined)).toEqual({ kind: 'write', membership: bound('a', 'b', 'c') })
  })

  it('leaves the naming to whoever was there before, until that one goes', () => {
    const second = lobby('b')
    second.came('a', true)
    second.came('c', false)
    second.came('d', false)
    second.greeted('a', undefined)
    second.greeted('c', undefined)
    expect(second.greeted('d', undefined)).toBeUndefined()
    expect(second.went('a')).toEqual({ kind: 'write', membership: bound('b', 'c', 'd') })
  })

  it('binds itself to the first list that names it', () => {
    const other = lobby('c')
    other.came('a', true)
    expect(other.greeted('a', bound('a', 'b', 'c'))).toEqual({ kind: 'write', membership: bound('a', 'b', 'c') })
  })

  it('is founded when all on the list are bound to it, not before', () => {
    const other = lobby('c', bound('a', 'b', 'c'))
    other.came('a', true)
    other.came('b', true)
    expect(other.greeted('a', bound('a', 'b', 'c'))).toBeUndefined()
    const founded = { ...bound('a', 'b', 'c'), founded: true }
    expect(other.greeted('b', bound('a', 'b', 'c'))).toEqual({ kind: 'write', membership: founded })
  })

  it('believes one that has seen it founded', () => {
    const other = lobby('c', bound('a', 'b', 'c'))
    other.came('a', true)
    const founded = { ...bound('a', 'b', 'c'), founded: true }
    expect(other.greeted('a', founded)).toEqual({ kind: 'write', membership: founded })
  })

  it('tells a fourth one that it is outside, once the three have founded the room, and never binds it', () => {
    const fourth = lobby('d')
    fourth.came('a', true)
    expect(fourth.greeted('a', bound('a', 'b', 'c'))).toBeUndefined()
    expect(fourth.waitingFor).toContain('others have agreed')
    const founded = { ...bound('a', 'b', 'c'), founded: true }
    expect(fourth.greeted('a', founded)).toEqual({ kind: 'outside', voters: ['a', 'b', 'c'] })
    expect(fourth.membership).toBeUndefined()
  })

  it('founds no other group while some that are here have agreed on one, and says who of an own one is missing', () => {
    const next = lobby('d')
    for (const id of ['a', 'e', 'f']) next.came(id, false)
    next.greeted('a', bound('a', 'b', 'c'))
    next.greeted('e', undefined)
    expect(next.greeted('f', undefined)).toBeUndefined()
    const waiting = lobby('a'.repeat(32), bound('a'.repeat(32), 'b'.repeat(32), 'c'.repeat(32)))
    waiting.came('c'.repeat(32), false)
    expect(waiting.waitingFor).toContain('agreed on with bbbb:')
  })

  it('asks anew who was first when one of them has come again', () => {
    const second = lobby('b')
    second.came('a', true)
    second.came('c', false)
    second.greeted('a', undefined)
    expect(second.greeted('c', undefined)).toBeUndefined()
    expect(second.came('a', false)).toEqual({ kind: 'write', membership: bound('a', 'b', 'c') })
  })

  it('is outside when one on its own list is bound to another: that list can never be founded [H19]', () => {
    const first = lobby('a', bound('a', 'b', 'c'))
    first.came('b', false)
    const other = { ...bound('b', 'c', 'd'), group: 'e'.repeat(32) }
    expect(first.greeted('b', other)).toEqual({ kind: 'outside', voters: ['b', 'c', 'd'] })
  })
})

/** A relay that tells everybody of everybody in one order, and carries greetings that may be lost. */
class Meeting {
  readonly #lobbies = new Map<string, Lobby>()
  readonly outside = new Set<string>()
  #minted = 0

  get founded(): Membership[] {
    return [...this.#lobbies.values()].flatMap(({ membership }) => (membership?.founded ? [membership] : []))
  }

  come(id: string): void {
    const lobby = new Lobby(id, undefined, () => String(++this.#minted).padStart(32, '0'))
    const others = [...this.#lobbies]
    this.#lobbies.set(id, lobby)
    for (const [other, theirs] of others) {
      this.#take(id, lobby.came(other, true))
      this.#take(other, theirs.came(id, false))
    }
  }

  go(id: string): void {
    if (!this.#lobbies.delete(id)) return
    for (const [other, lobby] of this.#lobbies) this.#take(other, lobby.went(id))
  }

  greet(from: string, to: string): void {
    const sender = this.#lobbies.get(from)
    const receiver = this.#lobbies.get(to)
    if (sender !== undefined && receiver !== undefined) this.#take(to, receiver.greeted(from, sender.membership))
  }

  #take(id: string, action: LobbyAction | undefined): void {
    if (action?.kind === 'outside') this.outside.add(id)
  }
}

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f'].map((letter) => letter.repeat(32))
const name = fc.constantFrom(...NAMES)
const step = fc.oneof(
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('come' as const), a: name, b: name }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('greet' as const), a: name, b: name }) },
)

it('whatever comes first, and whatever greeting is lost, one group of three is founded and all others are outside', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.shuffledSubarray(NAMES, { minLength: 6 }), (steps, order) => {
      const meeting = new Meeting()
      const here = new Set<string>()
      const come = (id: string): void => {
        if (here.has(id)) return
        here.add(id)
        meeting.come(id)
      }
      for (const { kind, a, b } of steps) {
        if (kind === 'come') come(a)
        else if (a !== b) meeting.greet(a, b)
        expect(new Set(meeting.founded.map((membership) => membership.group)).size).toBeLessThanOrEqual(1)
      }
      for (const id of order) come(id)
      // Greetings are repeated every second: in the end each of them arrives.
      for (let round = 0; round < 4; round++) for (const a of order) for (const b of order) meeting.greet(a, b)
      expect(meeting.founded).toHaveLength(3)
      expect(meeting.outside.size).toBe(3)
    }),
  )
})
