import { describe, expect, expectTypeOf, it } from 'vitest'
import * as z from 'zod'
import { write, writeRange } from '../core/index.js'
import { defineState } from './define-state.js'
import type { CallsOf, Mutation, ValueOf } from './machine.js'
import type { ReplicatedMap, replicatedMap } from './map.js'
import { type Mutator, refuse, type Tx, type View } from './mutator.js'
import { type InsertResult, list } from './parts/list.js'
import { map } from './parts/map.js'
import type { StandardSchema } from './standard-schema.js'

const points = {
  mutators: {
    add: {
      touches: () => [write('points')],
      run: (tx, by) => {
        const sum = (tx.get<number>('points') ?? 0) + by
        tx.set('points', sum)
        return sum
      },
    } satisfies Mutator<number, number>,
    name: {
      args: z.object({ name: z.string().default('nobody') }),
      touches: () => [write('name')],
      run: (tx, { name }) => tx.set('name', name),
    } satisfies Mutator<{ name: string }, void, { name?: string | undefined }>,
  },
}

const pattern: StandardSchema<string> = {
  '~standard': { version: 1, vendor: 'by hand', validate: (value) => ({ value: String(value) }) },
}

const seats = defineState({
  version: 2,
  mutators: {
    claimSeat: {
      touches: ({ seat }: { seat: number }) => [write(`seat/${seat}`)],
      run(tx, { seat }) {
        const by = tx.get<string>(`seat/${seat}`)
        if (by !== undefined) return refuse('taken', { by })
        tx.set(`seat/${seat}`, tx.author)
        return { ok: true } as const
      },
    },
    rename: {
      args: z.object({ row: z.number().default(1), name: z.string().transform((text) => text.length) }),
      touches: ({ row }) => [write(`row/${row}`)],
      run(tx, { row, name }) {
        expectTypeOf(name).toEqualTypeOf<number>()
        tx.set(`row/${row}`, name)
      },
    },
    search: { args: pattern, touches: () => [], run: (_, text) => text.length },
    clear: {
      touches: () => [writeRange('seat/', 'seat0')],
      run: (tx) => [...tx.scan({ from: 'seat/' })].map(([key]) => tx.delete(key)).length,
    },
    tidy: {
      touches: (only?: string) => [write(`seat/${only ?? 0}`)],
      run: () => null,
    },
    move: { touches: (_: { x: number }) => [write('at')], run: (tx, { x }) => tx.set('at', x) },
  },
  parts: { points },
  migrations: { 2: (tx) => tx.set('points', 0) },
})

interface Todo {
  text: string
  done: boolean
  note?: string
  due: string | undefined
  parts: Todo[]
}

class Point {
  readonly x = 1
  far(): boolean {
    return this.x > 1
  }
}

const todos = list<Todo>('todos')
const byName = map<Todo>('named')

const plain = defineState({
  version: 1,
  mutators: {
    put: {
      touches: (_: { id: string; todo: Todo }) => [write('a')],
      run(tx, { id, todo }) {
        tx.set(id, todo)
        tx.set(id, { list: [todo], note: todo.note, due: todo.due })
        tx.set<Todo>(id, { ...todo, done: true })
        todos.set(tx, id, todo)
        byName.set(tx, id, todo)
        return tx.get<Todo>(id)
      },
    },
    weigh: {
      touches: (_: { kg: number }) => [],
      run(_, { kg }) {
        if (kg > 1) return { ok: false, reason: 'big' }
        return { ok: true }
      },
    },
    // Whatever it is, the schema makes a number of it.
    count: { args: z.object({ by: z.coerce.number().default(1) }), touches: () => [], run: (_, { by }) => by },
    // A schema may make of JSON what is none.
    since: {
      args: z.object({ when: z.string().transform((text) => new Date(text)) }),
      touches: () => [],
      run: (_, { when }) => when.getTime(),
    },
  },
  parts: { todos, byName },
})

type Calls = CallsOf<typeof seats>
type Claimed = { readonly ok: true } | ({ readonly ok: false; readonly reason: 'taken' } & { readonly by: string })

describe('the types of a state', () => {
  it('go from its definition to what is called, and what that comes to', () => {
    expectTypeOf<Parameters<Calls['claimSeat']>>().toEqualTypeOf<[args: { seat: number }]>()
    expectTypeOf<Awaited<ReturnType<Calls['claimSeat']>>>().toExtend<Claimed>()
    expectTypeOf<Claimed>().toExtend<Awaited<ReturnType<Calls['claimSeat']>>>()
    expectTypeOf<Calls['clear']>().toEqualTypeOf<() => Mutation<number>>()
    expectTypeOf<Calls['tidy']>().toEqualTypeOf<(args?: string) => Mutation<null>>()
    expectTypeOf<Calls['move']>().toEqualTypeOf<(args: { x: number }) => Mutation<void>>()
    expectTypeOf<Calls['points']['add']>().toEqualTypeOf<(args: number) => Mutation<number>>()
    expectTypeOf<ValueOf<typeof seats>>().toEqualTypeOf<View>()
  })

  it('take what a schema takes, and run with what it makes of it', () => {
    expectTypeOf<Parameters<Calls['rename']>>().toEqualTypeOf<[args: { row?: number | undefined; name: string }]>()
    expectTypeOf<Calls['rename']>().returns.toEqualTypeOf<Mutation<void>>()
    expectTypeOf<Calls['points']['name']>().toEqualTypeOf<(args: { name?: string | undefined }) => Mutation<void>>()
    expectTypeOf<Calls['search']>().toEqualTypeOf<(args: string) => Mutation<number>>()
  })
})

describe('what JSON can hold', () => {
  it('may be an interface, and have properties that are undefined, in arguments, values and results', () => {
    type Plain = CallsOf<typeof plain>
    expectTypeOf<Plain['put']>().toEqualTypeOf<(args: { id: string; todo: Todo }) => Mutation<Todo | undefined>>()
    expectTypeOf<Plain['todos']['push']>().toEqualTypeOf<(args: { readonly value: Todo }) => Mutation<InsertResult>>()
    expectTypeOf<Plain['byName']['get']>().toEqualTypeOf<
      (args: { readonly key: string }) => Mutation<Todo | undefined>
    >()
    expectTypeOf<Plain['count']>().toEqualTypeOf<(args: { by?: unknown }) => Mutation<number>>()
    expectTypeOf<Plain['since']>().toEqualTypeOf<(args: { when: string }) => Mutation<number>>()
    expectTypeOf<CallsOf<ReplicatedMap<Todo>>['set']>().parameter(0).toHaveProperty('value').toEqualTypeOf<Todo>()
    expectTypeOf<ReturnType<typeof replicatedMap>>().toEqualTypeOf<ReplicatedMap>()
  })

  it('is returned as it is written: a refusal needs no helping hand', () => {
    type Weighed = Awaited<ReturnType<CallsOf<typeof plain>['weigh']>>
    expectTypeOf<Extract<Weighed, { ok: false }>['reason']>().toEqualTypeOf<'big'>()
    expectTypeOf<Weighed['ok']>().toEqualTypeOf<boolean>()
  })
})

describe('what does not compile', () => {
  // The compiler is what checks these: each would be an error if there were none.
  const calls = (calls: Calls): readonly (() => unknown)[] => [
    // @ts-expect-error a wrong argument
    () => calls.claimSeat({ seat: 'A1' }),
    // @ts-expect-error no argument
    () => calls.claimSeat(),
    // @ts-expect-error an argument where there is none
    () => calls.clear(1),
    // @ts-expect-error an argument of no name
    () => calls.claimSeat({ seat: 1, row: 2 }),
    // @ts-expect-error a wrong argument of a schema
    () => calls.rename({ name: 1 }),
    // @ts-expect-error a wrong argument of a part
    () => calls.points.add('1'),
    // @ts-expect-error an unknown mutator
    () => calls.claim({ seat: 1 }),
    // @ts-expect-error an unknown mutator of a part
    () => calls.points.subtract(1),
    async () => {
      const claimed = await calls.claimSeat({ seat: 1 })
      // @ts-expect-error a result that there is not
      if (!claimed.ok) return claimed.reason === 'sold'
      // @ts-expect-error what only a refusal has
      return claimed.by
    },
    async () => {
      // @ts-expect-error a result of another type
      const sum: string = await calls.points.add(1)
      return sum
    },
  ]

  const values = (tx: Tx, view: View, unknown: unknown): void => {
    // @ts-expect-error a date
    tx.set('a', new Date())
    // @ts-expect-error a date in an object
    tx.set('a', { at: new Date() })
    // @ts-expect-error a map in a list
    tx.set('a', [new Map()])
    // @ts-expect-error a big integer
    tx.set('a', 1n)
    // @ts-expect-error a function
    tx.set('a', () => 1)
    // @ts-expect-error a method
    tx.set('a', { far: () => true })
    // @ts-expect-error an object of a class with methods
    tx.set('a', new Point())
    // @ts-expect-error bytes
    tx.set('a', new Uint8Array())
    // @ts-expect-error nothing
    tx.set('a', undefined)
    // @ts-expect-error what may be nothing
    tx.set('a', tx.get('b'))
    // @ts-expect-error a hole
    tx.set('a', { list: [undefined] })
    // @ts-expect-error what is not known
    tx.set('a', unknown)
    // @ts-expect-error a date can't be there
    view.get<Date>('a')
    // @ts-expect-error nor a set
    view.scan<{ tags: Set<string> }>()
    // @ts-expect-error a list of them
    list<Date>('a')
    // @ts-expect-error a map of them
    map<{ at: Date }>('a')
    // @ts-expect-error another value than the list has
    todos.set(tx, 'a', { text: '' })
  }

  const definitions = (): readonly unknown[] => [
    // @ts-expect-error what it touches is missing
    defineState({ version: 1, mutators: { set: { run: () => 1 } } }),
    // @ts-expect-error what it does is missing
    defineState({ version: 1, mutators: { set: { touches: () => [] } } }),
    // @ts-expect-error a touched key that is no span
    defineState({ version: 1, mutators: { set: { touches: () => ['key'], run: () => 1 } } }),
    // @ts-expect-error a result that JSON can't hold
    defineState({ version: 1, mutators: { now: { touches: () => [], run: () => new Date() } } }),
    // @ts-expect-error a result that is on its way
    defineState({ version: 1, mutators: { later: { touches: () => [], run: async () => 1 } } }),
    defineState({
      version: 1,
      mutators: {
        set: {
          touches: (key: string) => [write(key)],
          // @ts-expect-error a value that JSON can't hold
          run: (tx, key) => tx.set(key, new Map()),
        },
      },
    }),
    defineState({
      version: 1,
      mutators: {
        set: {
          touches: (key: string) => [write(key)],
          // @ts-expect-error another argument than the declared one
          run: (tx, key: number) => tx.set('a', key),
        },
      },
    }),
    defineState({
      version: 1,
      mutators: {
        set: {
          args: z.object({ key: z.string() }),
          // @ts-expect-error what the schema knows nothing of
          touches: ({ name }) => [write(name)],
          run: () => 1,
        },
      },
    }),
    // @ts-expect-error a result that holds what JSON can't
    defineState({ version: 1, mutators: { now: { touches: () => [], run: () => ({ at: [new Date()] }) } } }),
    // @ts-expect-error arguments that JSON can't hold
    defineState({ version: 1, mutators: { at: { touches: (_: { when: Date }) => [], run: () => 1 } } }),
    // @ts-expect-error arguments that JSON can't hold
    defineState({ version: 1, mutators: { tag: { touches: (_: Set<string>) => [], run: () => 1 } } }),
    // @ts-expect-error arguments that JSON can't hold
    defineState({ version: 1, mutators: { add: { touches: (_: { by: bigint }) => [], run: () => 1 } } }),
    // @ts-expect-error a schema that takes what JSON can't hold
    defineState({ version: 1, mutators: { at: { args: z.object({ d: z.date() }), touches: () => [], run: () => 1 } } }),
    // @ts-expect-error a part without mutators
    defineState({ version: 1, parts: { points: {} } }),
    // @ts-expect-error no version
    defineState({ mutators: {} }),
  ]

  it('is what the compiler has been asked about above', () => {
    expect([calls, values, definitions]).toHaveLength(3)
  })
})
