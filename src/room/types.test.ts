import { expectTypeOf, it } from 'vitest'
import { read, write } from '../core/index.js'
import { type CallsOf, defineState, type Mutation, refuse, type View } from '../state/index.js'
import type { Observable, Presence, Room } from './index.js'

const seats = defineState({
  version: 1,
  mutators: {
    claim: {
      touches: ({ seat }: { seat: number }) => [write(`seat/${seat}`)],
      run: (tx, { seat }) => (tx.has(`seat/${seat}`) ? refuse('taken') : { ok: true }),
    },
  },
})

it('a room is called, and shows, as its state is defined', () => {
  type SeatRoom = Room<typeof seats>
  expectTypeOf<SeatRoom['mutate']>().toEqualTypeOf<CallsOf<typeof seats>>()
  expectTypeOf<SeatRoom['state']>().toEqualTypeOf<Observable<View>>()
  expectTypeOf<Parameters<SeatRoom['mutate']['claim']>>().toEqualTypeOf<[{ seat: number }]>()
  type Claim = ReturnType<SeatRoom['mutate']['claim']>
  expectTypeOf<Claim>().toExtend<Mutation<{ ok: true } | { readonly ok: false; readonly reason: 'taken' }>>()
  // @ts-expect-error there is no such mutator
  expectTypeOf<SeatRoom['mutate']['clam']>().toBeFunction()
})

it('a room reads what its query returns, which returns at once', () => {
  const reads = (room: Room<typeof seats>) => ({
    by: room.read([read('seat/1')], (tx) => tx.get<string>('seat/1')),
    // @ts-expect-error it would go on when the state is another one
    later: room.read([read('seat/1')], async (tx) => tx.get('seat/1')),
  })
  expectTypeOf<ReturnType<typeof reads>['by']>().toEqualTypeOf<Promise<string | undefined>>()
})

it('presence shows what JSON can hold, be it of an interface', () => {
  interface Cursor {
    x: number
    note?: string
  }
  const shows = (any: Presence, typed: Presence<Cursor>, cursor: Cursor): void => {
    any.set(cursor)
    any.set({ cursor, color: undefined as string | undefined })
    any.set(undefined)
    typed.set(cursor)
    // @ts-expect-error another type
    typed.set({ y: 1 })
    // @ts-expect-error JSON can't hold it
    any.set({ at: new Date() })
  }
  expectTypeOf(shows).toBeFunction()
})
