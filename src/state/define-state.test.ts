import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { InvalidCommand, MAX_SPANS_PER_COMMAND, type Span, write } from '../core/index.js'
import { decodeCall } from './call.js'
import { defineState } from './define-state.js'
import type { Mutation } from './machine.js'
import type { Mutator, Mutators } from './mutator.js'
import { lock } from './parts/lock.js'
import { stageOf } from './parts/stage.js'
import type { StandardSchema } from './standard-schema.js'
import { InvalidArguments } from './state-errors.js'

const rename = {
  args: z.object({ row: z.number().int().default(1), name: z.string().transform((text) => text.trim()) }),
  touches: ({ row }) => [write(`row/${row}`)],
  run: (tx, { row, name }) => tx.set(`row/${row}`, name),
} satisfies Mutator<{ row: number; name: string }, void, { row?: number | undefined; name: string }>

const state = defineState({
  version: 1,
  mutators: {
    rename,
    open: { touches: () => [write('open')], run: (tx) => tx.set('open', true) },
    touch: { touches: (keys: number) => Array.from({ length: keys }, (_, i) => write(`k${i}`)), run: () => null },
  },
  parts: { points: { mutators: { rename } } },
})

describe('a call of a defined state', () => {
  it('is proposed with the arguments as they were given, and what they touch', async () => {
    const stage = stageOf(state)
    await stage.as('Ada').rename({ name: ' Bob ' })
    await stage.as('Ada').points.rename({ row: 2, name: 'Eve' })
    await stage.as('Ada').open()
    expect(stage.proposed.map(({ spans }) => spans)).toEqual([[write('row/1')], [write('row/2')], [write('open')]])
    expect(stage.proposed.map(({ payload }) => decodeCall(payload))).toMatchObject([
      { name: 'rename', args: { name: ' Bob ' }, circumstances: { author: 'Ada' } },
      { name: 'points.rename', args: { row: 2, name: 'Eve' } },
      { name: 'open', args: undefined },
    ])
    expect([...stage.value.scan()]).toEqual([
      ['open', true],
      ['row/1', 'Bob'],
      ['row/2', 'Eve'],
    ])
  })

  it('can be described from what was proposed', async () => {
    const stage = stageOf(state)
    await stage.as('Ada').points.rename({ row: 2, name: 'Eve' })
    await stage.as('Ada').open()
    expect(stage.proposed.map(({ payload }) => state.describe(payload))).toEqual([
      { name: 'points.rename', args: { row: 2, name: 'Eve' } },
      { name: 'open', args: undefined },
    ])
    expect(state.describe(new Uint8Array([0]))).toEqual({ name: '', args: undefined })
  })

  it('is refused before it is proposed where its arguments are wrong, with what is wrong where', async () => {
    const stage = stageOf(state)
    const calls = stage.as('Ada')
    const wrong = calls.rename({ row: 1.5, name: 1 } as unknown as { name: string })
    await expect(wrong).rejects.toBeInstanceOf(InvalidArguments)
    await expect(wrong).rejects.toMatchObject({ mutator: 'rename', issues: [{ path: ['row'] }, { path: ['name'] }] })
    const noJson = calls.points.rename({ name: new Date() } as unknown as { name: string })
    await expect(noJson).rejects.toMatchObject({
      name: 'InvalidArguments',
      message: `the mutator "points.rename" can't be called with these arguments: name: JSON can't hold an object of a class: use plain objects and arrays`,
    })
    await expect(calls.touch(MAX_SPANS_PER_COMMAND + 1)).rejects.toBeInstanceOf(InvalidCommand)
    expect(stage.proposed).toEqual([])
    await calls.touch(MAX_SPANS_PER_COMMAND)
    expect(stage.proposed).toHaveLength(1)
  })

  it('is refused where what it touches is no list, which says what to write', async () => {
    const touching = (spans: unknown) => ({ touches: () => spans as readonly Span[], run: () => null })
    const broken = defineState({ version: 1, mutators: { none: touching(undefined), one: touching(write('a')) } })
    const calls = stageOf(broken).as('Ada')
    const message = (name: string, returned: string): TypeError =>
      new TypeError(`the touches of the mutator "${name}" return ${returned}: return a list, as in [write('key')]`)
    await expect(calls.none()).rejects.toThrow(message('none', 'nothing'))
    await expect(calls.one()).rejects.toThrow(message('one', 'no list'))
  })

  it('can be a listener where it takes nothing: the event is not among its arguments', async () => {
    const listens = defineState({
      version: 1,
      mutators: {
        open: { touches: () => [write('open')], run: (tx) => tx.set('open', true) },
        shut: {
          touches: (how: string | undefined = 'gently') => [write(how)],
          run: (tx, how = 'gently') => tx.set(how, true),
        },
        say: { touches: (_: string) => [write('said')], run: (tx, text) => tx.set('said', text) },
      },
      parts: { door: lock('door') },
    })
    const stage = stageOf(listens)
    const calls = stage.as('Ada')
    const events = new EventTarget()
    const called: Promise<unknown>[] = []
    const listener = (call: (event: Event) => Promise<unknown>): void =>
      events.addEventListener('click', (event) => called.push(call(event)))
    listener(calls.open)
    listener(calls.door.acquire)
    listener(calls.say as (event: unknown) => Promise<unknown>)
    events.dispatchEvent(new Event('click'))
    expect(called.map((each) => (each as Mutation<unknown>).args)).toEqual([undefined, undefined, expect.any(Event)])
    const [opened, acquired, said] = await Promise.allSettled(called)
    expect(opened).toEqual({ status: 'fulfilled', value: undefined })
    expect(acquired).toEqual({ status: 'fulfilled', value: { ok: true } })
    expect(said).toMatchObject({ status: 'rejected', reason: { name: 'InvalidArguments' } })
    await calls.shut('loudly')
    expect([...stage.value.scan()].map(([key]) => key)).toEqual(['door', 'loudly', 'open'])
  })

  it('is refused where its schema takes its time', async () => {
    const args: StandardSchema<string> = {
      '~standard': { version: 1, vendor: 'by hand', validate: async (value) => ({ value: String(value) }) },
    }
    const slow = defineState({ version: 1, mutators: { slow: { args, touches: () => [], run: () => null } } })
    await expect(stageOf(slow).as('Ada').slow('a')).rejects.toThrow(/asynchronous/)
  })

  it('tells of an issue below keys of its own, as schemas may name them', async () => {
    const args: StandardSchema<string> = {
      '~standard': {
        version: 1,
        vendor: 'by hand',
        validate: () => ({ issues: [{ message: 'no', path: ['a', { key: 0 }] }, { message: 'never' }] }),
      },
    }
    const never = defineState({ version: 1, mutators: { never: { args, touches: () => [], run: () => null } } })
    await expect(stageOf(never).as('Ada').never('a')).rejects.toThrow(
      new InvalidArguments('never', [
        { message: 'no', path: ['a', 0] },
        { message: 'never', path: [] },
      ]),
    )
  })
})

describe('a definition', () => {
  const mutator = { touches: (): readonly Span[] => [], run: () => null }

  it.each(['', 'a.b', 'a b', 'ä', 'x'.repeat(101), 'then', '__proto__'])(
    'has no mutator and no part of this name: "%s"',
    (name) => {
      expect(() => defineState({ version: 1, mutators: { [name]: mutator } })).toThrow(TypeError)
      expect(() => defineState({ version: 1, parts: { [name]: { mutators: {} } } })).toThrow(TypeError)
      expect(() => defineState({ version: 1, parts: { p: { mutators: { [name]: mutator } } } })).toThrow(TypeError)
    },
  )

  it('gives a name to a mutator or to a part, not to both', () => {
    expect(() => defineState({ version: 1, mutators: { a: mutator }, parts: { a: { mutators: {} } } })).toThrow(
      TypeError,
    )
  })

  it('has 4096 mutators at most, those of its parts included', () => {
    const of = (count: number): Mutators =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`m${i}`, mutator]))
    expect(() => defineState({ version: 1, mutators: of(4000), parts: { a: { mutators: of(96) } } })).not.toThrow()
    expect(() => defineState({ version: 1, mutators: of(4000), parts: { a: { mutators: of(97) } } })).toThrow(/4097/)
  })

  it.each([0, 1.5, Number.NaN, -1])('has no such version: %s', (version) => {
    expect(() => defineState({ version, mutators: {} })).toThrow(TypeError)
  })

  it.each([
    ['a gap', 4, [2, 4]],
    ['one that leads further', 2, [2, 3]],
    ['none to the version', 3, [2]],
    ['one to the first version', 1, [1]],
    ['one to no version', 2, [1.5]],
  ])('has migrations from each version to the next: not %s', (_, version, led) => {
    const migrations = Object.fromEntries(led.map((to) => [to, () => {}]))
    expect(() => defineState({ version, mutators: {}, migrations })).toThrow(TypeError)
  })

  it('has no mutators that came with a version that there is not yet, or lack a half', () => {
    const broken = [
      { ...mutator, since: 2 },
      { ...mutator, since: 0 },
      { run: mutator.run },
      { touches: mutator.touches },
    ]
    for (const mutator of broken) {
      const mutators = { m: mutator } as unknown as { readonly m: Mutator<unknown, null> }
      expect(() => defineState({ version: 1, mutators })).toThrow(TypeError)
    }
  })
})
