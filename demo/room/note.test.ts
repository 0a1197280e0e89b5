import { createRoom, type ReplicatedMap, type Room, replicatedMap } from 'epaxos'
import { memory } from 'epaxos/storage/memory'
import { localNetwork } from 'epaxos/transport/local'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { changeNote, MAX_TEXT_LENGTH, noteOf } from './note.js'

const NOTE = { text: 'old', x: 10, y: 20, colour: 1 }

let room: Room<ReplicatedMap>
beforeEach(async () => {
  room = await createRoom({ state: replicatedMap(), storage: memory(), transport: localNetwork().transport })
  await room.mutate.set({ key: 'note/1', value: NOTE })
})
afterEach(() => room.close())

const now = () => room.executed.get().get('note/1')

it('is read where it is one', () => {
  expect(noteOf('note/1', NOTE)).toEqual(NOTE)
  const corner = { ...NOTE, x: 0, y: 100, colour: 0 }
  expect(noteOf('note/1', corner)).toEqual(corner)
})

it.each([
  undefined,
  null,
  'old',
  [NOTE],
  { ...NOTE, text: 7 },
  { ...NOTE, text: 'x'.repeat(MAX_TEXT_LENGTH + 1) },
  { ...NOTE, x: -1 },
  { ...NOTE, y: 101 },
  { ...NOTE, x: '50' },
  { ...NOTE, colour: -1 },
  { ...NOTE, colour: 8 },
  { ...NOTE, colour: 0.5 },
])('is none where what others have put there can not be drawn: %j', (value) => {
  expect(noteOf('note/1', value)).toBeUndefined()
})

it('is none under the keys of other things, and under one that is too long', () => {
  expect(noteOf('seat/1', NOTE)).toBeUndefined()
  expect(noteOf(`note/${'1'.repeat(100)}`, NOTE)).toBeUndefined()
})

it('keeps both of two changes that were made at once, each of its own part', async () => {
  const changes = [changeNote(room, 'note/1', { text: 'new' }), changeNote(room, 'note/1', { x: 50, y: 60 })]
  expect(await Promise.all(changes)).toEqual([true, true])
  expect(now()).toEqual({ text: 'new', x: 50, y: 60, colour: 1 })
})

it('tries again on top of what somebody else has changed first', async () => {
  const before = room.state.get()
  await room.mutate.set({ key: 'note/1', value: { ...NOTE, text: 'theirs' } })
  let tries = 0
  const state: Room<ReplicatedMap>['state'] = {
    get: () => (tries++ === 0 ? before : room.state.get()),
    subscribe: (listener) => room.state.subscribe(listener),
  }
  expect(await changeNote({ state, mutate: room.mutate }, 'note/1', { x: 99 })).toBe(true)
  expect(tries).toBe(2)
  expect(now()).toEqual({ ...NOTE, text: 'theirs', x: 99 })
})

it('does not come back when it is changed after somebody has deleted it', async () => {
  await room.mutate.delete({ key: 'note/1' })
  expect(await changeNote(room, 'note/1', { text: 'new' })).toBe(false)
  expect(now()).toBeUndefined()
})

it('does not claim to be changed where others were first every time', async () => {
  const before = room.state.get()
  await room.mutate.set({ key: 'note/1', value: { ...NOTE, text: 'theirs' } })
  const state: Room<ReplicatedMap>['state'] = { get: () => before, subscribe: () => () => {} }
  expect(await changeNote({ state, mutate: room.mutate }, 'note/1', { x: 99 })).toBe(false)
  expect(now()).toEqual({ ...NOTE, text: 'theirs' })
})
