import { describe, expect, it } from 'vitest'
import { type Command, write } from '../core/index.js'
import { command, session, Table } from './arbitraries.js'
import { ExactlyOnce } from './exactly-once.js'
import { decodeRow, encodeRow, type Json } from './json.js'
import type { StateMachine } from './machine.js'
import { NeedsUpdate } from './needs-update.js'
import { InvalidSnapshot } from './snapshot.js'

/** Counts what it is told to. Its version 1 knows the sum only; version 2 also the number of commands since it is that. */
class Tally implements StateMachine<number> {
  #sum = 0
  #since: number | undefined = 0
  /** What it was told to become. */
  readonly migrations: number[] = []

  get value(): number {
    return this.#sum
  }

  reading(): never {
    throw new Error('a tally is not read here')
  }

  fork(): never {
    throw new Error('a tally is not forked here')
  }

  apply(): Json {
    this.#sum++
    if (this.#since !== undefined) this.#since++
    return this.#since === undefined ? this.#sum : [this.#sum, this.#since]
  }

  snapshot(): readonly Uint8Array[] {
    return [encodeRow(this.#since === undefined ? [this.#sum] : [this.#sum, this.#since])]
  }

  restore(pieces: Iterable<Uint8Array>, version: number): void {
    const [piece] = pieces
    const row = (piece && decodeRow(piece)) as readonly number[]
    if (row.length !== version) throw new InvalidSnapshot('malformed', `it is no tally of version ${version}`)
    ;[this.#sum, this.#since] = row as [number, number | undefined]
  }

  migrate(version: number): void {
    this.migrations.push(version)
    this.#since = 0
  }
}

/** As code knew it before it had a second version. */
const firstTally = (): StateMachine => {
  let sum = 0
  return Object.assign(new Table(), { apply: () => ++sum, snapshot: () => [encodeRow([sum])] })
}

let sequence = 0
const next = (): Command => command(session(1), ++sequence, [write('k')], ['add', 'k', 1])
const result = (state: ExactlyOnce, once = next()): unknown => {
  const [executed] = state.execute({ kind: 'commands', commands: [once] })
  return executed?.outcome.kind === 'done' ? executed.outcome.result : executed
}

const oldest = new ExactlyOnce(firstTally())
const retried = next()
result(oldest, retried)
result(oldest)
/** Of version 1, with a sum of 2. */
const chunks = [...oldest.snapshot()]

describe('a state of several versions', () => {
  it('begins as the highest', () => {
    const state = new ExactlyOnce(new Tally(), { versions: [1, 2] })
    expect(state.stateVersion).toBe(2)
    expect(result(state)).toEqual([1, 1])
  })

  it('goes on as the version of its snapshot, and as the next one from where it is told to migrate', () => {
    const state = new ExactlyOnce(new Tally(), { versions: [1, 2] })
    state.restore(chunks, 1)
    expect(state.stateVersion).toBe(1)
    expect(result(state)).toBe(3)
    state.migrate(2)
    expect(state.stateVersion).toBe(2)
    expect(result(state)).toEqual([4, 1])
    // What was answered before stays answered so.
    expect(result(state, retried)).toBe(1)
  })

  it('has equal snapshots wherever it has migrated at the same place, and is restored from them', () => {
    const [one, two, three] = [1, 2, 3].map(() => new ExactlyOnce(new Tally(), { versions: [1, 2] })) as [
      ExactlyOnce,
      ExactlyOnce,
      ExactlyOnce,
    ]
    for (const state of [one, two]) {
      state.restore(chunks, 1)
      state.migrate(2)
    }
    three.restore([...two.snapshot()], 2)
    expect([...two.snapshot()]).toEqual([...one.snapshot()])
    expect([...three.snapshot()]).toEqual([...one.snapshot()])
    const once = next()
    expect([one, two, three].map((state) => result(state, once))).toEqual(Array(3).fill([3, 1]))
  })

  it('does not migrate to the version that it has', () => {
    const tally = new Tally()
    const state = new ExactlyOnce(tally, { versions: [1, 2] })
    state.restore(chunks, 1)
    state.migrate(1)
    state.migrate(2)
    state.migrate(2)
    expect(tally.migrations).toEqual([2])
  })

  it('never goes back to an earlier one', () => {
    const tally = new Tally()
    const state = new ExactlyOnce(tally, { versions: [1, 2] })
    expect(() => state.migrate(1)).toThrow("a state of version 2 can't go back to version 1")
    expect(tally.migrations).toEqual([])
    expect(state.stateVersion).toBe(2)
  })

  it('is as it was where a snapshot is not of the version that it is said to be', () => {
    const state = new ExactlyOnce(new Tally(), { versions: [1, 2] })
    result(state)
    const held = [...state.snapshot()]
    expect(() => state.restore(chunks, 2)).toThrow(InvalidSnapshot)
    expect([...state.snapshot()]).toEqual(held)
    expect(state.stateVersion).toBe(2)
  })
})

describe('a program that can not execute the version of its group', () => {
  const refused = (versions: readonly [number, number], ask: (state: ExactlyOnce) => void): NeedsUpdate => {
    const tally = new Tally()
    const state = new ExactlyOnce(tally, { versions })
    const held = [...state.snapshot()]
    try {
      ask(state)
    } catch (error) {
      expect([...state.snapshot()]).toEqual(held)
      expect(state.stateVersion).toBe(versions[1])
      expect(tally.migrations).toEqual([])
      return error as NeedsUpdate
    }
    throw new Error('it was not refused')
  }

  it('is told to be updated, and goes nowhere', () => {
    for (const ask of [
      (state: ExactlyOnce) => state.migrate(3),
      (state: ExactlyOnce) => state.restore(chunks, 3),
      (state: ExactlyOnce) => state.restore([], 3),
    ]) {
      const error = refused([1, 2], ask)
      expect(error).toBeInstanceOf(NeedsUpdate)
      expect(error).toMatchObject({ name: 'NeedsUpdate', needed: 3, versions: [1, 2] })
      expect(error.message).toBe(
        "the group's state has version 3, and this program executes versions 1 to 2 only: update this program: a reload of the page may do",
      )
    }
    const message = "the group's state has version 2, and this program executes version 1 only: "
    expect(refused([1, 1], (state) => state.migrate(2)).message).toContain(message)
  })

  it('is told so where it is too new', () => {
    const { needed, message } = refused([2, 3], (state) => state.restore(chunks, 1))
    expect(needed).toBe(1)
    expect(message).toContain('versions 2 to 3 only: this program is too new')
  })
})

describe('versions that can not be', () => {
  it.each([[[0, 1]], [[2, 1]], [[1, 1.5]], [[Number.NaN, 1]]] as [[number, number]][])(
    'are refused: %j',
    (versions) => {
      expect(() => new ExactlyOnce(new Tally(), { versions })).toThrow(TypeError)
    },
  )

  it('are refused where the machine can not migrate from one to the other', () => {
    expect(() => new ExactlyOnce(firstTally(), { versions: [1, 2] })).toThrow('has to migrate')
    expect(new ExactlyOnce(firstTally(), { versions: [2, 2] }).stateVersion).toBe(2)
  })
})
