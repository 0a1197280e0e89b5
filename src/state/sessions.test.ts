import { describe, expect, it } from 'vitest'
import { type Command, MAX_SWEEP_BYTES, type Sweep } from '../core/index.js'
import { session, sweep, tableThat } from './arbitraries.js'
import { ExactlyOnce } from './exactly-once.js'
import type { Json } from './json.js'
import { birthOf, sessionId } from './session-id.js'
import { acknowledged, ada, add, added, bob, done, execute, expired, get, replica, sweepTimes } from './stage.js'
import { decodeSweep } from './sweep.js'

/** What a sweep that is due now would name. */
const named = (state: ExactlyOnce): unknown => {
  const payload = state.sweepDue()
  return payload && decodeSweep(payload)?.named
}

describe('a session', () => {
  it('[H24] loses no command to a later one that was executed earlier, though that one acknowledges it', () => {
    const c5 = add('a', 5)
    const c7 = add('b', 7, ada, 5)
    const one = replica()
    const other = replica()
    expect([execute(one.state, c5), execute(one.state, c7)].flat()).toEqual([added(1), added(1)])
    expect([execute(other.state, c7), execute(other.state, c5)].flat()).toEqual([added(1), added(1)])
    expect(other.table.value.get('a')).toBe(1)
    expect([...other.state.snapshot()]).toEqual([...one.state.snapshot()])
  })

  it('has a retry answered with what the first attempt came to', () => {
    const { state, table } = replica()
    expect(execute(state, add('a', 1), add('a', 2), add('a', 1), add('a', 2))).toEqual([1, 2, 1, 2].map(added))
    expect(table.value.get('a')).toBe(2)
  })

  it('has a retry answered with what the first attempt threw, and not executed', () => {
    let applied = 0
    const machine = tableThat(() => {
      throw new Error(`attempt ${++applied}`)
    })
    const state = new ExactlyOnce(machine)
    const threw = { kind: 'threw', message: 'attempt 1' }
    expect(execute(state, add('a', 1), add('a', 1))).toEqual([threw, threw])
  })

  it('may count as another one does', () => {
    const { state } = replica()
    expect(execute(state, add('a', 1, ada), add('a', 1, bob))).toEqual([added(1), added(2)])
  })

  it('has what it reads read again: that changes nothing', () => {
    const { state } = replica()
    expect(execute(state, get('a', 2), add('a', 1), get('a', 2))).toEqual([done(), added(1), done(1)])
  })

  it('has results that nobody can change afterwards', () => {
    const { state } = replica()
    const [first] = execute(state, add('a', 1))
    expect(() => Object.assign(first as object, { kind: 'other' })).toThrow(TypeError)
    const { result } = first as { result?: Json }
    expect(() => Object.assign(result as object, { value: 2 })).toThrow(TypeError)
    expect(execute(state, add('a', 1))).toEqual([added(1)])
  })

  it('is told when its state machine answers what could not be kept', () => {
    const state = new ExactlyOnce(tableThat(() => new Date(0) as never))
    const threw = { kind: 'threw', message: expect.stringContaining('class') }
    expect(execute(state, add('a', 1), add('a', 1))).toEqual([threw, threw])
  })
})

describe('a sweep', () => {
  it('drops what it marks as acknowledged, and that is refused from then on', () => {
    const { state, table } = replica(1)
    execute(state, add('a', 1), add('a', 2), add('a', 3, ada, 2))
    state.execute(sweep(0, [ada, 2]))
    expect(execute(state, add('a', 1), add('a', 2), add('a', 3, ada, 2))).toEqual([
      acknowledged,
      acknowledged,
      added(3),
    ])
    expect(table.value.get('a')).toBe(3)
    expect(execute(state, get('a', 1))).toEqual([done(3)])
  })

  it('marks nothing above what commands of the session have acknowledged, and no session that is not there', () => {
    const { state } = replica()
    execute(state, add('a', 1), add('a', 2), add('a', 3, ada, 1))
    state.execute(sweep(0, [ada, 1000], [bob, 1000]))
    expect(execute(state, add('a', 1), add('a', 2), add('a', 4), add('a', 1, bob))).toEqual([
      acknowledged,
      added(2),
      added(4),
      added(5),
    ])
  })

  it('never lowers a mark', () => {
    const { state } = replica()
    execute(state, add('a', 1), add('a', 2), add('a', 3, ada, 2))
    state.execute(sweep(0, [ada, 2]))
    state.execute(sweep(1, [ada, 1]))
    expect(execute(state, add('a', 2))).toEqual([acknowledged])
  })

  it('ends a session that is old and was silent for long, whose commands are refused then, but for reads', () => {
    const { state, table } = replica()
    execute(state, add('a', 1))
    sweepTimes(state, 9)
    state.execute(sweep(9, [ada, null]))
    expect(execute(state, add('a', 1), add('a', 2), get('a', 3))).toEqual([expired, expired, done(1)])
    expect(table.value.get('a')).toBe(1)
  })

  it('ends no session that is too young, or whose last command is too recent', () => {
    const { state } = replica()
    execute(state, add('a', 1))
    sweepTimes(state, 8)
    state.execute(sweep(8, [ada, null]))
    expect(state.sweeps).toBe(9)
    execute(state, get('a', 2))
    state.execute(sweep(9, [ada, null]))
    sweepTimes(state, 7)
    state.execute(sweep(17, [ada, null]))
    expect(execute(state, add('a', 1))).toEqual([added(1)])
  })

  it('is void where another has overtaken it: voters that sweep at once age nobody faster', () => {
    const { state } = replica()
    execute(state, add('a', 1), add('a', 2, ada, 1))
    state.execute(sweep(0))
    state.execute(sweep(0, [ada, 1]))
    expect(state.sweeps).toBe(1)
    expect(execute(state, add('a', 1))).toEqual([added(1)])
  })

  it.each<[string, Sweep]>([
    ['no JSON', { kind: 'sweep', payload: new Uint8Array([0xff]) }],
    ['nothing', { kind: 'sweep', payload: new Uint8Array() }],
    ['no count', sweep(-1)],
    ['a mark that is none', sweep(0, [ada, 1], [ada, 0.5])],
    ['a session that is none', sweep(0, [ada, 1], ['ada', 1])],
    ['too little', sweep(0, [ada, 1], [ada])],
    ['no list', sweep(0, [ada, 1], ada)],
    ['a list too long', { kind: 'sweep', payload: new TextEncoder().encode(`[0,[["${ada}",1]],0]`) }],
    ['too many bytes', sweep(0, ...Array<[string, number]>(MAX_SWEEP_BYTES / 32).fill([ada, 1]))],
  ])('changes nothing where its payload is malformed: %s', (_, hostile) => {
    const { state } = replica()
    execute(state, add('a', 1), add('a', 2, ada, 1))
    const before = [...state.snapshot()]
    expect(state.execute(hostile)).toEqual([])
    expect([...state.snapshot()]).toEqual(before)
  })

  it('finds the same table at replicas that executed in different orders before it', () => {
    const before = [add('a', 1), add('b', 2, ada, 1), add('c', 1, bob), add('d', 3, ada, 2), get('e', 2, bob, 1)]
    const after = [add('a', 4, ada, 2), add('c', 3, bob), add('a', 1), add('b', 2, ada, 1)]
    const one = replica(1)
    const other = replica(1)
    execute(one.state, ...before)
    execute(other.state, ...before.toReversed())
    expect([...other.state.snapshot()]).toEqual([...one.state.snapshot()])
    const payload = one.state.sweepDue() as Uint8Array
    for (const { state } of [one, other]) state.execute({ kind: 'sweep', payload })
    expect([...other.state.snapshot()]).toEqual([...one.state.snapshot()])
    execute(one.state, ...after)
    execute(other.state, after[3] as Command, after[1] as Command, after[0] as Command, after[2] as Command)
    expect([...other.state.snapshot()]).toEqual([...one.state.snapshot()])
  })
})

describe('a session id', () => {
  it('says how many sweeps were executed at its birth', () => {
    const id = sessionId(0x1234, () => 0.999)
    expect(id).toBe(`00001234${'f'.repeat(24)}`)
    expect(birthOf(id)).toBe(0x1234)
  })

  it('is refused before it comes to the table when it is too old, or was never born', () => {
    const { state } = replica()
    sweepTimes(state, 9)
    const by = (born: number): Command => add('a', 1, session(7, born))
    expect(execute(state, by(0), by(1), by(9), by(10))).toEqual([expired, added(1), added(2), expired])
  })
})

describe('a sweep is due', () => {
  it('once enough was added, and asked for again only after as much more', () => {
    const { state } = replica(10)
    let sequence = 0
    const grow = (entries: number): void => {
      for (let i = 0; i < entries; i++) execute(state, add('a', ++sequence, ada, sequence - 1))
    }
    // The session itself is the tenth.
    grow(8)
    expect(state.sweepDue()).toBeUndefined()
    grow(1)
    expect(named(state)).toEqual([[ada, 8]])
    expect(state.sweepDue()).toBeUndefined()
    grow(9)
    expect(state.sweepDue()).toBeUndefined()
    grow(1)
    const payload = state.sweepDue() as Uint8Array
    state.execute({ kind: 'sweep', payload })
    grow(9)
    expect(state.sweepDue()).toBeUndefined()
    grow(1)
    expect(decodeSweep(state.sweepDue() as Uint8Array)).toEqual({ after: 1, named: [[ada, 28]] })
  })

  it('for one voter after the other: the first one sweeps, and the next only where that one does not', () => {
    const { state } = replica(80)
    let sequence = 0
    const grow = (entries: number): void => {
      for (let i = 0; i < entries; i++) execute(state, add('a', ++sequence, ada, sequence - 1))
    }
    // The session itself is the first.
    grow(88)
    expect(state.sweepDue(1)).toBeUndefined()
    grow(1)
    expect(state.sweepDue(2)).toBeUndefined()
    expect(state.sweepDue(1)).toBeDefined()
    grow(80)
    expect(state.sweepDue(2)).toBeUndefined()
    const payload = state.sweepDue(0) as Uint8Array
    state.execute({ kind: 'sweep', payload })
    grow(89)
    expect(state.sweepDue(1)).toBeUndefined()
    grow(1)
    expect(state.sweepDue(1)).toBeDefined()
  })

  it('not for what is only read, executed again or refused', () => {
    const { state } = replica(3)
    execute(state, add('a', 1))
    for (let i = 2; i < 50; i++) execute(state, add('a', 1), get('a', i, ada, i - 1), add('a', 1, session(1, 5)))
    expect(state.sweepDue()).toBeUndefined()
  })

  it('also when nothing is ever acknowledged: who falls silent ends, and the table stays small', () => {
    const { state } = replica(10)
    let most = 0
    for (let i = 1; i <= 5000; i++) {
      execute(state, add('a', 1, session(i, state.sweeps)))
      const payload = state.sweepDue()
      if (payload !== undefined) state.execute({ kind: 'sweep', payload })
      most = Math.max(
        most,
        [...state.snapshot()].reduce((bytes, { length }) => bytes + length, 0),
      )
    }
    expect(state.sweeps).toBeGreaterThan(500)
    // Ten sweeps' time of five sessions each, of about 100 bytes.
    expect(most).toBeLessThan(10_000)
  })

  it('within its bounds however many sessions there are: the next one names the others', () => {
    const { state } = replica()
    const sessions = Array.from({ length: 30_000 }, (_, i) => session(i))
    for (const by of sessions) execute(state, add('a', 1, by), get('a', 2, by, 1))
    const restored = replica(1).state
    restored.restore([...state.snapshot()], 1)
    const first = restored.sweepDue() as Uint8Array
    expect(first.length).toBeLessThanOrEqual(MAX_SWEEP_BYTES)
    restored.execute({ kind: 'sweep', payload: first })
    // All of them are busy again: those that were named go to the end of the line.
    for (const by of sessions) execute(restored, get('a', 4, by, 3), add('a', 3, by, 2))
    const second = restored.sweepDue() as Uint8Array
    const names = [first, second].flatMap((payload) => decodeSweep(payload)?.named.map(([name]) => name))
    expect(new Set(names).size).toBe(30_000)
  })
})
