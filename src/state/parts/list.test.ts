import { describe, expect, it } from 'vitest'
import { read, type Span, write, writeRange } from '../../core/index.js'
import { encodeCall } from '../call.js'
import { defineState } from '../define-state.js'
import type { View } from '../mutator.js'
import { InvalidArguments } from '../state-errors.js'
import { list } from './list.js'
import { type Stage, stageOf } from './stage.js'

const todos = list<string>('todo')
const done = list<string>('done')
const state = defineState({
  version: 1,
  mutators: {
    finish: {
      touches: (_: { id: string }) => [todos.touches(), done.touches()],
      run(tx, { id }) {
        const value = todos.get(tx, id)
        const removed = todos.remove(tx, id)
        return value === undefined || !removed.ok ? removed : done.insert(tx, value, 'first')
      },
    },
    pushTwo: {
      touches: () => [todos.touches()],
      run: (tx) => [todos.insert(tx, 'one', 'last'), todos.insert(tx, 'two', 'last')],
    },
  },
  parts: { todos },
})

const texts = (view: View): readonly string[] => todos.items(view).map(({ value }) => value)

const filled = async (
  ...values: readonly string[]
): Promise<{ stage: Stage<typeof state>; ids: readonly string[]; ada: ReturnType<Stage<typeof state>['as']> }> => {
  const stage = stageOf(state)
  const ada = stage.as('Ada')
  for (const value of values) await ada.todos.push({ value })
  return { stage, ada, ids: todos.items(stage.value).map(({ id }) => id) }
}

describe('a list', () => {
  it('has its items in the order that they were given', async () => {
    const { stage, ada, ids } = await filled('b', 'd')
    const [b, d] = ids as [string, string]
    await ada.todos.insertAfter({ id: b, value: 'c' })
    await ada.todos.insertBefore({ id: b, value: 'a' })
    await ada.todos.insertAfter({ id: d, value: 'e' })
    expect(texts(stage.value)).toEqual(['a', 'b', 'c', 'd', 'e'])
    expect(todos.items(stage.machine.reading([todos.reads()]))).toEqual(todos.items(stage.value))
  })

  it('moves an item behind another one, or to the front, and keeps its id', async () => {
    const { stage, ada, ids } = await filled('a', 'b', 'c')
    const [a, b, c] = ids as [string, string, string]
    expect(await ada.todos.move({ id: a, after: b })).toEqual({ ok: true })
    expect(texts(stage.value)).toEqual(['b', 'a', 'c'])
    expect(await ada.todos.move({ id: c })).toEqual({ ok: true })
    expect(texts(stage.value)).toEqual(['c', 'b', 'a'])
    expect(await ada.todos.move({ id: c, after: c })).toEqual({ ok: true })
    expect(todos.items(stage.value).map(({ id }) => id)).toEqual([c, b, a])
  })

  it('sets and removes items by their ids, wherever they are', async () => {
    const { stage, ada, ids } = await filled('a', 'b', 'c')
    const [a, b] = ids as [string, string]
    await ada.todos.move({ id: a, after: b })
    expect(await ada.todos.set({ id: a, value: 'A' })).toEqual({ ok: true })
    expect(await ada.todos.remove({ id: b })).toEqual({ ok: true })
    expect(texts(stage.value)).toEqual(['A', 'c'])
    expect(todos.get(stage.value, a)).toBe('A')
    expect(todos.get(stage.value, b)).toBeUndefined()
  })

  it('refuses what is about an item that is gone, and leaves nothing behind of it', async () => {
    const { stage, ada, ids } = await filled('a', 'b')
    const [a, b] = ids as [string, string]
    await ada.todos.remove({ id: a })
    const size = stage.value.size
    const gone = { ok: false, reason: 'gone' }
    expect(await ada.todos.remove({ id: a })).toEqual(gone)
    expect(await ada.todos.set({ id: a, value: 'x' })).toEqual(gone)
    expect(await ada.todos.insertAfter({ id: a, value: 'x' })).toEqual(gone)
    expect(await ada.todos.insertBefore({ id: a, value: 'x' })).toEqual(gone)
    expect(await ada.todos.move({ id: a })).toEqual(gone)
    expect(await ada.todos.move({ id: b, after: a })).toEqual(gone)
    expect(stage.value.size).toBe(size)
    await ada.todos.remove({ id: b })
    expect(stage.value.size).toBe(0)
  })

  it('gives an item the same id however often, and on top of whatever, its command is executed', async () => {
    const { stage } = await filled('a')
    const before = stage.machine.fork()
    const others = stage.as('Bob')
    const pushed = await others.todos.push({ value: 'mine' })
    await others.todos.push({ value: 'theirs' })
    const [mine, theirs] = stage.proposed.slice(-2)
    if (mine === undefined || theirs === undefined) throw new Error('two were proposed')
    before.apply(theirs)
    expect(before.apply(mine)).toEqual(pushed)
    expect(texts(before.value)).toEqual(['a', 'theirs', 'mine'])
  })

  it('gives two items of one command two ids', async () => {
    const { stage, ada } = await filled()
    const [one, two] = await ada.pushTwo()
    expect(one).not.toEqual(two)
    expect(texts(stage.value)).toEqual(['one', 'two'])
  })

  it('gives no id of an item that is gone to another one, be it that their series of random numbers are the same', () => {
    // The one that is gone has left no trace.
    const push = (now: number): unknown => {
      const circumstances = { now, seed: 1, author: 'Ada' }
      const payload = encodeCall({ name: 'todos.push', args: { value: 'x' }, circumstances })
      return state.create().apply({ spans: [todos.touches()], payload })
    }
    expect(push(1)).toEqual(push(1))
    expect(push(1)).not.toEqual(push(2))
  })

  it('finds another id where one is taken', async () => {
    const { stage } = await filled('a')
    const [push] = stage.proposed
    if (push === undefined) throw new Error('one was proposed')
    stage.machine.apply(push)
    expect(new Set(todos.items(stage.value).map(({ id }) => id)).size).toBe(2)
    expect(texts(stage.value)).toEqual(['a', 'a'])
  })

  it('can be changed as a step of a mutator', async () => {
    const { stage, ada, ids } = await filled('a', 'b')
    expect(await ada.finish({ id: ids[0] as string })).toMatchObject({ ok: true })
    expect(await ada.finish({ id: ids[0] as string })).toEqual({ ok: false, reason: 'gone' })
    expect(texts(stage.value)).toEqual(['b'])
    expect(done.items(stage.value)).toMatchObject([{ value: 'a' }])
  })

  it('touches one value where one is set, the order where one is moved, and both where one is removed', async () => {
    const { stage, ada, ids } = await filled('a', 'b')
    const [a, b] = ids as [string, string]
    const taken = async (call: Promise<unknown>): Promise<readonly Span[] | undefined> => {
      await call
      return stage.proposed.at(-1)?.spans
    }
    const order = writeRange('todo/order/', 'todo/order0')
    expect(await taken(ada.todos.set({ id: a, value: 'A' }))).toEqual([write(`todo/values/${a}`)])
    expect(await taken(ada.todos.move({ id: a, after: b }))).toEqual([order])
    expect(await taken(ada.todos.remove({ id: a }))).toEqual([order, write(`todo/values/${a}`)])
    expect(await taken(ada.todos.push({ value: 'c' }))).toEqual([writeRange('todo/', 'todo0')])
    expect(todos.reads(a)).toEqual(read(`todo/values/${a}`))
  })

  it('takes values that are there, under ids that are names', async () => {
    const { stage, ada } = await filled()
    await expect(ada.todos.push({} as { value: string })).rejects.toThrow(InvalidArguments)
    await expect(ada.todos.remove({ id: 1 as unknown as string })).rejects.toThrow(InvalidArguments)
    expect(stage.proposed).toEqual([])
  })
})
