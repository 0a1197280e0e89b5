import { describe, expect, it } from 'vitest'
import { defaultTuning, read, write } from './index.js'
import { Stage } from './stage.js'
import { command, show } from './stage-words.js'

const SLOW_MS = defaultTuning.slowPathDelayMs

describe('fast path', () => {
  it('commits alone in a group of one, once the command is durable [K5]', () => {
    const stage = new Stage(1)
    stage.withhold(0)
    stage.propose(0, command('a'))
    expect(stage.cell(0, '0.1')?.phase).toBe('pre-accepted')
    stage.write(0)
    expect(stage.committed(0, '0.1')).toBe('a {0}')
    stage.write(0)
    expect(stage.executed(0)).toBe('a')
  })

  it.each([
    [2, 2],
    [3, 2],
    [4, 3],
    [5, 3],
    [6, 4],
    [7, 5],
    [8, 5],
    [9, 6],
  ])('of %i voters commits with %i equal votes, the own one included, and not with one less [K5]', (n, fast) => {
    const stage = new Stage(n)
    stage.propose(0, command('a'))
    stage.deliver('pre-accept')
    for (let voter = 1; voter < fast; voter++) {
      expect(stage.cell(0, '0.1')?.phase).toBe('pre-accepted')
      stage.deliver('pre-accept-ok', { from: voter })
    }
    expect(stage.cell(0, '0.1')).toMatchObject({ phase: 'committed', path: 'fast' })
    stage.flow()
    for (let slot = 0; slot < n; slot++) {
      expect(stage.committed(slot, '0.1')).toBe(show(stage.cell(0, '0.1')?.value, new Array(n).fill(0)))
      expect(stage.executed(slot)).toBe('a')
    }
  })

  it('is not taken by answers that equal each other but not what was proposed [K6]', () => {
    const stage = new Stage(5)
    stage.propose(4, command('b'))
    for (const to of [1, 2]) stage.deliver('pre-accept', { to, of: '4.1' })
    stage.propose(0, command('a'))
    for (const to of [1, 2]) stage.deliver('pre-accept', { to, of: '0.1' })
    stage.deliver('pre-accept-ok', { from: 1, of: '0.1' })
    expect(stage.cell(0, '0.1')?.phase).toBe('pre-accepted')
    stage.deliver('pre-accept-ok', { from: 2, of: '0.1' })
    expect(stage.cell(0, '0.1')).toMatchObject({ phase: 'accepted', deps: [0, 0, 0, 0, 1] })
  })

  it('is taken by two that do not interfere, in whatever order they arrive', () => {
    const stage = new Stage(3)
    stage.propose(0, command('a', write('x'), read('z')))
    stage.propose(1, command('b', write('y'), read('z')))
    stage.flow()
    expect(stage.cell(0, '0.1')).toMatchObject({ path: 'fast', deps: [0, 0, 0] })
    expect(stage.cell(1, '1.1')).toMatchObject({ path: 'fast', deps: [0, 0, 0] })
  })

  it('tells of the commit to all others, without the command to those that were sent it', () => {
    const stage = new Stage(3)
    stage.propose(0, command('a'))
    stage.deliver('pre-accept', { to: 2 })
    stage.deliver('pre-accept-ok')
    const told = stage.find('commit').map(({ to, message }) => [to, message.kind === 'commit' && message.value?.kind])
    expect(told).toEqual([
      [1, undefined],
      [2, undefined],
    ])
  })

  it('tells those of the commit with the command that were not asked, where few are', () => {
    const stage = new Stage(3, { thrifty: true })
    stage.propose(0, command('a'))
    expect(stage.find('pre-accept').map(({ to }) => to)).toEqual([1])
    stage.deliver('pre-accept')
    stage.deliver('pre-accept-ok')
    const told = stage.find('commit').map(({ to, message }) => [to, message.kind === 'commit' && message.value?.kind])
    expect(told).toEqual([
      [1, undefined],
      [2, 'commands'],
    ])
  })

  it('has who was sent the command, and never got it, ask for it [H8]', () => {
    const stage = new Stage(3)
    stage.propose(0, command('a'))
    stage.deliver('pre-accept', { to: 2 })
    stage.drop('pre-accept')
    stage.deliver('pre-accept-ok')
    stage.deliver('commit')
    expect(stage.find('fetch').map(({ from, to }) => [from, to])).toEqual([[1, 0]])
    stage.flow()
    for (const slot of [0, 1, 2]) expect(stage.executed(slot)).toBe('a')
  })

  it('ends the same for every order and repetition of PreAccept, Accept and Commit [K9]', () => {
    const record = new Stage(3)
    record.propose(1, command('b'))
    record.propose(0, command('a'))
    const preAccept = record.find('pre-accept', { of: '0.1', to: 2 })
    record.deliver('pre-accept', { of: '0.1' })
    record.deliver('pre-accept-ok', { of: '0.1', from: 1 })
    record.tick(0, SLOW_MS)
    const accept = record.find('accept', { to: 2 })
    record.deliver('accept', { to: 1 })
    record.deliver('accept-ok')
    const commit = record.find('commit', { to: 2 })
    const kinds = [...preAccept, ...accept, ...commit]
    expect(kinds.map(({ message }) => message.kind)).toEqual(['pre-accept', 'accept', 'commit'])

    for (const first of kinds) {
      for (const second of kinds) {
        for (const third of kinds) {
          const stage = new Stage(3)
          stage.arrive([first, second, third, ...kinds, ...kinds])
          expect(stage.committed(2, '0.1')).toBe('a {0,1,0}')
          expect(stage.events(2).filter(({ kind }) => kind === 'disagreement')).toEqual([])
        }
      }
    }
  })
})

it('asks a voter that can be reached at last what it was asked in vain, and nobody else', () => {
  const stage = new Stage(3)
  stage.propose(0, command('a'))
  stage.mail = []
  stage.reached(0, 1)
  expect(stage.mail.map(({ to, message }) => [to, message.kind])).toEqual([[1, 'pre-accept']])
  stage.flow()
  expect(stage.executed(0)).toBe('a')
  // Whoever has answered, and whatever is decided, is left alone.
  stage.reached(0, 1)
  stage.reached(0, 2)
  expect(stage.mail).toEqual([])
})
