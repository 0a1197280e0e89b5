import { describe, expect, it } from 'vitest'
import { Overloaded, write } from './index.js'
import { commandBytes, MAX_COMMANDS_PER_BATCH } from './limits.js'
import { Stage } from './stage.js'
import { command, show } from './stage-words.js'

const named = (...names: readonly string[]) => names.map((name) => command(name, write(name)))

/** The commands of each instance that this replica proposes, as it asks its first peer. */
const proposedBy = (stage: Stage, slot: number): readonly string[] =>
  stage
    .find('pre-accept', { from: slot, to: slot === 0 ? 1 : 0 })
    .map(
      ({ message }) =>
        (message.kind === 'pre-accept' ? show(message.value, message.deps).split(' ')[0] : undefined) ?? '',
    )

describe('proposals of one turn', () => {
  it('have an instance each while few own ones are on their way, and share one from then on', () => {
    const stage = new Stage(3, { shareFrom: 2 })
    stage.propose(0, ...named('a', 'b', 'c', 'd', 'e'))
    expect(proposedBy(stage, 0)).toEqual(['a', 'b', 'c+d+e'])
    stage.flow()
    for (const slot of [0, 1, 2]) expect(stage.executed(slot)).toBe('a b c d e')
    stage.propose(0, ...named('f'))
    expect(proposedBy(stage, 0)).toEqual(['f'])
  })

  it('share none where another voter has touched the same: it would hold up all the others', () => {
    const stage = new Stage(3, { shareFrom: 0 })
    stage.propose(1, command('theirs', write('b')))
    stage.flow()
    stage.propose(0, ...named('a', 'b', 'c'))
    expect(proposedBy(stage, 0)).toEqual(['b', 'a+c'])
  })

  it('share none with what they interfere with: that goes first', () => {
    const stage = new Stage(3, { shareFrom: 0 })
    stage.propose(0, command('a', write('x')), command('b', write('x')), command('c', write('y')))
    expect(proposedBy(stage, 0)).toEqual(['a+c'])
    stage.flow()
    for (const slot of [0, 1, 2]) expect(stage.executed(slot)).toBe('a c b')
  })

  it('share instances that are small enough for all to take', () => {
    const stage = new Stage(3, { shareFrom: 0 })
    const large = { ...command('large', write('large')), payload: new Uint8Array(200 << 10) }
    const half = { ...command('half', write('half')), payload: new Uint8Array(100 << 10) }
    expect(commandBytes(large) + commandBytes(half)).toBeGreaterThan(256 << 10)
    stage.propose(0, ...named('a'), large, half, ...named('b'))
    const counts = stage
      .find('pre-accept', { to: 1 })
      .map(({ message }) =>
        message.kind === 'pre-accept' && message.value.kind === 'commands' ? message.value.commands.length : 0,
      )
    expect(counts).toEqual([2, 2])
    const many = Array.from({ length: MAX_COMMANDS_PER_BATCH + 1 }, (_, i) => `k${i}`)
    const another = new Stage(3, { shareFrom: 0 })
    another.propose(0, ...named(...many))
    expect(another.find('pre-accept', { to: 1 })).toHaveLength(2)
    another.flow()
    expect(another.executed(2)).toBe(many.join(' '))
  })

  it('are not shared by a sweep: it waits for them', () => {
    const stage = new Stage(3, { shareFrom: 0 })
    const replica = stage.replica(0)
    for (const each of named('a', 'b')) replica.propose(each)
    replica.sweep(new TextEncoder().encode('sweep'))
    replica.propose(command('c', write('c')))
    expect(replica.status()).toMatchObject({ pending: 4, waiting: 2 })
    stage.reached(0, 1)
    expect(proposedBy(stage, 0)).toEqual(['a+b'])
    stage.flow()
    for (const slot of [0, 1, 2]) expect(stage.executed(slot)).toBe('a b sweep c')
  })

  it('count as pending before they have an instance', () => {
    const replica = new Stage(3, { shareFrom: 0, maxPending: 2 }).replica(0)
    for (const each of named('a', 'b')) expect(replica.propose(each)).toBeUndefined()
    expect(replica.status().pending).toBe(2)
    expect(() => replica.propose(command('c', write('c')))).toThrow(Overloaded)
  })

  it('go once more, all of them, where the instance that they shared ends as a no-op [H9]', () => {
    const stage = new Stage(3, { shareFrom: 0 })
    stage.propose(0, ...named('a', 'b'))
    stage.drop('*')
    stage.propose(0, ...named('c'))
    stage.flow()
    stage.recover(1, '0.1')
    stage.drop('recover', { to: 0 })
    stage.flow()
    expect(stage.committed(1, '0.1')).toMatch('no-op')
    stage.settle()
    for (const slot of [0, 1, 2]) expect(stage.executed(slot).split(' ').sort()).toEqual(['a', 'b', 'c'])
  })

  it('of which the epoch has ended before they had an instance are proposed in the next', () => {
    const stage = new Stage(3, { shareFrom: 0 })
    for (const slot of stage.slots) stage.tick(slot, 2000, 500)
    stage.flow()
    stage.seal(1, [0, 1, 2])
    stage.deliver('pre-accept')
    stage.deliver('pre-accept-ok')
    const last = stage.take('commit', { to: 0 })
    expect(last).toHaveLength(1)
    for (const each of named('a', 'b')) stage.replica(0).propose(each)
    stage.arrive(last)
    stage.settle()
    for (const slot of [0, 1, 2]) expect(stage.executed(slot)).toBe('→1 a b')
    expect(stage.replica(0).status().pending).toBe(0)
  })
})
