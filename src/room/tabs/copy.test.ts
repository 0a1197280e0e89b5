import { describe, expect, it } from 'vitest'
import { write } from '../../core/index.js'
import { defineState, type View } from '../../state/index.js'
import { Copy } from './copy.js'
import type { StatePart, TabEvent } from './messages.js'

const stateOf = (version: number) =>
  defineState({
    version,
    mutators: {
      set: {
        touches: ({ key }: { key: string }) => [write(key)],
        run(tx, { key }) {
          if (key === 'bad') throw new Error('bad')
          tx.set(key, tx.version)
        },
      },
    },
    migrations: version === 2 ? { 2: (tx) => void tx.set('migrated', 2) } : {},
  })

/** What `set` puts on the feed. */
const setting = (key: string): TabEvent => {
  const events: TabEvent[] = []
  stateOf(1)
    .calls({
      propose: (_, __, make) => {
        events.push({ kind: 'applied', ...make({ now: 0, seed: 0, author: '' }) })
        return undefined as never
      },
    })
    .set({ key })
  return events[0] as TabEvent
}

const settled = (id: string): TabEvent => ({ kind: 'settled', id, answer: { kind: 'done', result: undefined } })

/** A copy, and what it has asked for and told. */
const watched = (version: number = 1) => {
  const log: string[] = []
  const copy = new Copy(stateOf(version), {
    follow: (transfer) => log.push(`follow ${transfer}`),
    more: (transfer) => log.push(`more ${transfer}`),
    changed: () => log.push(`changed: ${keys()}`),
    told: (event) => log.push(`${event.kind} ${event.id}`),
    lost: () => log.push('lost'),
    foreign: () => log.push('foreign'),
  })
  const keys = (): string => [...(copy.machine.value as View).scan()].map(([key]) => key).join()
  /** A state of the one that it copies, with these keys. */
  const part = (keys: readonly string[], next: number, rest: Partial<StatePart> = {}): void => {
    const { machine } = new Copy(stateOf(1), { ...silent })
    for (const key of keys) machine.apply(setting(key) as Extract<TabEvent, { kind: 'applied' }>)
    copy.take({ kind: 'state', transfer: 1, version: 1, next, pieces: [...machine.snapshot()], last: true, ...rest })
  }
  /** What was logged since this was asked last. */
  const told = (): readonly string[] => log.splice(0)
  return { copy, keys, part, told }
}

const nothing = (): void => {}
const silent = { follow: nothing, more: nothing, changed: nothing, told: nothing, lost: nothing, foreign: nothing }

describe('a copy of the state in another tab', () => {
  it('asks for the state, piece after piece, and executes what comes after it', () => {
    const { copy, part, told, keys } = watched()
    copy.begin()
    expect(told()).toEqual(['follow 1'])
    part(['a'], 5, { last: false })
    expect(copy.isThere).toBe(false)
    expect(told()).toEqual(['more 1'])
    part([], 5)
    expect(told()).toEqual(['changed: a'])
    expect(copy.isThere).toBe(true)
    copy.hear(5, [setting('b'), settled('x'), setting('bad'), setting('c')])
    expect(told()).toEqual(['changed: a,b', 'settled x', 'changed: a,b,c'])
    expect(keys()).toBe('a,b,c')
  })

  it('executes each event once: those that the state has come with are passed over', () => {
    const { copy, part, told } = watched()
    copy.begin()
    copy.hear(3, [setting('in it'), settled('x')])
    copy.hear(5, [setting('after it'), settled('y')])
    expect(told()).toEqual(['follow 1'])
    part(['state'], 5)
    expect(told()).toEqual(['changed: state', 'settled x', 'changed: after it,state', 'settled y'])
  })

  it('takes no part of a state that it has asked for before', () => {
    const { copy, part, told } = watched()
    copy.begin()
    copy.begin()
    part(['old'], 1)
    expect(told()).toEqual(['follow 1', 'follow 2'])
    part(['new'], 1, { transfer: 2 })
    expect(told()).toEqual(['changed: new'])
    part(['late'], 1, { transfer: 2 })
    expect(told()).toEqual([])
  })

  it('asks again when some events never came, and says so', () => {
    const { copy, part, told } = watched()
    copy.begin()
    part([], 1)
    copy.hear(1, [setting('a')])
    told()
    copy.hear(3, [setting('c'), settled('x')])
    expect(told()).toEqual(['lost', 'follow 2'])
    part(['a', 'b', 'c'], 4, { transfer: 2 })
    expect(told()).toEqual(['changed: a,b,c', 'settled x'])
    copy.hear(5, [setting('d')])
    expect(told()).toEqual(['changed: a,b,c,d'])
  })

  it('asks again when another state has taken the place of that one; what is said of drafts waits for it', () => {
    const { copy, part, told } = watched()
    copy.begin()
    part([], 1)
    told()
    copy.hear(1, [setting('a'), { kind: 'replaced' }, setting('z'), settled('x')])
    expect(told()).toEqual(['follow 2', 'changed: a'])
    copy.hear(5, [setting('y')])
    part(['b'], 3, { transfer: 2 })
    expect(told()).toEqual(['changed: b', 'changed: b,z', 'settled x', 'changed: b,y,z'])
  })

  it('goes on with another tab, and what the one before has said of drafts holds', () => {
    const { copy, part, told } = watched()
    copy.begin()
    copy.hear(8, [setting('lost'), settled('x')])
    copy.begin()
    copy.hear(1, [settled('y')])
    told()
    part(['a'], 1, { transfer: 2 })
    expect(told()).toEqual(['changed: a', 'settled x', 'settled y'])
  })

  it('tells what was said of drafts when no state comes any more', () => {
    const { copy, told } = watched()
    copy.begin()
    copy.hear(1, [setting('a'), settled('x')])
    told()
    copy.tellHeld()
    expect(told()).toEqual(['settled x'])
  })

  it('goes on as a later version where the group does', () => {
    const { copy, part, told } = watched(2)
    copy.begin()
    part(['a'], 1)
    expect(copy.version).toBe(1)
    copy.hear(1, [{ kind: 'migrated', version: 2 }])
    expect(copy.version).toBe(2)
    expect(told()).toEqual(['follow 1', 'changed: a', 'changed: a,migrated'])
  })

  it.each([
    ['a state of a version that this program does not have', { version: 2 }],
    ['a state that is none', { pieces: [Uint8Array.of(1, 2, 3)] }],
  ])('says so where it is given %s, and stays as it was', (_, rest) => {
    const { copy, part, told, keys } = watched()
    copy.begin()
    part(['a'], 1, rest)
    expect(told()).toEqual(['follow 1', 'foreign'])
    expect(keys()).toBe('')
    expect(copy.isThere).toBe(false)
  })

  it('says so where the group goes on as a version that this program does not have', () => {
    const { copy, part, told } = watched()
    copy.begin()
    part(['a'], 1)
    copy.hear(1, [{ kind: 'migrated', version: 2 }])
    expect(told()).toEqual(['follow 1', 'changed: a', 'follow 2'])
    part(['a'], 2, { version: 2, transfer: 2 })
    expect(told()).toEqual(['foreign'])
  })

  it('asks anew, rather than to hold back ever more, while the state is on its way', () => {
    const { copy, part, told } = watched()
    copy.begin()
    const many = Array.from<TabEvent>({ length: 10_000 }).fill(setting('b'))
    for (let i = 0; i < 14; i++) copy.hear(i * many.length, many)
    copy.hear(14 * many.length, [settled('x')])
    told()
    part(['a'], 0)
    expect(told()).toEqual(['changed: a', 'follow 2'])
    part(['a', 'b'], 14 * many.length + 1, { transfer: 2 })
    expect(told()).toEqual(['changed: a,b', 'settled x'])
  })
})
