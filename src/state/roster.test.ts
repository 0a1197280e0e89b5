import { describe, expect, it } from 'vitest'
import type { Json } from './json.js'
import { MAX_REGISTERED, type RosterProposal, rosterCommand, type SecretChange } from './roster.js'
import { add, replica } from './stage.js'

const member = (n: number): string => n.toString(16).padStart(32, '0')
const publicKey = (n: number): string => n.toString(16).padStart(130, '0')
const change = (number: number, ...to: number[]): SecretChange => ({
  number,
  by: publicKey(number),
  salt: member(number),
  wrapped: to.map((n) => [member(n), member(n) + member(n)]),
})

/** A replica, and what it answers to proposals of its roster. */
const stage = () => {
  const { state } = replica()
  let sequence = 0
  const propose = (proposal: RosterProposal): Json | undefined => {
    const command = { ...rosterCommand(proposal), session: member(7), sequence: ++sequence, acknowledged: 0, after: [] }
    const [answer] = state.execute({ kind: 'commands', commands: [command] })
    return answer?.outcome.kind === 'done' ? answer.outcome.result : undefined
  }
  return { state, propose }
}

describe('a roster', () => {
  it('keeps the key of each member that has registered, the last one where it has several', () => {
    const { state, propose } = stage()
    for (const [who, key] of [
      [1, 1],
      [2, 2],
      [1, 3],
    ] as const) {
      expect(propose({ kind: 'register', member: member(who), publicKey: publicKey(key) })).toBe(true)
    }
    expect([...state.roster.registered]).toEqual([
      [member(1), publicKey(3)],
      [member(2), publicKey(2)],
    ])
  })

  it('takes nothing of a member that was expelled, also once there is a secret that it does not know', () => {
    const { state, propose } = stage()
    propose({ kind: 'expel', member: member(1), by: member(2) })
    propose({ kind: 'change', change: change(1, 2) })
    expect([...state.roster.knowing]).toEqual([])
    expect(propose({ kind: 'register', member: member(1), publicKey: publicKey(1) })).toBe(false)
    expect(propose({ kind: 'register', member: member(3), publicKey: publicKey(3) })).toBe(true)
  })

  it('takes nothing of a member that was expelled', () => {
    const { state, propose } = stage()
    propose({ kind: 'register', member: member(1), publicKey: publicKey(1) })
    propose({ kind: 'expel', member: member(1), by: member(9) })
    expect(propose({ kind: 'register', member: member(1), publicKey: publicKey(1) })).toBe(false)
    expect([...state.roster.registered]).toEqual([])
    expect([...state.roster.expelled]).toEqual([member(1)])
  })

  it('has one of two who remove each other stay: the one whose wish was first', () => {
    const { state, propose } = stage()
    expect(propose({ kind: 'expel', member: member(1), by: member(2) })).toBe(true)
    expect(propose({ kind: 'expel', member: member(2), by: member(1) })).toBe(false)
    expect([...state.roster.expelled]).toEqual([member(1)])
  })

  it('knows who is to go and can read along still, until there is a secret that is not for them', () => {
    const { state, propose } = stage()
    propose({ kind: 'register', member: member(3), publicKey: publicKey(3) })
    propose({ kind: 'expel', member: member(1), by: member(9) })
    expect([...state.roster.knowing]).toEqual([member(1)])
    propose({ kind: 'change', change: change(1, 1, 3) })
    expect([...state.roster.knowing]).toEqual([member(1)])
    propose({ kind: 'change', change: change(2, 3) })
    expect([...state.roster.knowing]).toEqual([])
  })

  it('takes no newcomers while somebody who is to go could be one of them', () => {
    const { propose } = stage()
    propose({ kind: 'register', member: member(3), publicKey: publicKey(3) })
    propose({ kind: 'expel', member: member(1), by: member(9) })
    expect(propose({ kind: 'register', member: member(4), publicKey: publicKey(4) })).toBe(false)
    expect(propose({ kind: 'register', member: member(3), publicKey: publicKey(5) })).toBe(true)
    propose({ kind: 'change', change: change(1, 3) })
    expect(propose({ kind: 'register', member: member(4), publicKey: publicKey(4) })).toBe(true)
  })

  it('takes the change that was first of those of one number, and none out of turn', () => {
    const { state, propose } = stage()
    expect(propose({ kind: 'change', change: change(2) })).toBe(false)
    expect(propose({ kind: 'change', change: change(1, 1, 2) })).toBe(true)
    expect(propose({ kind: 'change', change: change(1, 3) })).toBe(false)
    expect(state.roster.change).toEqual(change(1, 1, 2))
    expect(propose({ kind: 'change', change: change(2, 1) })).toBe(true)
    expect(state.roster.change).toEqual(change(2, 1))
  })

  it('is part of every snapshot, and apart from the state', () => {
    const { state, propose } = stage()
    state.execute({ kind: 'commands', commands: [add('a', 1)] })
    propose({ kind: 'register', member: member(1), publicKey: publicKey(1) })
    propose({ kind: 'expel', member: member(2), by: member(9) })
    propose({ kind: 'change', change: change(1, 1) })
    propose({ kind: 'expel', member: member(3), by: member(9) })
    const other = replica()
    other.state.restore([...state.snapshot()], 1)
    expect(other.state.roster).toEqual(state.roster)
    expect(other.table.value.get('a')).toBe(1)
    expect([...other.state.snapshot()]).toEqual([...state.snapshot()])
  })

  it('forgets those who registered first where there are too many', () => {
    const { state, propose } = stage()
    for (let n = 0; n <= MAX_REGISTERED; n++) {
      propose({ kind: 'register', member: member(n), publicKey: publicKey(n) })
    }
    expect(state.roster.registered.size).toBe(MAX_REGISTERED)
    expect(state.roster.registered.has(member(0))).toBe(false)
  })

  it('answers what it can not read with an error, the same at every replica', () => {
    const { state } = replica()
    const command = rosterCommand({ kind: 'expel', member: 'nobody', by: member(9) })
    const [answer] = state.execute({
      kind: 'commands',
      commands: [{ ...command, session: member(7), sequence: 1, acknowledged: 0, after: [] }],
    })
    expect(answer?.outcome).toEqual({ kind: 'threw', message: 'this is nothing that a roster can do' })
  })
})
