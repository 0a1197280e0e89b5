import { describe, expectTypeOf, it } from 'vitest'
import { write } from '../core/index.js'
import type { Observable, Room, RoomStatus } from '../room/index.js'
import { defineState, refuse, type View } from '../state/index.js'
import { type Opening, useObservable, useRoom, useStatus, useValue } from './index.js'

const hall = defineState({
  version: 1,
  mutators: {
    claim: {
      touches: ({ seat }: { seat: number }) => [write(`seat/${seat}`)],
      run: (_, { seat }) => (seat > 9 ? refuse('no such seat') : ({ ok: true } as const)),
    },
  },
})

describe('the types of the hooks', () => {
  it('are those of the room that is opened', () => {
    const component = (open: () => Promise<Room<typeof hall>>) => {
      const opening = useRoom(open, ['room'])
      expectTypeOf(opening).toEqualTypeOf<Opening<Room<typeof hall>>>()
      // @ts-expect-error there may be no room yet, or none at all
      opening.room
    }
    expectTypeOf(component).toBeFunction()
  })

  it('go down to the arguments and results of its mutators', () => {
    const component = ({ room }: { readonly room: Room<typeof hall> }) => {
      expectTypeOf(useValue(room)).toEqualTypeOf<View>()
      expectTypeOf(useValue(room, (seats) => seats.size)).toEqualTypeOf<number>()
      expectTypeOf(useStatus(room)).toEqualTypeOf<RoomStatus>()
      expectTypeOf(useStatus(room, ({ role }) => role === 'voter')).toEqualTypeOf<boolean>()
      expectTypeOf(room.mutate.claim({ seat: 1 })).resolves.toExtend<
        { readonly ok: true } | { readonly ok: false; readonly reason: 'no such seat' }
      >()
      // @ts-expect-error a seat is a number
      room.mutate.claim({ seat: 'one' })
    }
    expectTypeOf(component).toBeFunction()
  })

  it('say what is observed where nothing is selected, and compare what is', () => {
    const sameText = (a: string, b: string): boolean => a === b
    const component = (source: Observable<string>) => {
      expectTypeOf(useObservable(source)).toEqualTypeOf<string>()
      expectTypeOf(useObservable(source, (text) => text.length)).toEqualTypeOf<number>()
      useObservable(source, (text) => text.trim(), sameText)
      // @ts-expect-error what was selected is a number
      useObservable(source, (text) => text.length, sameText)
    }
    expectTypeOf(component).toBeFunction()
  })
})
