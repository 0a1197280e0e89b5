import { describe, expect, it } from 'vitest'
import { type Proposed, write } from '../core/index.js'
import { command, session, sweep, Table } from './arbitraries.js'
import { ExactlyOnce } from './exactly-once.js'
import { decodeJson, type Json } from './json.js'
import type { Digest, Proposal } from './machine.js'

/** Says of which kinds the operations were that it has applied, and how many. */
class Counted extends Table {
  readonly #counts = new Map<string, number>()

  override apply(proposal: Proposal): Json | undefined {
    const [kind] = decodeJson(proposal.payload) as readonly [string]
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1)
    return super.apply(proposal)
  }

  digest(): Digest {
    return { state: this.value.size, parts: [...this.#counts] }
  }

  restartDigest(): void {
    this.#counts.clear()
  }
}

describe('the digest of a state', () => {
  const set = (key: string, sequence: number): Proposed => ({
    kind: 'commands',
    commands: [command(session(1), sequence, [write(key)], ['set', key, 1])],
  })
  const seal = (number: number): Proposed => ({
    kind: 'seal',
    next: { number, voters: ['a'], wireVersion: 1, stateVersion: 1 },
  })

  it('is told by a machine that has one, with the place from which on its parts count', () => {
    const state = new ExactlyOnce(new Counted())
    expect(state.digest()).toEqual({ state: 0, parts: [], since: '0', ended: undefined })
    state.execute(set('a', 1))
    state.execute(set('a', 1))
    expect(state.digest()).toEqual({ state: 1, parts: [['set', 1]], since: '0', ended: undefined })
    expect(new ExactlyOnce(new Table()).digest()).toBeUndefined()
  })

  it('has its parts count anew from a sweep that took effect, and from a seal, each a place of its own', () => {
    const state = new ExactlyOnce(new Counted())
    const places = [state.digest()?.since]
    for (const value of [sweep(0), sweep(1), seal(1), sweep(2), seal(2)]) {
      state.execute(set('a', places.length))
      state.execute(value)
      const digest = state.digest()
      expect(digest).toMatchObject({ state: 1, parts: [] })
      places.push(digest?.since)
    }
    expect(new Set(places).size).toBe(6)
    state.execute(set('b', 6))
    // Another has overtaken it.
    state.execute(sweep(1))
    expect(state.digest()).toMatchObject({ state: 2, parts: [['set', 1]], since: places.at(-1) })
  })

  it('remembers what it was at the last sweep or seal, whatever is executed after that', () => {
    const state = new ExactlyOnce(new Counted())
    state.execute(set('a', 1))
    for (const place of [sweep(0), seal(3)]) {
      const before = state.digest()
      state.execute(place)
      const after = state.digest()
      expect(after?.ended).toEqual({
        state: before?.state,
        parts: before?.parts,
        since: before?.since,
        place: after?.since,
      })
      state.execute(set('b', 2))
      expect(state.digest()?.ended).toEqual(after?.ended)
    }
  })

  it('remembers nothing of before it was restored, be it to where an epoch begins', () => {
    const one = new ExactlyOnce(new Counted())
    one.execute(set('a', 1))
    one.execute(seal(1))
    const two = new ExactlyOnce(new Counted())
    two.execute(sweep(0))
    two.restore([...one.snapshot()], 1)
    two.begins(1)
    expect(two.digest()).toEqual({ ...one.digest(), ended: undefined })
  })

  it('does not know from where its parts count once a state was restored, until the next sweep or seal', () => {
    const one = new ExactlyOnce(new Counted())
    one.execute(sweep(0))
    one.execute(set('a', 1))
    for (const place of [sweep(1), seal(7)]) {
      const two = new ExactlyOnce(new Counted())
      two.restore([...one.snapshot()], 1)
      expect(two.digest()).toEqual({ state: 1, parts: [], since: undefined, ended: undefined })
      two.execute(set('b', 2))
      expect(two.digest()?.since).toBeUndefined()
      two.execute(place)
      const three = new ExactlyOnce(new Counted())
      three.restore([...one.snapshot()], 1)
      three.execute(set('b', 2))
      three.execute(place)
      expect(two.digest()?.since).toEqual(expect.any(String))
      expect(three.digest()).toEqual(two.digest())
    }
  })

  it('names the place of a sweep alike where some were there from the beginning, and others were restored since', () => {
    const one = new ExactlyOnce(new Counted())
    one.execute(sweep(0))
    const two = new ExactlyOnce(new Counted())
    two.restore([...one.snapshot()], 1)
    for (const state of [one, two]) state.execute(sweep(1))
    expect(two.digest()).toMatchObject({ state: 0, parts: [], since: one.digest()?.since })
    // What led there can not be compared, what it has led to can.
    expect(two.digest()?.ended).toEqual({ ...one.digest()?.ended, since: undefined })
  })
})
